"""An index for whose turn it is in a lane, made while the table is in use."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


# What is due at the same moment takes its turn by its key.
class Migration(migrations.Migration):
    atomic = False

    dependencies = [("followups", "0008_slack_bots")]

    operations = [
        # What an earlier try left behind is of no use.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS deliveries_turn_in_lane", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["lane", "due_at", "id"],
                name="deliveries_turn_in_lane",
            ),
        ),
        RemoveIndexConcurrently(model_name="delivery", name="deliveries_due_of_lane"),
    ]
