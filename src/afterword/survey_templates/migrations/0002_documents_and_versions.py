"""A template's texts become one document; what was sent keeps a version of it."""

import afterword.core.ids
import django.db.models.deletion
from django.db import migrations, models


_DOCUMENTS = """
    UPDATE campaigns_template SET document = jsonb_strip_nulls(jsonb_build_object(
        'subject', subject,
        'question', question,
        'intro', nullif(intro, ''),
        'follow_up', CASE WHEN comment_prompt <> '' THEN
            jsonb_build_object('any', comment_prompt) END,
        'thanks', CASE WHEN thanks <> '' THEN
            jsonb_build_object('any', jsonb_build_object('text', thanks)) END
    ));
"""
_UNUSED = """
    ALTER TABLE campaigns_template
        ALTER COLUMN subject SET DEFAULT '',
        ALTER COLUMN intro SET DEFAULT '',
        ALTER COLUMN question SET DEFAULT '',
        ALTER COLUMN comment_prompt SET DEFAULT '',
        ALTER COLUMN thanks SET DEFAULT '';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('survey_templates', '0001_initial'),
        ('workspaces', '0005_address_wait'),
    ]

    operations = [
        migrations.AddField(
            model_name='template',
            name='document',
            field=models.JSONField(default=dict),
        ),
        migrations.RunSQL(_DOCUMENTS),
        migrations.SeparateDatabaseAndState(
            # The columns go with the release after this one.
            database_operations=[migrations.RunSQL(_UNUSED)],
            state_operations=[
                migrations.RemoveField('template', name)
                for name in ('subject', 'intro', 'question', 'comment_prompt', 'thanks')
            ],
        ),
        migrations.AlterField(
            model_name='template',
            name='colour',
            field=models.CharField(blank=True, max_length=7),
        ),
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='brand', serialize=False, to='workspaces.workspace')),
                ('logo_url', models.URLField(blank=True, max_length=500)),
                ('colour', models.CharField(blank=True, max_length=7)),
                ('sender_name', models.CharField(blank=True, max_length=100)),
                ('footer', models.TextField(blank=True, max_length=1000)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('logo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='survey_templates.logo')),
            ],
        ),
        migrations.CreateModel(
            name='TemplateVersion',
            fields=[
                ('id', models.UUIDField(default=afterword.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('document', models.JSONField()),
                ('look', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('is_reconstructed', models.BooleanField(db_default=False, default=False)),
                ('created_at', models.DateTimeField()),
                ('template', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='survey_templates.template')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('template', 'number'), name='versions_are_numbered'), models.UniqueConstraint(fields=('template', 'digest'), name='one_version_per_content')],
            },
        ),
    ]
