"""A decision is about an occasion, of which an event is one kind."""

import django.db.models.deletion
from django.db import migrations, models

KINDS = [(k, k) for k in ("event", "due_date", "hand", "call", "hook", "page")]
# The defaults are for a worker of the release before, whose occasions are all events.
ADD_OCCASIONS = """
    ALTER TABLE decisions_decision
        ADD COLUMN occasion_kind varchar(10) NOT NULL DEFAULT 'event',
        ADD COLUMN occasion_id uuid,
        ADD COLUMN month date;
    UPDATE decisions_decision AS decision
    SET occasion_id = event.id, month = event.month
    FROM events_event AS event WHERE event.id = decision.event_id;
    ALTER TABLE decisions_decision
        ALTER COLUMN occasion_id SET NOT NULL,
        ALTER COLUMN occasion_id SET DEFAULT gen_random_uuid(),
        ALTER COLUMN month SET NOT NULL,
        ALTER COLUMN month SET DEFAULT (date_trunc('month', now() AT TIME ZONE 'UTC')::date);
"""
REMOVE_OCCASIONS = """
    ALTER TABLE decisions_decision
        DROP COLUMN occasion_kind, DROP COLUMN occasion_id, DROP COLUMN month
"""


class Migration(migrations.Migration):

    dependencies = [
        ("decisions", "0001_initial"),
        ("events", "0002_waiting_and_retries"),
    ]

    operations = [
        migrations.RunSQL(
            ADD_OCCASIONS,
            REMOVE_OCCASIONS,
            state_operations=[
                migrations.AddField(
                    model_name="decision",
                    name="occasion_kind",
                    field=models.CharField(choices=KINDS, max_length=10),
                    preserve_default=False,
                ),
                migrations.AddField(
                    model_name="decision",
                    name="occasion_id",
                    field=models.UUIDField(),
                    preserve_default=False,
                ),
                migrations.AddField(
                    model_name="decision",
                    name="month",
                    field=models.DateField(),
                    preserve_default=False,
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="decision", name="one_verdict_per_event_and_campaign"
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reason", "duplicate"), _negated=True),
                fields=("campaign", "occasion_id", "occasion_kind", "month"),
                name="one_decision_per_campaign_and_occasion",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="event",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="decisions",
                to="events.event",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="campaign",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="decisions",
                to="campaigns.campaign",
            ),
        ),
    ]
