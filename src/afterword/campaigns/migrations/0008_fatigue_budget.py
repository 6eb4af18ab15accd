"""A budget of surveys for each customer, and campaigns' priorities."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0007_labels_and_archive'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='priority',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
    ]
