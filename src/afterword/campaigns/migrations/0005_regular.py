"""Regular campaigns ask by the clock; surveys may keep to weekdays and hours."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0004_paused_by_brakes'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='daily_limit',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)]),
        ),
        migrations.AddField(
            model_name='campaign',
            name='every_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)]),
        ),
        migrations.AddField(
            model_name='campaign',
            name='first_after_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='campaign',
            name='time_frame',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='type',
            field=models.CharField(choices=[('transactional', 'Transactional'), ('regular', 'Regular')], default='transactional', max_length=20),
        ),
    ]
