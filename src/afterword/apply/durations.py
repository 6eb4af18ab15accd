"""Read a span of time from a workspace's file: 0, "90 minutes", "2 days", "1.5 hours". Pure."""

import re
from datetime import timedelta

from afterword.apply.fields import Fields

_SPAN = re.compile(r"(\d{1,8}(?:\.\d{1,6})?) *(second|minute|hour|day|week)s?")


def read_duration(
    fields: Fields, name: str, default: timedelta, longest: timedelta, what: str = "delay"
) -> timedelta:
    if not fields.has(name):
        return default
    text = fields.text(name, 100, "0")
    match = _SPAN.fullmatch(text)
    if match is None:
        if text != "0":
            fields.refuse(name, f'{text!r} is no {what}: write 0, "90 minutes" or "2 days".')
        return timedelta(0)
    span = timedelta(**{match[2] + "s": float(match[1])})
    if span > longest:
        fields.refuse(name, f"A {what} is at most {longest.days} days.")
    return span
