"""What was sent, and what became of it? The outbox's numbers and its picture, in one query."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper
from django.db.models.functions import TruncDay

from afterword.surveys.models import Invitation, SentBy
from afterword.surveys.outbox.search import Mark, is_sent_by
from afterword.surveys.outbox.status import Status, status_column
from afterword.workspaces.models import WorkspaceRows

# More than so many are not counted, so that the page is quick however many there are.
MOST = 250_000
# The columns of the picture: days, weeks or months, whichever are few enough to be told apart.
MOST_COLUMNS = 92

# How the picture folds the statuses: disjoint, so that a column's height is what was scheduled.
FOLDS: Mapping[str, frozenset[Status]] = {
    "Answered": frozenset({Status.ANSWERED}),
    "Sent, no answer": frozenset(
        {
            Status.SENT,
            Status.SHOWN,
            Status.CLOSED,
            Status.DELIVERED,
            Status.OPENED,
            Status.CLICKED,
            Status.UNSUBSCRIBED,
        }
    ),
    "Bounced, complained": frozenset({Status.BOUNCED, Status.COMPLAINED}),
    "Not sent": frozenset({Status.DISMISSED, Status.CANCELLED, Status.FAILED, Status.WITHDRAWN}),
    "Waiting": frozenset({Status.QUEUED, Status.HELD, Status.SENDING, Status.OFFERED}),
}
_FOLD_OF = {status: name for name, statuses in FOLDS.items() for status in statuses}


@dataclass(frozen=True, slots=True)
class Column:
    """A day, week or month of the picture: how many surveys of each fold were scheduled in it."""

    starts: date
    label: str
    counts: Mapping[str, int]

    @property
    def values(self) -> list[int]:
        return [self.counts.get(name, 0) for name in FOLDS]


@dataclass(frozen=True)
class Numbers:
    """Counts of the surveys asked for, of every status; of the newest `MOST` if `is_capped`."""

    total: int
    by_status: Mapping[Status, int]
    by_mark: Mapping[Mark, int]
    tried: int  # sent, or refused by the mail server
    # Of the surveys themselves: a reminder is one more mail about the same one.
    arrived: int  # sent, and answered or not bounced
    answered: int
    columns: list[Column]
    unit: str  # what a column stands for
    is_capped: bool

    def of(self, mark: Mark) -> int:
        return self.by_mark.get(mark, 0)

    @property
    def response_rate(self) -> int | None:
        """Answered in percent of the surveys that arrived; None while none did."""
        return round(100 * self.answered / self.arrived) if self.arrived else None

    @property
    def folds(self) -> list[str]:
        return list(FOLDS)

    @property
    def picture(self) -> dict[str, object]:
        """Return what the chart draws, as JSON."""
        return {
            "labels": [column.label for column in self.columns],
            "series": [
                {"name": name, "counts": [column.counts.get(name, 0) for column in self.columns]}
                for name in FOLDS
            ],
        }


class _Group(NamedTuple):
    """The surveys scheduled on one day that have the same status."""

    day: date
    status: Status
    number: int
    tried: int
    arrived: int
    answered: int
    marks: tuple[int, ...]  # in the order of `Mark`


def count(
    rows: WorkspaceRows[Invitation], zone: ZoneInfo, since: date | None, until: date
) -> Numbers:
    """Count the rows by what became of them, and by the day in `zone` on which they were scheduled.

    The picture runs from `since`, or from the first day there is, to `until`.
    """
    found = list(_counted(rows, zone))
    by_status: Counter[Status] = Counter()
    by_mark: Counter[Mark] = Counter()
    for group in found:
        by_status[group.status] += group.number
        by_mark.update(dict(zip(Mark, group.marks, strict=True)))
    total = by_status.total()
    first = min((group.day for group in found), default=until)
    is_capped = total > MOST
    columns, unit = _columns(found, first if is_capped or since is None else since, until)
    in_order = {status: by_status[status] for status in Status if by_status[status]}
    return Numbers(
        min(total, MOST),
        in_order,
        by_mark,
        sum(group.tried for group in found),
        sum(group.arrived for group in found),
        sum(group.answered for group in found),
        columns,
        unit,
        is_capped,
    )


def _counted(rows: WorkspaceRows[Invitation], zone: ZoneInfo) -> Iterable[_Group]:
    flags = {
        mark.value: ExpressionWrapper(mark.condition, output_field=BooleanField()) for mark in Mark
    }
    is_reminder = ExpressionWrapper(is_sent_by(SentBy.REMINDER), output_field=BooleanField())
    newest = rows.order_by("-created_at", "-id").values(
        day=TruncDay("created_at", tzinfo=zone),
        status=status_column(),
        **flags,
        is_reminder=is_reminder,
    )[: MOST + 1]
    inner, parameters = newest.query.sql_with_params()
    marks = ", ".join(f'count(*) FILTER (WHERE "{mark.value}")' for mark in Mark)
    arrived = f'NOT is_reminder AND "{Mark.SENT}" AND ("{Mark.ANSWERED}" OR NOT "{Mark.BOUNCED}")'
    rates = (
        f'count(*) FILTER (WHERE "{Mark.SENT}" OR "{Mark.BOUNCED}"), '
        f"count(*) FILTER (WHERE {arrived}), "
        f'count(*) FILTER (WHERE {arrived} AND "{Mark.ANSWERED}")'
    )
    with connection.cursor() as cursor:
        # Django groups no limited query, and an unlimited one takes as long as there are rows.
        cursor.execute(
            f'SELECT "day", "status", count(*), {rates}, {marks} '  # noqa: S608  (our own names)
            f"FROM ({inner}) AS newest GROUP BY 1, 2",
            parameters,
        )
        for day, status, number, tried, came, answered, *marked in cursor:
            yield _Group(day.date(), Status(status), number, tried, came, answered, tuple(marked))


def _columns(found: Iterable[_Group], first: date, last: date) -> tuple[list[Column], str]:
    days = (last - first).days + 1
    unit = "day" if days <= MOST_COLUMNS else "week" if days <= 7 * MOST_COLUMNS else "month"
    counts: dict[date, Counter[str]] = {start: Counter() for start in _starts(first, last, unit)}
    for group in found:
        counts.setdefault(_start(group.day, unit), Counter())[_FOLD_OF[group.status]] += (
            group.number
        )
    return [
        Column(start, _label(start, unit), folded) for start, folded in sorted(counts.items())
    ], unit


def _starts(first: date, last: date, unit: str) -> list[date]:
    return sorted(
        {_start(first + timedelta(days=ago), unit) for ago in range((last - first).days + 1)}
    )


def _start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _label(start: date, unit: str) -> str:
    return f"{start:%b %Y}" if unit == "month" else f"{start.day} {start:%b}"
