"""The large numbers of the outbox, in the order in which they are read."""

from dataclasses import dataclass

from django import template

from afterword.surveys.outbox.numbers import Numbers
from afterword.surveys.outbox.search import Mark

register = template.Library()

# What stands where nothing was counted: nothing is known of deliveries and opens until reported.
_SHOWN = {
    Mark.SENT: "0",
    Mark.DELIVERED: "not known",
    Mark.OPENED: "none seen",
    Mark.ANSWERED: "0",
    Mark.BOUNCED: "0",
    Mark.MACHINE_OPENED: "none seen",
}


@dataclass(frozen=True, slots=True)
class Shown:
    mark: Mark
    count: int
    percent: int | None
    none: str
    is_apart: bool


@register.filter
def shown(numbers: Numbers) -> list[Shown]:
    return [
        Shown(
            mark,
            numbers.of(mark),
            _percent(numbers, mark),
            none,
            is_apart=mark is Mark.MACHINE_OPENED,
        )
        for mark, none in _SHOWN.items()
    ]


def _percent(numbers: Numbers, mark: Mark) -> int | None:
    """Of what was sent; bounces of what was tried, since servers refuse mails before they go.

    Answers come without a mail too, by a link or in an application: theirs is the response rate.
    """
    if mark is Mark.SENT:
        return None
    if mark is Mark.ANSWERED:
        return numbers.response_rate
    whole = numbers.tried if mark is Mark.BOUNCED else numbers.of(Mark.SENT)
    return round(100 * numbers.of(mark) / whole) if whole else None
