"""How long an event waits for the address of its customer."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("workspaces", "0004_one_address_an_account"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="address_wait_minutes",
            field=models.PositiveSmallIntegerField(default=5, db_default=5),
        ),
    ]
