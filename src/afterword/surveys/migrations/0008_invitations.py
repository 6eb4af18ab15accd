"""Of each survey and each reminder: a mail, which keeps the key, and an invitation with the same.

One statement for each table, whatever the number of surveys; keys to other tables and indexes come
after it.
"""

import afterword.core.ids
import django.db.models.deletion
from django.db import migrations, models

_MAILS = """
    INSERT INTO sending_mail (
        id, workspace_id, kind, about, stream_kind, stream_id, customer_id, recipient, sender,
        subject, created_at, state, due_at, attempt, handed_over, orphaned, worker, lease_until,
        refusals, first_refused_at, sent_at, server_reply, reason, detail, delivered_at,
        bounced_at, bounce, complained_at, cancelled_at, ended_at
    )
    SELECT
        id, workspace_id, CASE WHEN reminds_id IS NULL THEN 'survey' ELSE 'reminder' END,
        coalesce(reminds_id, id)::text, 'campaign', campaign_id, customer_id, email, sender,
        subject, created_at, state, due_at, attempt, handed_over, orphaned, worker, lease_until,
        refusals, first_refused_at, sent_at, server_reply, reason, detail, delivered_at,
        bounced_at, bounce, complained_at, cancelled_at, ended_at
    FROM surveys_survey
"""
_INVITATIONS = """
    INSERT INTO surveys_invitation (
        id, workspace_id, survey_id, reminder_id, template_id, channel, answer_token,
        unsubscribe_token, created_at, opened_at, machine_opened_at, clicked_at, answered_at,
        unsubscribed_at
    )
    SELECT
        id, workspace_id, coalesce(reminds_id, id), reminder_id, template_id, 'email', answer_token,
        unsubscribe_token, created_at, opened_at, machine_opened_at, clicked_at, answered_at,
        unsubscribed_at
    FROM surveys_survey
"""


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0003_templates_moved'),
        ('sending', '0001_mail'),
        ('survey_templates', '0001_initial'),
        ('surveys', '0007_waiting_for_address'),
        ('workspaces', '0005_address_wait'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=afterword.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('email', 'E-mail')], db_default='email', default='email', max_length=10)),
                ('answer_token', models.CharField(default=afterword.core.ids.new_link_token, max_length=32)),
                ('unsubscribe_token', models.CharField(default=afterword.core.ids.new_link_token, max_length=32)),
                ('created_at', models.DateTimeField()),
                ('shown_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('machine_opened_at', models.DateTimeField(blank=True, null=True)),
                ('clicked_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('unsubscribed_at', models.DateTimeField(blank=True, null=True)),
                ('mail', models.ForeignObject(from_fields=['id'], null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='sending.mail', to_fields=['id'])),
                ('reminder', models.ForeignKey(blank=True, db_index=False, null=True, db_constraint=False, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='campaigns.reminder')),
                ('survey', models.ForeignKey(db_index=False, db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='surveys.survey')),
                ('template', models.ForeignKey(db_index=False, db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='survey_templates.template')),
                ('workspace', models.ForeignKey(db_index=False, db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='workspaces.workspace')),
            ],
        ),
        migrations.RunSQL(_MAILS),
        migrations.RunSQL(_INVITATIONS),
    ]
