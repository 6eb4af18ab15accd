"""Templates become a stage of their own; their tables stay what and where they are."""

import afterword.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('workspaces', '0002_open_tracking_and_sender'),
        ('campaigns', '0002_reminders_and_pause'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            # A template fits any channel. The column goes with the release after this one.
            database_operations=[
                migrations.RunSQL("ALTER TABLE campaigns_template ALTER COLUMN channel SET DEFAULT 'email'")
            ],
            state_operations=[
                migrations.CreateModel(
                    name='Logo',
                    fields=[
                        ('id', models.UUIDField(default=afterword.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('content', models.BinaryField()),
                        ('media_type', models.CharField(max_length=50)),
                        ('digest', models.CharField(max_length=64)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='logos', to='workspaces.workspace')),
                    ],
                    options={
                        'db_table': 'campaigns_logo',
                    },
                ),
                migrations.CreateModel(
                    name='Template',
                    fields=[
                        ('id', models.UUIDField(default=afterword.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('key', models.SlugField(max_length=100)),
                        ('name', models.CharField(max_length=100)),
                        ('metric', models.CharField(choices=[('nps', 'NPS'), ('csat', 'CSAT'), ('ces', 'CES'), ('5-star', '5-STAR')], max_length=10)),
                        ('logo_url', models.URLField(blank=True, max_length=500)),
                        ('colour', models.CharField(default='#206bc4', max_length=7)),
                        ('sender_name', models.CharField(blank=True, max_length=100)),
                        ('subject', models.CharField(max_length=300)),
                        ('intro', models.TextField(blank=True, max_length=2000)),
                        ('question', models.TextField(max_length=1000)),
                        ('comment_prompt', models.CharField(blank=True, max_length=300)),
                        ('thanks', models.TextField(blank=True, max_length=1000)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('logo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='templates', to='survey_templates.logo')),
                        ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='templates', to='workspaces.workspace')),
                    ],
                    options={
                        'db_table': 'campaigns_template',
                    },
                ),
                migrations.AddConstraint(
                    model_name='logo',
                    constraint=models.UniqueConstraint(fields=('workspace', 'digest'), name='one_logo_per_content'),
                ),
                migrations.AddConstraint(
                    model_name='template',
                    constraint=models.UniqueConstraint(fields=('workspace', 'key'), name='one_template_per_key'),
                ),
            ],
        ),
    ]
