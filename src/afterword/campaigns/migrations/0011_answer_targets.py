"""Answer targets: how many answers a campaign wants in a week, of each value of a property."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0010_in_app'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='target_answers',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)]),
        ),
        migrations.AddField(
            model_name='campaign',
            name='target_property',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
    ]
