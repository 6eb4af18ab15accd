"""Indexes on a table that may be large are made while it is in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("surveys", "0002_delivery")]

    operations = [
        # What an earlier try left behind is of no use.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS surveys_due_of_campaign", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='survey',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['campaign', 'due_at'], name='surveys_due_of_campaign'),
        ),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS surveys_sent_of_campaign", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='survey',
            index=models.Index(condition=models.Q(('sent_at__isnull', False)), fields=['campaign', '-sent_at'], name='surveys_sent_of_campaign'),
        ),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS surveys_reminding", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='survey',
            index=models.Index(condition=models.Q(('reminds__isnull', False)), fields=['reminds'], name='surveys_reminding'),
        ),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS surveys_of_reminder", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='survey',
            index=models.Index(condition=models.Q(('reminder__isnull', False)), fields=['reminder'], name='surveys_of_reminder'),
        ),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS surveys_bounced_of_campaign", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='survey',
            index=models.Index(condition=models.Q(('bounced_at__isnull', False)), fields=['campaign', '-bounced_at'], name='surveys_bounced_of_campaign'),
        ),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS surveys_held", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='survey',
            index=models.Index(condition=models.Q(('state', 'held')), fields=['campaign'], name='surveys_held'),
        ),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS delivery_troubles", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='deliveryevent',
            index=models.Index(condition=models.Q(('kind__in', ['soft_bounced', 'hard_bounced', 'complained'])), fields=['received_at'], name='delivery_troubles'),
        ),
    ]
