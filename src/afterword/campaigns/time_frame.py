"""When surveys may be sent: weekdays and hours, by a workspace's or a customer's clocks. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from afterword.customers.time_zone import zone_of

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL = {"days": list(DAYS[:5]), "from": "09:00", "to": "17:00"}  # of regular campaigns


@dataclass(frozen=True, slots=True)
class TimeFrame:
    """From `start` to `end` on each of `days` (0 is Monday), by the clocks of `zone`.

    Clocks that change within it make it an hour longer or shorter, as they do for people. Where
    `own_time` is, a customer's own zone stands for it.
    """

    days: frozenset[int]
    start: time
    end: time
    zone: ZoneInfo
    own_time: bool = False

    def of(self, properties: Mapping[str, object]) -> "TimeFrame":
        """Return the frame for a customer with these properties."""
        zone = zone_of(properties) if self.own_time else None
        return replace(self, zone=zone) if zone else self

    def window(self, at: datetime) -> tuple[datetime, datetime]:
        """Return what is left of today's window, else the next one; aware, in UTC."""
        day = at.astimezone(self.zone).date()
        for ahead in range(8):
            begins, ends = self._on(day + timedelta(days=ahead))
            if begins and at < ends:
                return max(begins, at), ends
        raise AssertionError("a time frame has a day")  # the form and the file see to it

    def opens(self, at: datetime) -> datetime:
        """Return `at` where that is within, else when the next window begins."""
        return self.window(at)[0]

    def spread(self, at: datetime, share: float) -> datetime:
        """Return the moment that is this share, from 0 to 1, of the window."""
        begins, ends = self.window(at)
        return begins + (ends - begins) * share

    def _on(self, day: date) -> tuple[datetime | None, datetime]:
        ends = datetime.combine(day, self.end, self.zone).astimezone(UTC)
        if day.weekday() not in self.days:
            return None, ends
        return datetime.combine(day, self.start, self.zone).astimezone(UTC), ends


def read_time_frame(stored: Mapping[str, Any] | None, zone: str) -> TimeFrame | None:
    """Return the frame that a campaign has stored; None for any time."""
    if not stored:
        return None
    return TimeFrame(
        frozenset(DAYS.index(day) for day in stored["days"]),
        time.fromisoformat(stored["from"]),
        time.fromisoformat(stored["to"]),
        ZoneInfo(zone),
        bool(stored.get("own_time")),
    )


def midnight(at: datetime, zone: str) -> datetime:
    """Return when the day of `at` began by the clocks of a zone; aware, in UTC."""
    local = at.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), time.min, ZoneInfo(zone)).astimezone(UTC)
