"""What is shown in an application: from when and until when, and that it was closed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0010_in_app'),
        ('customers', '0007_property_descriptions'),
        ('events', '0002_waiting_and_retries'),
        ('sending', '0002_reports_and_brakes'),
        ('survey_templates', '0002_documents_and_versions'),
        ('surveys', '0013_our_own_people'),
        ('workspaces', '0006_fatigue_budget'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='dismissed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='invitation',
            name='due_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='invitation',
            name='expires_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='invitation',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='channel',
            field=models.CharField(choices=[('email', 'E-mail'), ('link', 'Link'), ('inapp', 'In-app')], db_default='email', default='email', max_length=10),
        ),
        migrations.AlterField(
            model_name='survey',
            name='channel',
            field=models.CharField(choices=[('email', 'E-mail'), ('link', 'Link'), ('inapp', 'In-app')], db_default='email', default='email', max_length=10),
        ),
        migrations.AlterField(
            model_name='survey',
            name='reason',
            field=models.CharField(blank=True, choices=[('duplicate', 'Duplicate'), ('no_email', 'No e-mail address'), ('waiting_for_address', 'Waiting for an address'), ('invalid_email', 'Invalid e-mail address'), ('not_known', 'Not a known customer'), ('campaign_off', 'Campaign off'), ('too_old', 'Too old'), ('our_own_people', 'Our own people'), ('unsubscribed', 'Unsubscribed'), ('hard_bounced', 'Hard-bounced'), ('undeliverable', 'Non-deliverable'), ('suppressed', 'Suppressed'), ('untrusted_source', 'Untrusted source'), ('outside_audience', 'Outside the audience'), ('sampled_out', 'Sampled out'), ('throttled', 'Throttled'), ('fatigue_budget', 'Fatigue budget'), ('outranked', 'Outranked'), ('capped', 'Capped'), ('scheduled', 'Scheduled')], db_default='', default='', max_length=20),
        ),
    ]
