"""The ways in which receivers fail, and which request meets one. Pure."""

import random

import msgspec

GOOD = "good"
NEVER = "tls"  # shows a certificate of another name: nothing can ever be delivered there
# Each has a receiver of its own. A slow or an endless body is an answer: its status counts.
WAYS = ("500", "hang", "reset", "slow", "endless", "redirect", "cut")
_SHARE = {"hang": 0.005, "slow": 0.005}  # each takes fifteen seconds
_USUALLY = 0.2
_OFTEN = frozenset(WAYS) - _SHARE.keys()
NEVER_SHARE = 0.02  # of all answers: each is tried eight times


class Plan(msgspec.Struct):
    """What to do; kills are spread over the run by a draw from `seed`."""

    answers: int = 20_000
    kills: int = 100
    workers: int = 4
    seed: int = 1


def way_of(number: int) -> str:
    """Return which receiver is told of an answer, by its number."""
    if number % round(1 / NEVER_SHARE) == 0:
        return NEVER
    return (*WAYS, GOOD)[number % (len(WAYS) + 1)]


def is_met(way: str, seed: int, key: str, tries: int) -> bool:
    """Tell whether the receiver fails at a try of a delivery; one in five of those once more."""
    if way not in WAYS or tries > (2 if way in _OFTEN else 1):
        return False
    return random.Random(f"{seed} {key} {tries}").random() < _SHARE.get(way, _USUALLY)
