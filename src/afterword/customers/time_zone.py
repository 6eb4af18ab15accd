"""In which time zone a customer lives, where a property says it. Pure."""

from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from afterword.customers.loosely import values_of

OWN = ("time_zone", "timezone")  # such as Europe/Prague; in capitals too


def zone_of(properties: Mapping[str, object]) -> ZoneInfo | None:
    """Return the zone that a customer's properties name; None where there is none like that."""
    said = map(str.strip, values_of(properties, OWN))
    return next((ZoneInfo(name) for name in said if name in _known()), None)


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())
