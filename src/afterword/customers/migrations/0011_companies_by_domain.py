"""Companies have several names, may be left out, and come from mail domains too."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0010_index_of_the_merged'),
        ('workspaces', '0006_fatigue_budget'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='excluded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='company',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='customers.company'),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='names_of_company'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), ('excluded_at', None), _connector='OR'), name='another_name_is_not_excluded'),
        ),
    ]
