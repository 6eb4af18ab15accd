"""How fast events become decisions: upsert with five properties, a filter, sample, throttle."""

import json
import time
from datetime import timedelta
from uuid import UUID

from bench.ingest import Row
from bench.prepared import database

EVENTS = 20_000
CUSTOMERS = 15_000  # so that one event in four meets a customer again


def run() -> list[Row]:
    with database():
        workspace_id = prepare()
        fill(workspace_id)
        decided = measure(workspace_id)
        baseline = bare_upserts()
    name = "decisions, one process"
    return [Row(name, decided, "events/s", baseline, decided / baseline, "≥ 3,000 events/s")]


def prepare() -> UUID:
    from tests.factories import a_campaign, a_property, a_workspace

    workspace = a_workspace()
    types = ("text", "number", "date", "collection", "text")
    for number, kind in enumerate(types):
        a_property(workspace, f"property_{number}", kind)
    a_campaign(
        workspace,
        audience={
            "match": "all",
            "filters": [{"field": "country", "operator": "is", "value": "USA"}],
        },
        sample_percent=90,
        throttle_days=30,
        delay=timedelta(days=1),
    )
    return workspace.id


def fill(workspace_id: UUID) -> None:
    from django.db import connection
    from django.utils import timezone

    from afterword.workspaces.models import Workspace
    from tests.factories import a_token

    token, _ = a_token(Workspace.objects.get(id=workspace_id))
    now = timezone.now()
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY events_inboxitem (workspace_id, token_id, is_trusted, received_at, body, "
            "envelope) FROM STDIN"
        ) as copy,
    ):
        for number in range(EVENTS):
            body = {
                "type": "track",
                "event": "Order Completed",
                "messageId": f"bench-{number}",
                "userId": f"user-{number % CUSTOMERS}",
                "timestamp": now.isoformat(),
                "properties": {
                    "email": f"customer{number % CUSTOMERS}@example.com",
                    "firstName": "Ann",
                    "country": "USA" if number % 10 else "Canada",
                    "property_0": "Professional",
                    "property_1": 39.95 + number,
                    "property_2": "01/30/2020",
                    "property_3": "foo, bar, baz",
                    "property_4": f"order {number}",
                },
            }
            copy.write_row((workspace_id, token.id, True, now, json.dumps(body), ""))


def measure(workspace_id: UUID) -> float:
    from django.utils import timezone

    from afterword import flow
    from afterword.decisions.models import Decision

    began = time.perf_counter()
    while flow.process_events(workspace_id, timezone.now()):
        pass
    seconds = time.perf_counter() - began
    assert Decision.objects.count() == EVENTS
    return EVENTS / seconds


def bare_upserts(count: int = 3_000) -> float:
    """The plain way: one upsert of a customer, one transaction, for each event; nothing else."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (email text PRIMARY KEY, properties jsonb)")
        began = time.perf_counter()
        for number in range(count):
            cursor.execute(
                "INSERT INTO bare VALUES (%s, %s) ON CONFLICT (email) DO UPDATE "
                "SET properties = excluded.properties",
                [f"customer{number}@example.com", json.dumps({"plan": "pro", "seats": number})],
            )
        return count / (time.perf_counter() - began)
