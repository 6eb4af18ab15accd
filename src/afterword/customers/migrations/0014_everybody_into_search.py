"""Everybody waits for a search text; then the index of trigrams on the customers' own rows goes.

A search looks through all customers until the texts are written.
"""

from django.db import migrations

# As `0009_trigrams.py` did.
_AS_BEFORE = """
    CREATE INDEX CONCURRENTLY customers_by_trigrams ON customers_customer USING gin (
        customers_trigrams(first_name || ' ' || last_name || chr(10)
            || coalesce(email, '') || chr(10) || company_name)
    )
"""
_EVERYBODY = """
    INSERT INTO customers_stalesearchtext (workspace_id, customer_id)
    SELECT workspace_id, id FROM customers_customer
"""


class Migration(migrations.Migration):
    # The index is dropped while events come in. Whoever dies before that does all of it again:
    # to be noted twice is harmless.
    atomic = False

    dependencies = [
        ("customers", "0013_search_texts"),
    ]

    operations = [
        migrations.RunSQL(_EVERYBODY, migrations.RunSQL.noop),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS customers_by_trigrams", _AS_BEFORE),
    ]
