"""An index on a table that may be large is made while it is in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("sending", "0002_reports_and_brakes")]

    operations = [
        # What an earlier try left behind is of no use.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS mails_apart", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name='mail',
            index=models.Index(condition=models.Q(('customer__isnull', False), ('kind__in', ('autoresponder', 'you_said'))), fields=['workspace', '-created_at', '-id'], name='mails_apart'),
        ),
    ]
