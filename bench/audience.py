"""How soon an audience is counted among a million customers with ten properties each."""

import os
import time
from datetime import UTC, datetime
from typing import Any

from bench.ingest import Row
from bench.prepared import database

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "1000000"))
TIMES = 20
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
GOAL = "≤ 300 ms, or about"
TYPES = {
    "plan": "text",
    "note": "text",
    "orders": "number",
    "seats": "number",
    "spent": "number",
    "signup_date": "date",
    "renewal_date": "date",
    "interests": "collection",
    "roles": "collection",
    "region": "text",
}
_OTHER = {"field": "plan", "operator": "is", "value": "pro"}
AUDIENCES: dict[str, list[dict[str, Any]]] = {
    "no filter": [],
    "a field": [{"field": "country", "operator": "is", "value": "USA"}],
    "a field, few": [{"field": "city", "operator": "is", "value": "Brno 77"}],
    "an address": [{"field": "email", "operator": "is", "value": "customer77@example.com"}],
    "a text": [_OTHER],
    "a text, not ASCII": [{"field": "note", "operator": "contains", "value": "žlutý"}],
    "a number": [{"field": "spent", "operator": "between", "value": [10, 500]}],
    "a date": [{"field": "signup_date", "operator": "less than days ago", "value": 30}],
    "a collection": [{"field": "interests", "operator": "includes any", "value": ["a1", "a2"]}],
    "tags": [{"field": "tags", "operator": "includes", "value": "vip"}],
    "last surveyed": [{"field": "last_surveyed_at", "operator": "more than days ago", "value": 90}],
    "the last score": [{"field": "last_score", "operator": "at most", "value": 6}],
    "a denial": [{"field": "plan", "operator": "is not", "value": "pro"}],
    "five and a group": [
        {"field": "country", "operator": "is", "value": "USA"},
        {"field": "orders", "operator": "at least", "value": 2},
        {"field": "tags", "operator": "does not include", "value": "vip"},
        {"match": "any", "filters": [_OTHER, {"field": "seats", "operator": ">", "value": 90}]},
    ],
}


def run() -> list[Row]:
    with database():
        workspace_id = fill()
        baseline = bare_count()
        return [measure(workspace_id, name, baseline) for name in AUDIENCES]


def fill() -> Any:
    from django.db import connection

    from tests.factories import a_workspace

    workspace = a_workspace()
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"workspace": workspace.id, "count": CUSTOMERS, "now": NOW})
        cursor.execute("ANALYZE customers_customer")
    return workspace.id


# Ids and instants as time has made them; each property with the stamp of the event that set it.
_FILL = """
    INSERT INTO customers_customer (
        id, workspace_id, email, first_name, last_name, company_name, job_title, phone, city, state,
        country, source, tags, created_at, updated_at, last_surveyed_at, properties, changed_at
    )
    SELECT lpad(to_hex(n), 32, '0')::uuid, %(workspace)s, 'customer' || n || '@example.com',
        'Ann', 'Novák', 'Company ' || n %% 5000, '', '', 'Brno ' || n %% 2000, '',
        (ARRAY['USA', 'Canada', 'Česko'])[1 + n %% 3], 'Segment',
        CASE WHEN n %% 50 = 0 THEN ARRAY['vip', 'new'] ELSE ARRAY['new'] END,
        %(now)s - n * interval '30 seconds', %(now)s,
        CASE WHEN n %% 2 = 0 THEN %(now)s - (n %% 200) * interval '1 day' END,
        p, (SELECT jsonb_object_agg(key, '2026-11-01T12:00:00.000000+00:00') FROM jsonb_each(p))
    FROM generate_series(1, %(count)s) AS n, LATERAL (SELECT jsonb_build_object(
        'plan', (ARRAY['free', 'pro', 'team'])[1 + n %% 3],
        'note', CASE WHEN n %% 100 = 0 THEN 'Příliš Žlutý kůň' ELSE 'An order came late ' || n END,
        'orders', n %% 10, 'seats', n %% 100, 'spent', n %% 10000 + 0.5,
        'signup_date',
        to_char(%(now)s - (n %% 1000) * interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'renewal_date', '2027-01-01T00:00:00Z',
        'interests', jsonb_build_array('a' || n %% 20, 'b' || n %% 7),
        'roles', jsonb_build_array('admin'), 'region', 'EMEA ' || n %% 12
    ) AS p) AS properties
"""


def measure(workspace_id: Any, name: str, baseline: float) -> Row:
    from afterword.audience.count import count
    from afterword.audience.definition import compile_audience
    from afterword.customers.values import PropertyType
    from afterword.workspaces.models import Workspace

    workspace = Workspace.objects.get(id=workspace_id)
    types = {property_: PropertyType(kind) for property_, kind in TYPES.items()}
    audience = compile_audience({"filters": AUDIENCES[name]}, types)
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        found = count(workspace, audience, NOW)
        took.append((time.perf_counter() - began) * 1000)
    at_95 = sorted(took)[round(0.95 * TIMES) - 1]
    said = f"{name}: {found.precision.value} {found.number:,}"
    return Row(f"count, {said}", at_95, "ms (95 %)", baseline, at_95 / baseline, GOAL)


def bare_count() -> float:
    """The plain way: all rows are looked at for one column; in milliseconds, the best of three."""
    from django.db import connection

    took = []
    with connection.cursor() as cursor:
        for _ in range(3):
            began = time.perf_counter()
            cursor.execute("SELECT count(*) FROM customers_customer WHERE country = 'USA'")
            took.append((time.perf_counter() - began) * 1000)
    return min(took)
