"""In which time zone a customer lives, where a property says it. Pure."""

from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

OWN = ("time_zone", "timezone")  # the properties that say it, such as Europe/Prague


def zone_of(properties: Mapping[str, object]) -> ZoneInfo | None:
    """Return the zone that a customer's properties name; None where there is none like that."""
    said = (str(properties.get(name) or "").strip() for name in OWN)
    return next((ZoneInfo(name) for name in said if name in _known()), None)


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())
