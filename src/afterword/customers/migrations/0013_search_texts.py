"""Search texts beside the customers: an index of trigrams costs whoever writes a row of its table.

Triggers note whose text is missing or old, so that no way to change customers forgets it.
"""

import django.db.models.deletion
from django.db import migrations, models

_DELETED_WITH_THE_CUSTOMER = """
    ALTER TABLE customers_searchtext ADD CONSTRAINT search_text_of_customer
    FOREIGN KEY (customer_id) REFERENCES customers_customer (id) ON DELETE CASCADE
"""
_INDEX = """
    CREATE INDEX search_texts_by_trigrams ON customers_searchtext
    USING gin (customers_trigrams(text))
"""
_TRIGGERS = """
    CREATE FUNCTION customers_note_new() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO customers_stalesearchtext (workspace_id, customer_id)
        SELECT workspace_id, id FROM written;
        RETURN NULL;
    END $$;
    CREATE FUNCTION customers_note_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO customers_stalesearchtext (workspace_id, customer_id)
        VALUES (NEW.workspace_id, NEW.id);
        RETURN NULL;
    END $$;
    CREATE TRIGGER search_text_of_new AFTER INSERT ON customers_customer
        REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION customers_note_new();
    CREATE TRIGGER search_text_of_renamed
        AFTER UPDATE OF first_name, last_name, email, company_name ON customers_customer
        FOR EACH ROW WHEN (
            (OLD.first_name, OLD.last_name, OLD.email, OLD.company_name)
            IS DISTINCT FROM (NEW.first_name, NEW.last_name, NEW.email, NEW.company_name)
        ) EXECUTE FUNCTION customers_note_renamed();
"""
_NO_TRIGGERS = """
    DROP TRIGGER search_text_of_new ON customers_customer;
    DROP TRIGGER search_text_of_renamed ON customers_customer;
    DROP FUNCTION customers_note_new();
    DROP FUNCTION customers_note_renamed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0012_companies_of_mail_domains"),
        ("workspaces", "0008_our_own_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
                ("text", models.TextField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StaleSearchText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("workspace_id", models.UUIDField()),
                ("customer_id", models.UUIDField()),
            ],
        ),
        migrations.RunSQL(_DELETED_WITH_THE_CUSTOMER, migrations.RunSQL.noop),
        migrations.RunSQL(_INDEX, migrations.RunSQL.noop),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
    ]
