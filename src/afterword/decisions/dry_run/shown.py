"""What a page shows of a dry run that has ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from afterword.decisions.dry_run.rehearse import totals
from afterword.decisions.reasons import Reason
from afterword.events.models import Event
from afterword.long_work.models import Work
from afterword.workspaces.models import Member

FOLDS = ("Surveyed", "Not surveyed")


@dataclass(frozen=True, slots=True)
class Share:
    """How many events one verdict was passed on, and some of them."""

    reason: Reason
    count: int
    percent: int
    events: Sequence[Event]

    @property
    def is_surveyed(self) -> bool:
        return self.reason == Reason.SCHEDULED


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    surveyed: int
    refused: int


@dataclass(frozen=True, slots=True)
class Run:
    since: datetime
    until: datetime
    total: int
    surveyed: int
    shares: Sequence[Share]
    days: Sequence[Day]

    @property
    def picture(self) -> dict[str, Any]:
        """What a drawing needs: labels, and counts by fold."""
        counts = ([day.surveyed for day in self.days], [day.refused for day in self.days])
        return {
            "labels": [f"{day.day.day} {day.day:%b}" for day in self.days],
            "series": [
                {"name": name, "counts": each} for name, each in zip(FOLDS, counts, strict=True)
            ],
        }


def shown(member: Member, work: Work) -> Run:
    """Return it, with one query for the names."""
    counts = totals(work.report)
    total = sum(counts.values())
    named: dict[str, list[str]] = work.report.get("named", {})
    ids = [id_ for each in named.values() for id_ in each]
    rows = Event.objects.visible_to(member).select_related("customer")
    events = {str(one.id): one for one in rows.filter(id__in=ids)}
    shares = [
        Share(
            reason,
            number,
            round(100 * number / total),
            [events[id_] for id_ in named.get(reason, ()) if id_ in events],
        )
        for reason, number in counts.most_common()
    ]
    return Run(
        datetime.fromisoformat(work.parameters["since"]),
        datetime.fromisoformat(work.parameters["until"]),
        total,
        counts[Reason.SCHEDULED],
        sorted(shares, key=lambda share: not share.is_surveyed),
        _days(work.report.get("days", {})),
    )


def _days(stored: dict[str, dict[str, int]]) -> list[Day]:
    """Return each day from the first with an event to the last one, also those without."""
    if not stored:
        return []
    first, last = (date.fromisoformat(each) for each in (min(stored), max(stored)))
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        counts = stored.get(day.isoformat(), {})
        surveyed = counts.get(Reason.SCHEDULED, 0)
        found.append(Day(day, surveyed, sum(counts.values()) - surveyed))
    return found
