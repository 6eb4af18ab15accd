"""Write a span of time as a file has it: 0, "90 minutes", "2 days". Pure."""

from datetime import timedelta

_UNITS = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}


def span(length: timedelta) -> str | int:
    """Return it in the largest unit that has no fraction of it, else in seconds."""
    if not length:
        return 0
    for name, unit in _UNITS.items():
        if not length % unit:
            return _counted(f"{length // unit}", name)
    return _counted(f"{length.total_seconds():.6f}".rstrip("0"), "second")


def days(number: int) -> str:
    return _counted(str(number), "day")


def _counted(number: str, unit: str) -> str:
    return f"{number} {unit}" + ("" if number == "1" else "s")
