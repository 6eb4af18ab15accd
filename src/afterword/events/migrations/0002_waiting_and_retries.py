"""Events wait for an address; retries are counted; the log can be kept by month."""

from django.db import migrations, models

MONTH = "date_trunc('month', {} AT TIME ZONE 'UTC')::date"
# The default is for a worker of the release before, which does not write it.
ADD_MONTH = f"""
    ALTER TABLE events_event ADD COLUMN month date;
    UPDATE events_event SET month = {MONTH.format("received_at")};
    ALTER TABLE events_event ALTER COLUMN month SET DEFAULT ({MONTH.format("now()")});
    ALTER TABLE events_event ALTER COLUMN month SET NOT NULL;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            ADD_MONTH,
            "ALTER TABLE events_event DROP COLUMN month",
            state_operations=[
                migrations.AddField(
                    model_name="event",
                    name="month",
                    field=models.DateField(),
                    preserve_default=False,
                ),
            ],
        ),
        migrations.AddField(
            model_name="event",
            name="retries",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="WaitingCall",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("workspace_id", models.UUIDField()),
                ("user_id", models.CharField(max_length=255)),
                ("anonymous_id", models.CharField(max_length=255)),
                ("token_id", models.UUIDField()),
                ("is_trusted", models.BooleanField()),
                ("received_at", models.DateTimeField()),
                ("body", models.TextField()),
                ("envelope", models.TextField()),
                ("until", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "user_id"], name="waiting_by_user"),
                    models.Index(
                        fields=["workspace_id", "anonymous_id"], name="waiting_by_visitor"
                    ),
                    models.Index(fields=["workspace_id", "until"], name="waiting_until"),
                ],
            },
        ),
    ]
