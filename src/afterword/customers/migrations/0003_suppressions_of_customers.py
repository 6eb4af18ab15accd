"""Until now only customers' columns said what stops mail to them."""

from django.db import migrations

_HOW = "an earlier version"
_REASONS = {
    "unsubscribed_at": "unsubscribed",
    "hard_bounced_at": "hard_bounced",
    "undeliverable_at": "undeliverable",
    "suppressed_at": "listed",
}
_INSERT = """
    INSERT INTO customers_suppression
        (id, workspace_id, pattern, reason, at, how, note, category, ended_how, ended_note)
    SELECT gen_random_uuid(), workspace_id, email, '{reason}', {column}, '{how}', '', '', '', ''
    FROM customers_customer WHERE {column} IS NOT NULL
    ON CONFLICT (workspace_id, pattern, reason, campaign_id) WHERE ended_at IS NULL DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_suppressions")]

    operations = [
        migrations.RunSQL(
            _INSERT.format(reason=reason, column=column, how=_HOW), migrations.RunSQL.noop
        )
        for column, reason in _REASONS.items()
    ]
