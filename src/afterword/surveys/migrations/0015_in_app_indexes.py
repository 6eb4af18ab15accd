"""Indexes on tables that may be large are made while they are in use."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("surveys", "0014_in_app")]

    operations = [
        # What an earlier try left behind is of no use.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS invitations_offered", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='invitation',
            index=models.Index(condition=models.Q(('expires_at__isnull', False), ('shown_at', None), ('withdrawn_at', None)), fields=['expires_at'], name='invitations_offered'),
        ),
        # What an earlier try left behind is of no use.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS surveys_on_pages", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='survey',
            index=models.Index(condition=models.Q(('channel', 'email'), _negated=True), fields=['customer', '-created_at'], name='surveys_on_pages'),
        ),
    ]
