"""Ways to remove rows of a person from a place; each returns how many rows that were."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.contrib.postgres.functions import RandomUUID
from django.db.models import QuerySet
from django.db.models.functions import TruncDay

from afterword.suppressions.erased import keep_erased


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be left of somebody who is erased."""

    keeps_scores: bool


def delete(rows: QuerySet[Any], wish: Wish) -> int:
    _, by_model = rows.delete()
    return by_model.get(rows.model._meta.label, 0)


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


def blank(column: str) -> Callable[[QuerySet[Any], Wish], int]:
    """Return the way to empty a text that belongs to something else."""

    def erase(rows: QuerySet[Any], wish: Wish) -> int:
        return rows.update(**{column: ""})

    return erase
