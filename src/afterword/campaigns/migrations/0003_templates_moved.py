"""Templates are known by their new stage."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0002_reminders_and_pause'),
        ('survey_templates', '0001_initial'),
        ('surveys', '0005_templates_moved'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='campaign',
                    name='template',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='survey_templates.template'),
                ),
                migrations.AlterField(
                    model_name='reminder',
                    name='template',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='survey_templates.template'),
                ),
                migrations.DeleteModel(
                    name='Logo',
                ),
                migrations.DeleteModel(
                    name='Template',
                ),
            ],
        ),
    ]
