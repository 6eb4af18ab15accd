"""A budget of surveys for each customer, and campaigns' priorities."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0005_address_wait'),
    ]

    operations = [
        migrations.AddField(
            model_name='workspace',
            name='fatigue_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='workspace',
            name='fatigue_surveys',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]
