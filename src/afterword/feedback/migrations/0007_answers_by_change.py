"""An index on answers, which may be many, is made while they are in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("feedback", "0006_at_risk")]

    operations = [
        # What an earlier try left behind is of no use.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS responses_changed", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='response',
            index=models.Index(fields=['workspace', 'updated_at'], name='responses_changed'),
        ),
    ]
