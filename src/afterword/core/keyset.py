"""Pages of rows in the order of time, that cost the same however far one goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Shown]):
    rows: Sequence[Shown]
    after: str  # the cursor of the next page; empty at the end


def newest_first(rows: QuerySet[Row], at: str, cursor: str, size: int = 50) -> KeysetPage[Row]:
    """Return the page after `cursor`, which is an earlier page's `after`; junk is the first page.

    `at` names the field of the instant; the key, a UUIDv7, decides between equals.
    """
    found = list(_after(rows, at, cursor)[: size + 1])
    shown = found[:size]
    return KeysetPage(shown, _write(shown[-1], at) if len(found) > size else "")


def newest_keys(rows: QuerySet[Any], at: str, cursor: str, size: int) -> KeysetPage[UUID]:
    """The same of their keys alone, which costs less."""
    found = list(_after(rows, at, cursor).values_list("id", at)[: size + 1])
    after = f"{found[size - 1][1].isoformat()}_{found[size - 1][0]}" if len(found) > size else ""
    return KeysetPage([key for key, _ in found[:size]], after)


def _after(rows: QuerySet[Row], at: str, cursor: str) -> QuerySet[Row]:
    if (last := _read(cursor)) is not None:
        moment, key = last
        older = Q(**{f"{at}__lt": moment}) | Q(id__lt=key)
        rows = rows.filter(older, **{f"{at}__lte": moment})
    return rows.order_by(f"-{at}", "-id")


def merged(pages: Sequence[KeysetPage[Any]], at: str, size: int = 50) -> KeysetPage[Any]:
    """Make one page of several that begin after the same cursor, each of at least `size` rows."""
    rows = [row for page in pages for row in page.rows]
    rows.sort(key=lambda row: (getattr(row, at), row.pk), reverse=True)
    is_last = len(rows) <= size and not any(page.after for page in pages)
    shown = rows[:size]
    return KeysetPage(shown, "" if is_last else _write(shown[-1], at))


def no_older(rows: Sequence[Shown], at: str, cursor: str) -> list[Shown]:
    """Keep the rows that a page before the one after `cursor` may have."""
    last = _read(cursor)
    return [row for row in rows if last is None or (getattr(row, at), row.pk) >= last]  # type: ignore[attr-defined]


def soonest_first(rows: QuerySet[Row], at: str, cursor: str, size: int = 50) -> KeysetPage[Row]:
    """The same the other way round: the earliest instant first."""
    if (last := _read(cursor)) is not None:
        moment, key = last
        later = Q(**{f"{at}__gt": moment}) | Q(id__gt=key)
        rows = rows.filter(later, **{f"{at}__gte": moment})
    found = list(rows.order_by(at, "id")[: size + 1])
    shown = found[:size]
    return KeysetPage(shown, _write(shown[-1], at) if len(found) > size else "")


def counted(looked_at: int, cursor: str) -> str:
    """Return a cursor that says how many rows were looked at up to it, `cursor` being any other."""
    return f"{looked_at}.{cursor}"


def uncounted(cursor: str) -> tuple[int, str]:
    """Return what such a cursor says: how many, and where to go on; none where it says nothing."""
    number, _, place = cursor.partition(".")
    return (int(number), place) if number.isdecimal() and len(number) < 10 else (0, cursor)


def _write(row: Any, at: str) -> str:
    return f"{getattr(row, at).isoformat()}_{row.pk}"


def _read(cursor: str) -> tuple[datetime, UUID] | None:
    moment, _, key = cursor.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at.astimezone(UTC), UUID(key)) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
