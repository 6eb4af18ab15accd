"""Companies and tags are known by themselves; what changes about customers is logged."""

import afterword.core.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# As `companies.key_of` does.
_KEY = "lower(btrim(regexp_replace(company_name, '\\s+', ' ', 'g')))"
_KNOWN = f"""
    INSERT INTO customers_company (id, workspace_id, key, name, created_at)
    SELECT gen_random_uuid(), workspace_id, {_KEY}, min(company_name), now()
    FROM customers_customer WHERE {_KEY} <> '' GROUP BY workspace_id, {_KEY};
    UPDATE customers_customer AS customer SET company_id = company.id
    FROM customers_company AS company
    WHERE customer.company_name <> '' AND company.workspace_id = customer.workspace_id
      AND company.key = {_KEY};
    INSERT INTO customers_tag (workspace_id, name, created_at)
    SELECT DISTINCT workspace_id, left(tag, 200), now() FROM customers_customer, unnest(tags) AS tag;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0005_people_without_addresses'),
        ('workspaces', '0005_address_wait'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('source', models.CharField(blank=True, default='', max_length=50)),
                ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='customers.customer')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.UUIDField(default=afterword.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('key', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='companies', to='workspaces.workspace')),
            ],
            options={
                'verbose_name_plural': 'companies',
            },
        ),
        migrations.AddField(
            model_name='customer',
            name='company',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='customers', to='customers.company'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('company__isnull', False)), fields=['company'], name='customers_of_company'),
        ),
        migrations.AddField(
            model_name='tag',
            name='workspace',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='workspaces.workspace'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['customer', '-at'], name='changes_of_customer'),
        ),
        migrations.AddConstraint(
            model_name='company',
            constraint=models.UniqueConstraint(fields=('workspace', 'key'), name='one_company_per_key'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.UniqueConstraint(fields=('workspace', 'name'), name='one_tag_per_name'),
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE;" + _KNOWN),
    ]
