"""How fast a dry run decides events on record: properties, a filter, a sample, a throttle."""

import time
from typing import Any

from bench.ingest import Row
from bench.prepared import database

EVENTS = 100_000
CUSTOMERS = 40_000  # so that most are met again, and the throttle has work


def run() -> list[Row]:
    with database():
        campaign = prepare()
        seconds = measure(campaign)
        baseline = bare_reading(campaign)
    name = f"dry run of {EVENTS:,} events"
    return [
        Row(name, EVENTS / seconds, "events/s", baseline, EVENTS / seconds / baseline, "≤ 30 s")
    ]


def prepare() -> Any:
    from django.db import connection

    from bench.decisions import prepare as prepared
    from tests.factories import Campaign, a_customer, an_event

    campaign = Campaign.objects.get(workspace_id=prepared())
    workspace = campaign.workspace
    customer = a_customer(workspace, country="USA", properties={"property_0": "Professional"})
    event = an_event(workspace, properties={"email": "x@example.com", "property_1": 39.95})
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, [customer.id, CUSTOMERS])
        cursor.execute(_EVENTS, [workspace.id, event.id, EVENTS, CUSTOMERS])
        cursor.execute("ANALYZE")
    return campaign


_CUSTOMERS = """
    INSERT INTO customers_customer
    SELECT made.*
    FROM (SELECT * FROM customers_customer WHERE id = %s) AS one
    CROSS JOIN generate_series(1, %s) AS n
    CROSS JOIN LATERAL jsonb_populate_record(
        NULL::customers_customer,
        to_jsonb(one) || jsonb_build_object(
            'id', gen_random_uuid(), 'email', 'copy' || n || '@example.com'
        )
    ) AS made
"""
_EVENTS = """
    INSERT INTO events_event
    SELECT made.*
    FROM (
        SELECT array_agg(id) AS ids FROM customers_customer WHERE workspace_id = %s
    ) AS customers
    CROSS JOIN (SELECT * FROM events_event WHERE id = %s) AS one
    CROSS JOIN generate_series(1, %s) AS n
    CROSS JOIN LATERAL jsonb_populate_record(
        NULL::events_event,
        to_jsonb(one) || jsonb_build_object(
            'id', gen_random_uuid(),
            'message_id', 'bench-' || n,
            'customer_id', customers.ids[1 + n %% %s],
            'occurred_at', now() - n * interval '25 seconds',
            'received_at', now() - n * interval '25 seconds'
        )
    ) AS made
"""


def measure(campaign: Any) -> float:
    from datetime import timedelta

    from django.utils import timezone

    from afterword.decisions.dry_run.rehearse import DRY_RUN, count
    from afterword.long_work.models import Work
    from afterword.long_work.start import start
    from afterword.long_work.turn import work_once

    until = timezone.now()
    since = until - timedelta(days=90)
    parameters = {
        "campaign": str(campaign.id),
        "name": campaign.name,
        "events": campaign.events,
        "days": 90,
        "since": since.isoformat(),
        "until": until.isoformat(),
    }
    total = count(campaign.workspace_id, campaign.events, since, until)
    start(campaign.workspace_id, DRY_RUN, parameters, until, by=None, total=total)
    began = time.perf_counter()
    while work_once():
        pass
    seconds = time.perf_counter() - began
    work = Work.objects.get()
    assert work.done == total >= EVENTS
    assert work.report["days"]
    return seconds


def bare_reading(campaign: Any) -> float:
    """The plain way to look at all of them: every event as a model, nothing decided."""
    from afterword.events.models import Event

    began = time.perf_counter()
    rows = Event.objects.filter(workspace_id=campaign.workspace_id).order_by("received_at", "id")
    number = sum(1 for _ in rows.iterator(chunk_size=2000))
    return number / (time.perf_counter() - began)
