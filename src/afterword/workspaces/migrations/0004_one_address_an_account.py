"""Forget the further addresses of accounts: anybody could add any, and none was ever confirmed."""

from django.db import migrations, models


def forget_further_addresses(apps, schema_editor):
    addresses = apps.get_model("account", "EmailAddress").objects
    addresses.exclude(email=models.F("user__email")).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("workspaces", "0003_confirmed_addresses"),
    ]

    operations = [migrations.RunPython(forget_further_addresses, migrations.RunPython.noop)]
