"""Reports are about mails, and brakes about streams; the mails of old surveys are in."""

import afterword.core.ids
import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from afterword.core.foreign_keys import drop_foreign_keys

_MAIL_KEYS = {"blank": True, "db_index": False, "null": True, "related_name": "mails"}


class Migration(migrations.Migration):

    dependencies = [
        ('sending', '0001_mail'),
        ('surveys', '0008_invitations'),
        ('customers', '0005_people_without_addresses'),
        ('workspaces', '0005_address_wait'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['stream_id', 'due_at'], name='mails_due_of_stream'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('state', 'held')), fields=['stream_id'], name='mails_held'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('state__in', ['claimed', 'handing_over'])), fields=['lease_until'], name='mails_leased'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('sent_at__isnull', False)), fields=['stream_id', '-sent_at'], name='mails_sent_of_stream'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('bounced_at__isnull', False)), fields=['stream_id', '-bounced_at'], name='mails_bounced_of_stream'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(fields=['workspace', 'recipient', '-created_at'], name='mails_to_address'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer'], name='mails_of_customer'),
        ),
        migrations.AlterField(
            model_name='mail',
            name='workspace',
            field=models.ForeignKey(**_MAIL_KEYS, on_delete=django.db.models.deletion.CASCADE, to='workspaces.workspace'),
        ),
        migrations.AlterField(
            model_name='mail',
            name='customer',
            field=models.ForeignKey(**_MAIL_KEYS, on_delete=django.db.models.deletion.SET_NULL, to='customers.customer'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"""
                    {drop_foreign_keys("surveys_deliveryevent", "survey_id")}
                    ALTER TABLE surveys_deliveryevent RENAME COLUMN survey_id TO mail_id;
                    ALTER TABLE surveys_deliveryevent
                        ALTER COLUMN workspace_id DROP NOT NULL,
                        ADD CONSTRAINT reports_are_about_mails FOREIGN KEY (mail_id)
                        REFERENCES sending_mail (id) DEFERRABLE INITIALLY DEFERRED;
                    {drop_foreign_keys("surveys_brake", "campaign_id")}
                    ALTER TABLE surveys_brake RENAME COLUMN campaign_id TO stream_id;
                    ALTER TABLE surveys_brake
                        ADD COLUMN stream_kind varchar(20) NOT NULL DEFAULT '';
                    UPDATE surveys_brake SET stream_kind = 'campaign' WHERE stream_id IS NOT NULL;
                    """
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='DeliveryEvent',
                    fields=[
                        ('id', models.UUIDField(default=afterword.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('kind', models.CharField(choices=[('delayed', 'Delayed'), ('delivered', 'Delivered'), ('opened', 'Opened'), ('machine_opened', 'Opened by a machine'), ('clicked', 'Clicked'), ('soft_bounced', 'Soft-bounced'), ('hard_bounced', 'Hard-bounced'), ('complained', 'Complained'), ('unsubscribed', 'Unsubscribed')], max_length=20)),
                        ('at', models.DateTimeField()),
                        ('received_at', models.DateTimeField()),
                        ('source', models.CharField(max_length=20)),
                        ('words', models.TextField(blank=True)),
                        ('key', models.CharField(max_length=100)),
                        ('workspace', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='delivery_events', to='workspaces.workspace')),
                        ('mail', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='delivery_events', to='sending.mail')),
                    ],
                    options={
                        'db_table': 'surveys_deliveryevent',
                    },
                ),
                migrations.CreateModel(
                    name='Brake',
                    fields=[
                        ('id', models.UUIDField(default=afterword.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('stream_id', models.UUIDField(blank=True, null=True)),
                        ('stream_kind', models.CharField(blank=True, db_default='', default='', max_length=20)),
                        ('sender_domain', models.CharField(blank=True, max_length=253)),
                        ('level', models.CharField(choices=[('warned', 'Warned'), ('paused', 'Paused')], max_length=10)),
                        ('at', models.DateTimeField()),
                        ('mails', models.PositiveIntegerField()),
                        ('bounces', models.PositiveIntegerField()),
                        ('complaints', models.PositiveIntegerField()),
                        ('resumed_at', models.DateTimeField(blank=True, null=True)),
                        ('resumed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='brakes', to='workspaces.workspace')),
                    ],
                    options={
                        'db_table': 'surveys_brake',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('resumed_at', None)), fields=('workspace', 'stream_id', 'sender_domain', 'level'), name='one_live_brake_each', nulls_distinct=False)],
                    },
                ),
                migrations.AddIndex(
                    model_name='deliveryevent',
                    index=models.Index(condition=models.Q(('kind__in', ['soft_bounced', 'hard_bounced', 'complained'])), fields=['received_at'], name='delivery_troubles'),
                ),
                migrations.AddConstraint(
                    model_name='deliveryevent',
                    constraint=models.UniqueConstraint(fields=('mail', 'key'), name='each_report_counts_once'),
                ),
            ],
        ),
    ]
