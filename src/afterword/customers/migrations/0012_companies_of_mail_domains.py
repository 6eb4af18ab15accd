"""Customers who name no company get that of their mail domain, in batches that lock for a moment."""

from uuid import UUID

from django.db import migrations, transaction

from afterword.customers.free_mail import free_mail_domains

AT_ONCE = 10_000

_BATCH = """
    SELECT max(id::text) FROM (
        SELECT id FROM customers_customer WHERE id > %s ORDER BY id LIMIT %s
    ) AS batch
"""
# As `companies.name_and_key` does.
_OF_DOMAINS = """
    WITH theirs AS (
        SELECT id, workspace_id, split_part(email, '@', 2) AS domain FROM customers_customer
        WHERE id > %(after)s AND id <= %(last)s AND company_id IS NULL AND company_name = ''
          AND merged_into_id IS NULL AND email IS NOT NULL
        ORDER BY id FOR NO KEY UPDATE
    ), working AS (
        SELECT * FROM theirs
        WHERE domain <> '' AND length(domain) < 200 AND domain <> ALL(%(free)s::text[])
    ), made AS (
        INSERT INTO customers_company (id, workspace_id, key, name, created_at)
        SELECT gen_random_uuid(), workspace_id, '@' || domain, domain, now()
        FROM working GROUP BY workspace_id, domain
        -- Not DO NOTHING: a row that is there already must be returned as well.
        ON CONFLICT (workspace_id, key) DO UPDATE SET key = excluded.key
        RETURNING id, workspace_id, key
    )
    UPDATE customers_customer AS customer SET company_id = made.id
    FROM working JOIN made ON made.workspace_id = working.workspace_id
                          AND made.key = '@' || working.domain
    WHERE customer.id = working.id
"""


def place(apps, schema_editor):
    after, free = UUID(int=0), sorted(free_mail_domains())
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(_BATCH, [after, AT_ONCE])
            [(last,)] = cursor.fetchall()
            if last is None:
                return
            with transaction.atomic(using=schema_editor.connection.alias):
                cursor.execute(_OF_DOMAINS, {"after": after, "last": last, "free": free})
            after = last


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0011_companies_by_domain")]

    operations = [migrations.RunPython(place, migrations.RunPython.noop)]
