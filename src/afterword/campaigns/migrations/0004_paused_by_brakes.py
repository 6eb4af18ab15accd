"""Whether a campaign is paused is the brakes' to say; the column stays, unused, for one release."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0003_templates_moved'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name='campaign', name='paused_at')],
        ),
    ]
