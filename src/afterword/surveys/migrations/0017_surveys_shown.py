"""An index for what is reminded of surveys on pages, made while the table is in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("surveys", "0016_surveys_of_campaign")]

    operations = [
        # What an earlier try left behind is of no use.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS surveys_shown", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name='survey',
            index=models.Index(condition=models.Q(('answered_at', None), ('channel', 'inapp')), fields=['campaign', 'asked_at'], name='surveys_shown'),
        ),
    ]
