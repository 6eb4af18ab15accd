"""An answer may be nobody's in particular, and knows what it answered and of whom."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0004_paused_by_brakes'),
        ('feedback', '0004_hits_of_invitations'),
        ('survey_templates', '0002_documents_and_versions'),
        ('surveys', '0010_versions_and_facts'),
    ]

    operations = [
        migrations.CreateModel(
            name='ResponseFacts',
            fields=[
                ('facts', models.JSONField()),
                ('response', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='facts_then', serialize=False, to='feedback.response')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='response',
            name='answers',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='response',
            name='consent',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='response',
            name='counts',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name='response',
            name='language',
            field=models.CharField(blank=True, db_default='', default='', max_length=35),
        ),
        migrations.AddField(
            model_name='response',
            name='source',
            field=models.CharField(choices=[('survey', 'Survey'), ('manual', 'Added by hand'), ('api', 'API'), ('import', 'Import')], db_default='survey', default='survey', max_length=10),
        ),
        migrations.AddField(
            model_name='response',
            name='version',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='survey_templates.templateversion'),
        ),
        migrations.AlterField(
            model_name='response',
            name='campaign',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='campaigns.campaign'),
        ),
        migrations.AlterField(
            model_name='response',
            name='email',
            field=models.CharField(blank=True, db_default='', default='', max_length=254),
        ),
        migrations.AlterField(
            model_name='response',
            name='survey',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='response', to='surveys.survey'),
        ),
    ]
