"""How soon the pages of customers come at a million: the server's time, by the real views."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from bench.a_million import CUSTOMERS, fill
from bench.ingest import Row
from bench.prepared import database

TIMES = 20
GOAL = "≤ 300 ms"
_FILTERS = {
    "a third": ("plan", "is", "pro"),
    "one in 50": ("tags", "includes", "vip"),
    "one in 100, by a part": ("note", "contains", "žlutý"),
    "one of all": ("spent", "is", "77.5"),
    "nobody": ("plan", "is", "nothing"),
    "nobody's tag": ("tags", "includes", "nothing"),
}
_SEARCHES = {
    "everybody": "novák",
    "a company's": "company 4321",
    "one": f"customer{CUSTOMERS - 1}@",
    "nobody": "zzyzx",
    "nobody, in common parts": "example.company",
    "two letters of nobody": "qx",
}


def run() -> list[Row]:
    with database():
        from django.utils import timezone

        member = fill(timezone.now())
        baseline = bare_count()
        return [measured(member, name, address, baseline) for name, address in pages().items()]


def pages() -> Mapping[str, str]:
    """Return an address for each kind of page."""
    orders = {f"list by {order}": f"/customers?order={order}" for order in ("-added", "name")}
    lists = {
        f"list, filter: {name}": f"/customers?{_query(*asked)}" for name, asked in _FILTERS.items()
    }
    sorted_too = {
        "list by company, filter: nobody": f"/customers?order=company&{_query(*_FILTERS['nobody'])}"
    }
    searches = {
        f"search: {name}": f"/customers?{urlencode({'q': text})}"
        for name, text in _SEARCHES.items()
    }
    profile = {"profile": f"/customers/{UUID(int=CUSTOMERS // 2)}"}
    dashboards = {
        f"dashboard{period}, filter: {name}": f"/?{days}{_query(*_FILTERS[name])}"
        for name in ("a third", "one in 50", "nobody")
        for period, days in (("", ""), (" of 30 days", "days=30&"))
    }
    now = {"dashboard, filter as of now": f"/?as=now&{_query(*_FILTERS['a third'])}"}
    answers = {
        f"feedback, filter: {name}": f"/feedback?{_query(*_FILTERS[name])}"
        for name in ("a third", "nobody")
    }
    return orders | lists | sorted_too | searches | profile | dashboards | now | answers


def _query(field: str, operator: str, value: str) -> str:
    asked = {"match": "all", "group": "", "field": field, "operator": operator, "value": value}
    return urlencode(asked)


def measured(member: Any, name: str, address: str, baseline: float) -> Row:
    """Ask for the page as a browser does that is signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    client.force_login(member.user)
    took = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        response = client.get(address)
        took.append(time.perf_counter() - began)
        if response.status_code != 200:
            raise SystemExit(f"{address} answers {response.status_code}.")
    # The first one loads templates.
    at_50, at_95 = (round(1000 * _percentile(took[1:], share)) for share in (0.5, 0.95))
    return Row(f"{name} (p50 {at_50} ms)", at_95, "ms (95 %)", baseline, at_95 / baseline, GOAL)


def _percentile(took: list[float], share: float) -> float:
    return sorted(took)[round(share * len(took)) - 1]


def bare_count() -> float:
    """The plain way: the customers are counted, the rows looked at; in milliseconds."""
    from django.db import connection

    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("SELECT count(*) FROM customers_customer")
        return (time.perf_counter() - began) * 1000
