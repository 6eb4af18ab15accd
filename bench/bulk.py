"""How fast 100,000 customers with ten properties get a tag, and one bare UPDATE of them."""

import time
from typing import Any

from bench.ingest import Row
from bench.prepared import database

CUSTOMERS = 100_000


def run() -> list[Row]:
    with database():
        member = prepare()
        began = time.perf_counter()
        tag(member)
        took = time.perf_counter() - began
        baseline = bare_update(member)
    name = f"a tag for {CUSTOMERS:,} customers"
    rate = CUSTOMERS / took
    return [Row(name, rate, "customers/s", baseline, rate / baseline, "≤ 30 s: 3,333/s")]


def prepare() -> Any:
    from django.db import connection

    from bench.dry_run import _CUSTOMERS
    from tests.factories import a_customer, a_member

    member = a_member()
    properties = {f"property_{number}": f"value {number}" for number in range(10)}
    customer = a_customer(member.workspace, properties=properties)
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, [customer.id, CUSTOMERS - 1])
        cursor.execute("ANALYZE")
    return member


def tag(member: Any) -> None:
    """Do it as the list's bulk action does, by one worker."""
    from django.utils import timezone

    from afterword import joining  # noqa: F401  (kinds are joined)
    from afterword.customers.models import Customer
    from afterword.long_work.start import start
    from afterword.long_work.turn import work_once
    from afterword.profiles.bulk.selection import ALL, Selection
    from afterword.profiles.bulk.work import BULK

    now = timezone.now()
    selection = Selection(ALL, (), "", now)
    said = {"act": "add_tag", "tags": ["vip"], "selection": selection.stored, "key": ""}
    start(member.workspace_id, BULK, said, now, by=member.user, total=CUSTOMERS)
    while work_once():
        pass
    assert Customer.objects.filter(tags=["vip"]).count() == CUSTOMERS


def bare_update(member: Any) -> float:
    """Return the customers a second that one statement changes, with the same indexes."""
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET tags = tags || ARRAY['bare'] WHERE workspace_id = %s",
            [member.workspace_id],
        )
    return CUSTOMERS / (time.perf_counter() - began)
