"""When digests are made: on the wall clock of a time zone, right through daylight saving. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def next_moment(after: datetime, zone: ZoneInfo, hour: int, weekday: int | None) -> datetime:
    """Return the first `hour` o'clock after `after`, on that weekday (Monday is 0) if one is given.

    An hour that the clocks skip comes as soon as they have; one that they repeat comes once.
    """
    day = after.astimezone(zone).date()
    for _ in range(9):
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)
        if moment > after and weekday in {None, day.weekday()}:
            return moment
        day += timedelta(days=1)
    raise AssertionError("a week has every weekday")
