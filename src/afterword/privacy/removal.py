"""Ways to remove rows of a person from a place; each returns how many rows that were."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CASCADE, SET_NULL, ForeignObjectRel, QuerySet
from django.db.models.functions import TruncDay

from afterword.suppressions.erased import keep_erased

# A filter of answers as an address carries it (`feedback/search.py`), by a key that nobody has.
_OF_NOBODY = f"customer={UUID(int=0)}"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be left of somebody who is erased."""

    keeps_scores: bool


def delete(rows: QuerySet[Any], wish: Wish) -> int:
    """Delete them with what belongs to them, each kind in one statement, however many there are."""
    return _delete(rows)


def _delete(rows: QuerySet[Any]) -> int:
    """What leads to them is deleted or lets go of them, as its foreign key says."""
    model = rows.model
    for leading in model._meta.get_fields(include_hidden=True):
        if isinstance(leading, ForeignObjectRel) and leading.related_model is not model:
            _let_go(leading, rows)
    try:
        chosen, values = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # there is no text or key to look for
        return 0
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{table}" WHERE "{key}" IN ({chosen})', values)  # noqa: S608
        return int(cursor.rowcount)


def _let_go(leading: Any, rows: QuerySet[Any]) -> None:
    name = leading.field.name
    theirs = leading.related_model._base_manager.filter(**{f"{name}__in": rows.values("pk")})
    if leading.on_delete is SET_NULL:
        theirs.update(**{name: None})
    elif leading.on_delete is CASCADE:
        _delete(theirs)


def delete_or_make_anonymous(rows: QuerySet[Any], wish: Wish) -> int:
    """Keep of an answer its score and the day (UTC), under a new key, if that is wished.

    As an anonymous answer is kept: neither the order of rows nor the time tells whose it was.
    """
    if not wish.keeps_scores:
        return delete(rows, wish)
    return rows.update(
        id=RandomUUID(),
        survey=None,
        customer=None,
        email="",
        language="",
        comment="",
        answers={},
        consent=None,
        earlier=[],
        created_at=TruncDay("created_at", tzinfo=UTC),
        updated_at=TruncDay("created_at", tzinfo=UTC),
        submitted_at=TruncDay("submitted_at", tzinfo=UTC),
    )


def keep_hashed(rows: QuerySet[Any], wish: Wish) -> int:
    count = rows.count()
    keep_erased(rows)
    return count


def ask_of_nobody(rows: QuerySet[Any], wish: Wish) -> int:
    """Replace a filter of answers that names somebody: without any it would mean everybody."""
    return rows.update(query=_OF_NOBODY)


def blank(column: str) -> Callable[[QuerySet[Any], Wish], int]:
    """Return the way to empty a text that belongs to something else."""

    def erase(rows: QuerySet[Any], wish: Wish) -> int:
        return rows.update(**{column: ""})

    return erase
