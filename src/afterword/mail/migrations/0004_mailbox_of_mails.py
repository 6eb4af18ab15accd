"""The local mailbox keeps copies of mails, whatever they are about."""

import django.db.models.deletion
from django.db import migrations, models

from afterword.core.foreign_keys import drop_foreign_keys


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0003_next_keys'),
        ('surveys', '0008_invitations'),
        ('workspaces', '0005_address_wait'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"""
                    {drop_foreign_keys("mail_mailboxmessage", "survey_id")}
                    ALTER TABLE mail_mailboxmessage RENAME COLUMN survey_id TO mail_id;
                    ALTER TABLE mail_mailboxmessage ADD COLUMN workspace_id uuid NULL
                        REFERENCES workspaces_workspace (id) DEFERRABLE INITIALLY DEFERRED;
                    UPDATE mail_mailboxmessage AS message SET workspace_id = mail.workspace_id
                    FROM sending_mail AS mail WHERE mail.id = message.mail_id;
                    SET CONSTRAINTS ALL IMMEDIATE;
                    """
                ),
            ],
            state_operations=[
                migrations.RemoveField(
                    model_name='mailboxmessage',
                    name='survey',
                ),
                migrations.AddField(
                    model_name='mailboxmessage',
                    name='mail_id',
                    field=models.UUIDField(blank=True, db_index=True, null=True),
                ),
                migrations.AddField(
                    model_name='mailboxmessage',
                    name='workspace',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace'),
                ),
            ],
        ),
    ]
