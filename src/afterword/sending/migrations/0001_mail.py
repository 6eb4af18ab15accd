"""A mail and its hand-over, which was a survey's until now.

Keys to other tables and indexes are added when the mails of old surveys are in.
"""

import afterword.core.ids
import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0005_people_without_addresses'),
        ('workspaces', '0005_address_wait'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.UUIDField(default=afterword.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=30)),
                ('about', models.CharField(max_length=36)),
                ('stream_kind', models.CharField(max_length=20)),
                ('stream_id', models.UUIDField()),
                ('recipient', models.CharField(max_length=254)),
                ('sender', models.CharField(blank=True, db_default='', default='', max_length=254)),
                ('subject', models.CharField(blank=True, db_default='', default='', max_length=998)),
                ('created_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('held', 'Held'), ('claimed', 'Sending'), ('handing_over', 'Handing over'), ('sent', 'Sent'), ('bounced', 'Bounced'), ('dismissed', 'Not sent'), ('cancelled', 'Cancelled'), ('parked', 'Failed')], db_default='queued', default='queued', max_length=12)),
                ('due_at', models.DateTimeField()),
                ('attempt', models.PositiveIntegerField(db_default=0, default=0)),
                ('handed_over', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('orphaned', models.SmallIntegerField(db_default=0, default=0)),
                ('worker', models.UUIDField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('refusals', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('first_refused_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('server_reply', models.TextField(blank=True, db_default='', default='')),
                ('reason', models.CharField(blank=True, db_default='', default='', max_length=20)),
                ('detail', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('bounced_at', models.DateTimeField(blank=True, null=True)),
                ('bounce', models.CharField(blank=True, choices=[('hard', 'Hard'), ('soft', 'Soft')], db_default='', default='', max_length=4)),
                ('complained_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('customer', models.ForeignKey(blank=True, db_index=False, null=True, db_constraint=False, on_delete=django.db.models.deletion.SET_NULL, related_name='mails', to='customers.customer')),
                ('workspace', models.ForeignKey(blank=True, db_index=False, null=True, db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='workspaces.workspace')),
            ],
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.CheckConstraint(condition=models.Q(('handed_over__lte', 2)), name='mails_handed_over_twice_at_most'),
        ),
    ]
