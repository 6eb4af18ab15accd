"""A link is an invitation's; what its hits are taken for is a judgement."""

import django.db.models.deletion
from django.db import migrations, models

from afterword.core.foreign_keys import drop_foreign_keys


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0003_earlier_answers'),
        ('surveys', '0008_invitations'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"""
                    {drop_foreign_keys("feedback_hit", "survey_id")}
                    ALTER TABLE feedback_hit RENAME COLUMN survey_id TO invitation_id;
                    ALTER TABLE feedback_hit RENAME COLUMN verdict TO judgement;
                    ALTER TABLE feedback_hit
                        ADD CONSTRAINT hits_are_of_invitations FOREIGN KEY (invitation_id)
                        REFERENCES surveys_invitation (id) DEFERRABLE INITIALLY DEFERRED;
                    """
                ),
            ],
            state_operations=[
                migrations.RemoveIndex(
                    model_name='hit',
                    name='hits_of_survey',
                ),
                migrations.RemoveField(
                    model_name='hit',
                    name='survey',
                ),
                migrations.RemoveField(
                    model_name='hit',
                    name='verdict',
                ),
                migrations.AddField(
                    model_name='hit',
                    name='invitation',
                    field=models.ForeignKey(db_index=False, default=None, on_delete=django.db.models.deletion.CASCADE, related_name='hits', to='surveys.invitation'),
                    preserve_default=False,
                ),
                migrations.AddField(
                    model_name='hit',
                    name='judgement',
                    field=models.CharField(blank=True, choices=[('two_scores', 'Two scores within a minute'), ('trap', 'The hidden link was followed'), ('head_first', 'HEAD before GET'), ('unsubscribe_too', 'Unsubscribe link and score within seconds'), ('no_assets', 'The page was fetched, but never shown')], max_length=16),
                ),
                migrations.AddIndex(
                    model_name='hit',
                    index=models.Index(fields=['invitation', 'at'], name='hits_of_survey'),
                ),
            ],
        ),
    ]
