"""How large a part of the occasions is drawn, so that a wanted number of answers comes in. Pure.

A week is the seven days until now. Of those who are asked a part answers; from that part follows
how many must be asked for the wanted answers, and more are never asked. The rate spreads them over
the occasions that a week brings.
"""

from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from afterword.decisions.terms import Tally, Target

# Of a campaign that nobody was asked by, as if so many had been asked, and this part had answered.
SUPPOSED_ASKED = 20
SUPPOSED_RATE = 0.2
# However few answer, at most 20 are asked for each answer that is wanted.
LEAST_RATE = 0.05
# In 24 hours at most this part of a week's number is asked: without its weekend a week has five.
DAYS = 5
MOST_CATCHING_UP = 3.0


@dataclass(frozen=True, slots=True)
class Aim:
    """The part that is drawn, in percent, and how it came about. `held_by` says why it is none."""

    rate: float
    needed: int  # how many must be asked in a week
    response_rate: float  # from 0 to 1
    held_by: str = ""  # answers, asked, day


def aim(target: Target, tally: Tally, most: float) -> Aim:
    """`most` is the percentage that is drawn where there are too few to choose from."""
    asked = tally.asked_before + SUPPOSED_ASKED
    answers = tally.answered_of_those + SUPPOSED_ASKED * SUPPOSED_RATE
    response_rate = min(1.0, max(LEAST_RATE, answers / asked))
    needed = ceil(target.answers / response_rate)
    if held_by := _held_by(target, tally, needed):
        return Aim(0, needed, response_rate, held_by)
    if not tally.occasions:
        return Aim(most, needed, response_rate)
    catching_up = min(MOST_CATCHING_UP, needed / max(tally.asked, 1))
    rate = min(most, 100 * catching_up * needed / tally.occasions)
    return Aim(rate, needed, response_rate)


def _held_by(target: Target, tally: Tally, needed: int) -> str:
    if tally.answered >= target.answers:
        return "answers"
    if tally.asked >= needed:
        return "asked"
    return "day" if tally.asked_today >= ceil(needed / DAYS) else ""


def one_more(tally: Tally) -> Tally:
    return replace(tally, asked=tally.asked + 1, asked_today=tally.asked_today + 1)


def told(target: Target, tally: Tally, aimed: Aim) -> dict[str, Any]:
    """Return what a decision's detail keeps of it."""
    found: dict[str, Any] = {
        "target": target.answers,
        "answered": tally.answered,
        "asked": tally.asked,
        "needed": aimed.needed,
        "response_rate": round(100 * aimed.response_rate, 1),
    }
    if target.property:
        found |= {"of_property": target.property, "of_value": tally.value}
    return found | ({"held_by": aimed.held_by} if aimed.held_by else {})
