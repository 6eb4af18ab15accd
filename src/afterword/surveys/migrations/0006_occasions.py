"""A survey is asked on an occasion, of which an event is one kind."""

from django.db import migrations, models

KINDS = [(k, k) for k in ("event", "due_date", "hand", "call", "hook", "page")]


class Migration(migrations.Migration):

    dependencies = [
        ("surveys", "0005_templates_moved"),
    ]

    operations = [
        migrations.AddField(
            model_name="survey",
            name="occasion_kind",
            field=models.CharField(choices=KINDS, db_default="event", max_length=10),
        ),
        migrations.AddField(
            model_name="survey",
            name="occasion_id",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.RunSQL(
            "UPDATE surveys_survey SET occasion_id = event_id WHERE event_id IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name="survey", name="one_survey_per_event_and_campaign"
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.UniqueConstraint(
                fields=("campaign", "occasion_id", "occasion_kind"),
                name="one_survey_per_campaign_and_occasion",
            ),
        ),
    ]
