"""Deleting a customer asks who was merged into them: by an index, not by looking at everybody."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built while events come in: nobody has to wait for it.
    atomic = False

    dependencies = [
        ("customers", "0009_trigrams"),
    ]

    operations = [
        # What an earlier try left behind is of no use.
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS customers_merged", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="customers_merged",
            ),
        ),
    ]
