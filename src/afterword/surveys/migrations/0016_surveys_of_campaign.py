"""An index for what answer targets count, made while the table is in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("surveys", "0015_in_app_indexes")]

    operations = [
        AddIndexConcurrently(
            model_name='survey',
            index=models.Index(fields=['campaign', '-created_at'], name='surveys_of_campaign'),
        ),
    ]
