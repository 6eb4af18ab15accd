"""A customer's page reads their newest events: by an index, not by looking at all of theirs."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built while events come in: nobody has to wait for it.
    atomic = False

    dependencies = [
        ("customers", "0014_everybody_into_search"),
        ("events", "0003_calls_by_no_token"),
    ]

    operations = [
        # What an earlier try left behind is of no use.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS events_of_customer", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(fields=["customer", "-received_at"], name="events_of_customer"),
        ),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS events_that_did_not_fit", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                condition=models.Q(("problems", []), _negated=True),
                fields=["customer", "-received_at"],
                name="events_that_did_not_fit",
            ),
        ),
        # The first of these serves whatever the plain one did.
        migrations.AlterField(
            model_name="event",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="events",
                to="customers.customer",
            ),
        ),
    ]
