"""Companies of customers: found by the name that a customer gives, or else by the mail domain.

A customer is placed at the row of that very name or domain (its *key*). Rows that are one company
lead to one of them (`Company.merged_into`), so that names are joined and taken apart again without
a customer being touched.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection

from afterword.core import bulk
from afterword.core.arrays import text_array
from afterword.core.ids import new_id
from afterword.customers.free_mail import is_free_mail
from afterword.customers.models import LONGEST_COMPANY, Company
from afterword.customers.record import Record


def key_of(name: str) -> str:
    """Return what spellings of one name have in common. Pure."""
    return " ".join(name.split()).lower()[:LONGEST_COMPANY]


def domain_key(domain: str) -> str:
    """Return the key of a mail domain; so has a name that is written like one, with its @."""
    return f"@{domain}"


def name_and_key(company_name: str, email: str | None) -> tuple[str, str] | None:
    """Return what the company of such a customer is called at first, and its key; None for none.

    A mail domain is no company where anybody may have a mailbox, or where it is endless.
    """
    if key := key_of(company_name):
        return company_name, key
    domain = (email or "").rpartition("@")[2]
    if not domain or is_free_mail(domain) or len(domain) >= LONGEST_COMPANY:
        return None
    return domain, domain_key(domain)


def place(workspace_id: UUID, records: Collection[Record], now: datetime) -> None:
    """Give records their companies, made where there are none; two or three queries at most.

    Only records whose company is not known yet need it, so a batch that names nothing new asks
    nothing.
    """
    wanted = {
        id(one): (one, named)
        for one in records
        if one.company_id is None and (named := name_and_key(one.own["company_name"], one.email))
    }
    names = {key: name for _, (name, key) in wanted.values()}
    if not names:
        return
    found = _found(workspace_id, names)
    if missing := sorted(names.keys() - found.keys()):
        bulk.insert(Company, [_row(workspace_id, key, names[key], now) for key in missing], _ONCE)
        found = _found(workspace_id, names)
    for one, (_, key) in wanted.values():
        one.company_id = found[key]


_ONCE = "ON CONFLICT (workspace_id, key) DO NOTHING"


def _found(workspace_id: UUID, names: Collection[str]) -> dict[str, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [workspace_id, text_array(names)])
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
