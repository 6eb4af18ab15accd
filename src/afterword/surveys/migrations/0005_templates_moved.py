"""Templates are known by their new stage."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('survey_templates', '0001_initial'),
        ('surveys', '0004_orphaned_and_ended'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='survey',
                    name='template',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='surveys', to='survey_templates.template'),
                ),
            ],
        ),
    ]
