"""A survey says who was asked, why, and whether they answered; reminders are rows no more.

The columns that went over to mails and invitations stay in the table, unused, for one release.
"""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

from afterword.core.foreign_keys import drop_foreign_keys

_SQL = f"""
    SET CONSTRAINTS ALL IMMEDIATE;
    {drop_foreign_keys("surveys_survey", "reminds_id")}
    {drop_foreign_keys("surveys_survey", "reminder_id")}
    UPDATE surveys_survey AS survey
    SET unsubscribed_at = least(survey.unsubscribed_at, reminder.unsubscribed_at)
    FROM surveys_survey AS reminder
    WHERE reminder.reminds_id = survey.id AND reminder.unsubscribed_at IS NOT NULL;
    DELETE FROM surveys_survey WHERE reminds_id IS NOT NULL;
    UPDATE surveys_survey SET ended_at = cancelled_at WHERE state = 'cancelled';
    UPDATE surveys_survey SET ended_at = NULL
    WHERE ended_at IS NOT NULL AND state NOT IN ('dismissed', 'cancelled');
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE surveys_survey
        DROP CONSTRAINT one_survey_per_answer_link,
        DROP CONSTRAINT one_survey_per_unsubscribe_link,
        DROP CONSTRAINT handed_over_twice_at_most;
    DROP INDEX each_reminder_once, surveys_due, surveys_leased, surveys_newest, surveys_of_campaign, surveys_due_of_campaign, surveys_sent_of_campaign, surveys_reminding, surveys_of_reminder, surveys_bounced_of_campaign, surveys_held;
    ALTER TABLE surveys_survey RENAME COLUMN sent_at TO asked_at;
    ALTER TABLE surveys_survey
        ADD COLUMN channel varchar(10) NOT NULL DEFAULT 'email',
        ALTER COLUMN reason SET DEFAULT '',
        ALTER COLUMN detail SET DEFAULT '{{}}',
        ALTER COLUMN answer_token DROP NOT NULL,
        ALTER COLUMN unsubscribe_token DROP NOT NULL,
        ALTER COLUMN sent_by DROP NOT NULL,
        ALTER COLUMN state DROP NOT NULL,
        ALTER COLUMN due_at DROP NOT NULL,
        ALTER COLUMN attempt DROP NOT NULL,
        ALTER COLUMN handed_over DROP NOT NULL,
        ALTER COLUMN refusals DROP NOT NULL,
        ALTER COLUMN subject DROP NOT NULL,
        ALTER COLUMN server_reply DROP NOT NULL;
    -- What is noted when a survey was sent, or answered, finds room beside the row.
    ALTER TABLE surveys_survey SET (fillfactor = 90);
    ALTER TABLE surveys_invitation SET (fillfactor = 90);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0004_hits_of_invitations'),
        ('mail', '0004_mailbox_of_mails'),
        ('sending', '0002_reports_and_brakes'),
        ('surveys', '0008_invitations'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_SQL)],
            state_operations=[
                migrations.RemoveConstraint(
                    model_name='survey',
                    name='one_survey_per_answer_link',
                ),
                migrations.RemoveConstraint(
                    model_name='survey',
                    name='one_survey_per_unsubscribe_link',
                ),
                migrations.RemoveConstraint(
                    model_name='survey',
                    name='handed_over_twice_at_most',
                ),
                migrations.RemoveConstraint(
                    model_name='survey',
                    name='each_reminder_once',
                ),
                migrations.RemoveIndex(
                    model_name='survey',
                    name='surveys_due',
                ),
                migrations.RemoveIndex(
                    model_name='survey',
                    name='surveys_leased',
                ),
                migrations.RemoveIndex(
                    model_name='survey',
                    name='surveys_newest',
                ),
                migrations.RemoveIndex(
                    model_name='survey',
                    name='surveys_of_campaign',
                ),
                migrations.RemoveIndex(
                    model_name='survey',
                    name='surveys_due_of_campaign',
                ),
                migrations.RemoveIndex(
                    model_name='survey',
                    name='surveys_sent_of_campaign',
                ),
                migrations.RemoveIndex(
                    model_name='survey',
                    name='surveys_reminding',
                ),
                migrations.RemoveIndex(
                    model_name='survey',
                    name='surveys_of_reminder',
                ),
                migrations.RemoveIndex(
                    model_name='survey',
                    name='surveys_bounced_of_campaign',
                ),
                migrations.RemoveIndex(
                    model_name='survey',
                    name='surveys_held',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='answer_token',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='attempt',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='bounce',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='bounced_at',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='cancelled_at',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='clicked_at',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='complained_at',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='delivered_at',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='due_at',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='first_refused_at',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='handed_over',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='lease_until',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='machine_opened_at',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='opened_at',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='orphaned',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='refusals',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='reminder',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='reminds',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='sender',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='sent_at',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='sent_by',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='server_reply',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='state',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='subject',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='unsubscribe_token',
                ),
                migrations.RemoveField(
                    model_name='survey',
                    name='worker',
                ),
                migrations.AddField(
                    model_name='survey',
                    name='asked_at',
                    field=models.DateTimeField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='survey',
                    name='channel',
                    field=models.CharField(choices=[('email', 'E-mail')], db_default='email', default='email', max_length=10),
                ),
                migrations.AlterField(
                    model_name='survey',
                    name='detail',
                    field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                migrations.AlterField(
                    model_name='survey',
                    name='reason',
                    field=models.CharField(blank=True, choices=[('duplicate', 'Duplicate'), ('no_email', 'No e-mail address'), ('waiting_for_address', 'Waiting for an address'), ('invalid_email', 'Invalid e-mail address'), ('campaign_off', 'Campaign off'), ('too_old', 'Too old'), ('unsubscribed', 'Unsubscribed'), ('hard_bounced', 'Hard-bounced'), ('undeliverable', 'Non-deliverable'), ('suppressed', 'Suppressed'), ('untrusted_source', 'Untrusted source'), ('outside_audience', 'Outside the audience'), ('sampled_out', 'Sampled out'), ('throttled', 'Throttled'), ('capped', 'Capped'), ('scheduled', 'Scheduled')], db_default='', default='', max_length=20),
                ),
                migrations.DeleteModel(
                    name='Brake',
                ),
                migrations.DeleteModel(
                    name='DeliveryEvent',
                ),
            ],
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['workspace', '-created_at', '-id'], name='invitations_newest'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('reminder__isnull', False)), fields=['reminder'], name='invitations_of_reminder'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('answer_token',), name='one_invitation_per_answer_link'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('unsubscribe_token',), name='one_invitation_per_unsubscribe_link'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('survey', 'reminder'), name='each_reminder_once_a_survey'),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='reminder',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='campaigns.reminder'),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='survey',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='surveys.survey'),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='template',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='survey_templates.template'),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='workspace',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='workspaces.workspace'),
        ),
    ]
