"""An index for each order that customers are listed in; see `profiles/listing/order.py`."""

from django.db import migrations

_INDEXES = {
    "customers_by_name": """
        lower(CASE WHEN first_name = '' AND last_name = '' THEN coalesce(email, '')
              ELSE btrim(first_name || ' ' || last_name) END)""",
    "customers_by_company": "lower(company_name)",
    "customers_by_last_survey": (
        "coalesce(last_surveyed_at, '1970-01-01 00:00:00+00'::timestamptz)"
    ),
}


class Migration(migrations.Migration):
    # Built while events come in: nobody has to wait for it.
    atomic = False

    dependencies = [
        ("customers", "0007_property_descriptions"),
    ]

    operations = [
        operation
        for name, expression in _INDEXES.items()
        for operation in (
            # What an earlier try left behind is of no use.
            migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", migrations.RunSQL.noop),
            migrations.RunSQL(
                f"CREATE INDEX CONCURRENTLY {name} ON customers_customer"
                f" (workspace_id, ({expression}), id)",
                f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
            ),
        )
    ]
