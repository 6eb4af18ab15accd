"""A budget of surveys for each customer, and campaigns' priorities."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0011_links'),
    ]

    operations = [
        migrations.AlterField(
            model_name='survey',
            name='reason',
            field=models.CharField(blank=True, choices=[('duplicate', 'Duplicate'), ('no_email', 'No e-mail address'), ('waiting_for_address', 'Waiting for an address'), ('invalid_email', 'Invalid e-mail address'), ('campaign_off', 'Campaign off'), ('too_old', 'Too old'), ('unsubscribed', 'Unsubscribed'), ('hard_bounced', 'Hard-bounced'), ('undeliverable', 'Non-deliverable'), ('suppressed', 'Suppressed'), ('untrusted_source', 'Untrusted source'), ('outside_audience', 'Outside the audience'), ('sampled_out', 'Sampled out'), ('throttled', 'Throttled'), ('fatigue_budget', 'Fatigue budget'), ('outranked', 'Outranked'), ('capped', 'Capped'), ('scheduled', 'Scheduled')], db_default='', default='', max_length=20),
        ),
    ]
