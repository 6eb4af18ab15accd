"""Tags of a workspace: known once a customer has one."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from afterword.core import bulk
from afterword.customers.audiences import Filter, asking_for, rewrite
from afterword.customers.models import Tag
from afterword.workspaces.models import Member


def keep_tags(workspace_id: UUID, names: Collection[str], now: datetime) -> None:
    """Make the tags that are not there yet; one query, none for nothing."""
    rows = [
        {"workspace_id": workspace_id, "name": name, "created_at": now} for name in sorted(names)
    ]
    bulk.insert(Tag, rows, "ON CONFLICT (workspace_id, name) DO NOTHING")


def campaigns_with(tag: Tag) -> list[str]:
    """Return the names of the campaigns whose audience asks for the tag."""
    return asking_for(tag.workspace, lambda each: tag.name in _words(each))


@transaction.atomic
def rename(tag: Tag, name: str, member: Member, now: datetime) -> int:
    """Give a tag another name, with customers and audiences; return how many customers had it.

    Where there is a tag of that name already, the two become one.
    """
    changed = _change(tag, name, member, now)
    rewrite(tag.workspace, lambda each: _renamed(each, tag.name, name))
    if Tag.objects.filter(workspace=tag.workspace_id, name=name).exists():
        tag.delete()
    else:
        tag.name = name
        tag.save(update_fields=["name"])
    return changed


@transaction.atomic
def delete(tag: Tag, member: Member, now: datetime) -> int:
    """Take a tag from all customers; return from how many. Audiences go on asking for its name."""
    changed = _change(tag, None, member, now)
    tag.delete()
    return changed


def _change(tag: Tag, name: str | None, member: Member, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _CHANGE,
            {
                "of": tag.workspace_id,
                "old": tag.name,
                "new": name,
                "now": now,
                "by": member.user_id,
            },
        )
        return int(cursor.fetchone()[0])


# Locked in the order of their keys, as everyone locks customers. Nobody has a tag twice.
_CHANGE = """
    WITH held AS (
        SELECT id FROM customers_customer
        WHERE workspace_id = %(of)s AND tags @> ARRAY[%(old)s::text]
        ORDER BY id FOR NO KEY UPDATE
    ), changed AS (
        UPDATE customers_customer AS customer
        SET updated_at = %(now)s, tags = CASE
            WHEN %(new)s::text IS NULL OR tags @> ARRAY[%(new)s::text]
            THEN array_remove(tags, %(old)s::text)
            ELSE array_replace(tags, %(old)s::text, %(new)s::text) END
        FROM held WHERE customer.id = held.id
        RETURNING customer.id
    ), logged AS (
        INSERT INTO customers_change (customer_id, workspace_id, at, fields, source, by_id)
        SELECT id, %(of)s, %(now)s, '{tags}', '', %(by)s FROM changed
    )
    SELECT count(*) FROM changed
"""


def _words(each: Filter) -> list[object]:
    value = each.get("value") if each.get("field") == "tags" else None
    return value if isinstance(value, list) else [value]


def _renamed(each: Filter, old: str, new: str) -> Filter:
    if each.get("field") != "tags" or old not in _words(each):
        return each
    words = list(dict.fromkeys(new if word == old else word for word in _words(each)))
    return {**each, "value": words if isinstance(each["value"], list) else words[0]}
