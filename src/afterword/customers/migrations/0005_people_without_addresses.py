"""A customer may have no address yet, and what an id stands for is a customer."""

import django.db.models.deletion
from django.db import migrations, models

# Who was only identified becomes a customer too: a trusted id leads to one.
LEAD_TO_CUSTOMERS = """
    INSERT INTO customers_customer (
        id, workspace_id, email, first_name, last_name, company_name, job_title, phone, city, state,
        country, properties, changed_at, tags, source, created_at, updated_at
    )
    SELECT gen_random_uuid(), workspace_id, email, '', '', '', '', '', '', '', '', '{}', '{}', '{}',
           'Segment', min(said_at), now()
    FROM customers_identity WHERE is_trusted AND email <> ''
    GROUP BY workspace_id, email
    ON CONFLICT (workspace_id, email) DO NOTHING;

    UPDATE customers_identity AS identity
    SET customer_id = customer.id, email = ''
    FROM customers_customer AS customer
    WHERE identity.is_trusted AND customer.workspace_id = identity.workspace_id
      AND customer.email = identity.email;

    DELETE FROM customers_identity WHERE is_trusted AND customer_id IS NULL;
"""
BACK_TO_ADDRESSES = """
    UPDATE customers_identity AS identity SET email = customer.email
    FROM customers_customer AS customer
    WHERE customer.id = identity.customer_id AND customer.email IS NOT NULL;
    DELETE FROM customers_identity WHERE email = '';
    DELETE FROM customers_customer WHERE email IS NULL;
"""


class Migration(migrations.Migration):

    atomic = True
    dependencies = [
        ("customers", "0004_suppressions_moved"),
    ]

    operations = [
        migrations.AlterField(
            model_name="customer",
            name="email",
            field=models.CharField(blank=True, max_length=254, null=True),
        ),
        migrations.AddField(
            model_name="customer",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="identities",
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            model_name="identity",
            name="email",
            field=models.CharField(blank=True, db_default="", default="", max_length=254),
        ),
        migrations.RunSQL(LEAD_TO_CUSTOMERS, BACK_TO_ADDRESSES),
        # Foreign keys are checked at the end, and no table changes shape before that.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.CheckConstraint(
                condition=models.Q(("customer__isnull", False), ("is_trusted", True))
                | models.Q(("customer", None), ("is_trusted", False)),
                name="trusted_ids_lead_to_customers",
            ),
        ),
    ]
