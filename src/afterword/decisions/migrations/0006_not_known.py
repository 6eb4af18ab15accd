"""A reason for whom nobody knows, where no address is needed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('decisions', '0005_our_own_people'),
    ]

    operations = [
        migrations.AlterField(
            model_name='decision',
            name='reason',
            field=models.CharField(choices=[('duplicate', 'Duplicate'), ('no_email', 'No e-mail address'), ('waiting_for_address', 'Waiting for an address'), ('invalid_email', 'Invalid e-mail address'), ('not_known', 'Not a known customer'), ('campaign_off', 'Campaign off'), ('too_old', 'Too old'), ('our_own_people', 'Our own people'), ('unsubscribed', 'Unsubscribed'), ('hard_bounced', 'Hard-bounced'), ('undeliverable', 'Non-deliverable'), ('suppressed', 'Suppressed'), ('untrusted_source', 'Untrusted source'), ('outside_audience', 'Outside the audience'), ('sampled_out', 'Sampled out'), ('throttled', 'Throttled'), ('fatigue_budget', 'Fatigue budget'), ('outranked', 'Outranked'), ('capped', 'Capped'), ('scheduled', 'Scheduled')], max_length=20),
        ),
    ]
