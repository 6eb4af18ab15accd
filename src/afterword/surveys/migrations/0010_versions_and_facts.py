"""An invitation remembers the version that it was sent with; a survey, what was known then."""

import django.db.models.deletion
from django.db import migrations, models


# What was sent before gets what its template says today as its version 1, and that is said.
_VERSIONS = """
    INSERT INTO survey_templates_templateversion
        (id, template_id, number, document, look, digest, is_reconstructed, created_at)
    SELECT gen_random_uuid(), template.id, 1, template.document,
           jsonb_strip_nulls(jsonb_build_object(
               'company', workspace.name,
               'logo', template.logo_id,
               'logo_url', nullif(template.logo_url, ''),
               'colour', nullif(template.colour, ''),
               'sender_name', nullif(template.sender_name, '')
           )),
           'reconstructed', true, now()
    FROM campaigns_template AS template
    JOIN workspaces_workspace AS workspace ON workspace.id = template.workspace_id
    WHERE EXISTS (
        SELECT FROM surveys_invitation AS invitation WHERE invitation.template_id = template.id
    );
    UPDATE surveys_invitation AS invitation SET version_id = version.id
    FROM survey_templates_templateversion AS version, sending_mail AS mail
    WHERE version.template_id = invitation.template_id AND mail.id = invitation.id
      AND mail.handed_over > 0;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('survey_templates', '0002_documents_and_versions'),
        ('surveys', '0009_a_survey_is_no_mail'),
    ]

    operations = [
        migrations.CreateModel(
            name='SurveyFacts',
            fields=[
                ('facts', models.JSONField()),
                ('survey', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='facts_then', serialize=False, to='surveys.survey')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='invitation',
            name='language',
            field=models.CharField(blank=True, db_default='', default='', max_length=35),
        ),
        migrations.AddField(
            model_name='invitation',
            name='version',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='survey_templates.templateversion'),
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE;" + _VERSIONS),
    ]
