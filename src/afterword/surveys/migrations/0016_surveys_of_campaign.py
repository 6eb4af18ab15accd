"""An index for what answer targets count, made while the table is in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("surveys", "0015_in_app_indexes")]

    operations = [
        # What an earlier try left behind is of no use.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS surveys_of_campaign", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='survey',
            index=models.Index(fields=['campaign', '-created_at'], name='surveys_of_campaign'),
        ),
    ]
