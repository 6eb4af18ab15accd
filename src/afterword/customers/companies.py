"""Companies of customers: found by name, or made."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection

from afterword.core import bulk
from afterword.core.ids import new_id
from afterword.customers.models import Company
from afterword.customers.record import Record


def key_of(name: str) -> str:
    """Return what spellings of one name have in common. Pure."""
    return " ".join(name.split()).lower()


def place(workspace_id: UUID, records: Collection[Record], now: datetime) -> None:
    """Give records the companies that they name, made where there are none; two queries at most.

    Only records whose company is not known yet need it, so a batch that names nothing new asks
    nothing.
    """
    unplaced = [one for one in records if one.company_id is None and one.own["company_name"]]
    names = {key_of(one.own["company_name"]): one.own["company_name"] for one in unplaced}
    if not names:
        return
    found = _found(workspace_id, names)
    if missing := sorted(names.keys() - found.keys()):
        bulk.insert(Company, [_row(workspace_id, key, names[key], now) for key in missing], _ONCE)
        found = _found(workspace_id, names)
    for one in unplaced:
        one.company_id = found[key_of(one.own["company_name"])]


_ONCE = "ON CONFLICT (workspace_id, key) DO NOTHING"


def _found(workspace_id: UUID, names: Collection[str]) -> dict[str, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [workspace_id, sorted(names)])
        return dict(cursor.fetchall())


_FIND = "SELECT key, id FROM customers_company WHERE workspace_id = %s AND key = ANY(%s::text[])"


def _row(workspace_id: UUID, key: str, name: str, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "workspace_id": workspace_id,
        "key": key,
        "name": name,
        "created_at": now,
    }
