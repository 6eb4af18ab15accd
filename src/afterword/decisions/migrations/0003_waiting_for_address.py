"""One reason more."""

from django.db import migrations, models

REASONS = [
        ("duplicate", "Duplicate"),
        ("no_email", "No e-mail address"),
        ("waiting_for_address", "Waiting for an address"),
        ("invalid_email", "Invalid e-mail address"),
        ("campaign_off", "Campaign off"),
        ("too_old", "Too old"),
        ("unsubscribed", "Unsubscribed"),
        ("hard_bounced", "Hard-bounced"),
        ("undeliverable", "Non-deliverable"),
        ("suppressed", "Suppressed"),
        ("untrusted_source", "Untrusted source"),
        ("outside_audience", "Outside the audience"),
        ("sampled_out", "Sampled out"),
        ("throttled", "Throttled"),
        ("capped", "Capped"),
        ("scheduled", "Scheduled"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("decisions", "0002_occasions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="reason",
            field=models.CharField(choices=REASONS, max_length=20),
        ),
    ]
