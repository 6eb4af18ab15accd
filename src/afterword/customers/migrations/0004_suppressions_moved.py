"""Suppressions are known by their new stage."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_suppressions_of_customers'),
        ('suppressions', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(
                    name='MailDomain',
                ),
                migrations.DeleteModel(
                    name='Suppression',
                ),
            ],
        ),
    ]
