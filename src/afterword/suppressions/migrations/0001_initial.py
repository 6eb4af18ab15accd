"""Suppressions become a stage of their own; their tables stay what and where they are."""

import afterword.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('workspaces', '0002_open_tracking_and_sender'),
        ('customers', '0003_suppressions_of_customers'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='MailDomain',
                    fields=[
                        ('name', models.CharField(max_length=253, primary_key=True, serialize=False)),
                        ('takes_mail', models.BooleanField()),
                        ('words', models.TextField(blank=True)),
                        ('checked_at', models.DateTimeField()),
                    ],
                    options={
                        'db_table': 'customers_maildomain',
                    },
                ),
                migrations.CreateModel(
                    name='Suppression',
                    fields=[
                        ('id', models.UUIDField(default=afterword.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('pattern', models.CharField(max_length=254)),
                        ('reason', models.CharField(choices=[('unsubscribed', 'Unsubscribed'), ('complained', 'Complained'), ('hard_bounced', 'Hard-bounced'), ('soft_bounced', 'Soft-bounced three times'), ('undeliverable', 'Non-deliverable'), ('listed', 'Listed by hand')], max_length=20)),
                        ('campaign_id', models.UUIDField(blank=True, null=True)),
                        ('at', models.DateTimeField()),
                        ('how', models.CharField(max_length=30)),
                        ('note', models.TextField(blank=True)),
                        ('category', models.CharField(blank=True, max_length=20)),
                        ('survey_id', models.UUIDField(blank=True, null=True)),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('ended_how', models.CharField(blank=True, max_length=30)),
                        ('ended_note', models.TextField(blank=True)),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='suppressions', to='workspaces.workspace')),
                    ],
                    options={
                        'db_table': 'customers_suppression',
                        'indexes': [models.Index(fields=['workspace', '-at', '-id'], name='suppressions_newest')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('workspace', 'pattern', 'reason', 'campaign_id'), name='one_live_suppression_each', nulls_distinct=False)],
                    },
                ),
            ],
        ),
    ]
