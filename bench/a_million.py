"""Fills a database with many customers, and an answer of each with what was known of them then."""

import os
from datetime import datetime
from typing import Any

from bench.audience import TYPES
from bench.audience import fill as fill_customers

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "1000000"))


def fill(now: datetime) -> Any:
    """Return a member of the workspace; answers are one a minute, the newest now."""
    from django.db import connection

    from afterword.workspaces.models import Workspace
    from tests.factories import a_campaign, a_member, a_property

    workspace = Workspace.objects.get(id=fill_customers())
    for name, kind in TYPES.items():
        a_property(workspace, name, kind)
    campaign = a_campaign(workspace)
    known = {
        "workspace": workspace.id,
        "campaign": campaign.id,
        "template": campaign.template_id,
        "now": now,
        "count": CUSTOMERS,
    }
    with connection.cursor() as cursor:
        for statement in (*_SEARCH_TEXTS, *_ANSWERS):
            cursor.execute(statement, known)
    connection.cursor().execute("VACUUM ANALYZE")  # as autovacuum leaves it
    return a_member(workspace)


# The index is made at once: row by row it takes many minutes.
_SEARCH_TEXTS = (
    "DROP INDEX search_texts_by_trigrams",
    """
    INSERT INTO customers_searchtext (customer_id, workspace_id, text)
    SELECT id, workspace_id, first_name || ' ' || last_name || chr(10) || email || chr(10)
        || company_name
    FROM customers_customer
    """,
    """
    CREATE INDEX search_texts_by_trigrams ON customers_searchtext
    USING gin (customers_trigrams(text))
    """,
    "TRUNCATE customers_stalesearchtext",
)
# Of customer n survey n, its mail, and the answer to it.
_ANSWERS = (
    """
    INSERT INTO surveys_survey (
        id, workspace_id, campaign_id, template_id, customer_id, email, metric, created_at,
        asked_at, answered_at, occasion_id
    )
    SELECT lpad(to_hex(%(count)s - n), 32, '0')::uuid, %(workspace)s, %(campaign)s, %(template)s,
        lpad(to_hex(n), 32, '0')::uuid, 'customer' || n || '@example.com', 'nps',
        at, at, at, gen_random_uuid()
    FROM generate_series(%(count)s, 1, -1) AS n,
        LATERAL (SELECT %(now)s - n * interval '1 minute' AS at) AS moment
    """,
    """
    INSERT INTO sending_mail (
        id, workspace_id, kind, about, stream_kind, stream_id, customer_id, recipient, subject,
        created_at, due_at, state, sent_at
    )
    SELECT id, workspace_id, 'survey', id::text, 'campaign', campaign_id, customer_id, email,
        'How was it?', created_at, created_at, 'sent', created_at
    FROM surveys_survey
    """,
    """
    INSERT INTO feedback_response (
        id, workspace_id, survey_id, campaign_id, customer_id, email, metric, score, comment,
        created_at, updated_at, submitted_at
    )
    SELECT id, workspace_id, id, campaign_id, customer_id, email, 'nps',
        (hashtext(id::text) %% 6 + 11) %% 11, 'It came on time.', created_at, created_at, created_at
    FROM surveys_survey
    """,
    """
    INSERT INTO feedback_responsefacts (response_id, facts)
    SELECT answer.id, jsonb_build_object(
        'first_name', first_name, 'last_name', last_name, 'country', country, 'city', city,
        'company', jsonb_build_object('name', company_name), 'tags', tags, 'properties', properties
    )
    FROM feedback_response AS answer
    JOIN customers_customer AS customer ON customer.id = customer_id
    ORDER BY answer.created_at
    """,
    """
    INSERT INTO surveys_surveyfacts (survey_id, facts)
    SELECT response_id, facts FROM feedback_responsefacts
    """,
)
