"""Compares what was answered, what receivers were asked, and what the rows say. Pure."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from tests.prove.followups.ways import NEVER

# Seconds from a receiver's 2xx to the commit that notes it, on a machine that is busy; a slow body
# is read for fifteen before.
UNNOTED = 5.0
SLOW = 15.0


class Asked(NamedTuple):
    """A request as its receiver saw it; `at` is of the monotonic clock, in seconds."""

    at: float
    way: str
    id: str
    answer: str
    status: str

    @property
    def is_taken(self) -> bool:
        return self.status.startswith("2")


class Row(NamedTuple):
    """What the product says of a delivery; `taken` counts the tries noted with a 2xx."""

    id: str
    answer: str
    state: str
    taken: int


ROWS = """
    SELECT delivery.id::text, subject_id::text, state,
           count(attempt.id) FILTER (WHERE attempt.status BETWEEN 200 AND 299)
    FROM followups_delivery AS delivery
    LEFT JOIN followups_attempt AS attempt ON attempt.delivery_id = delivery.id
    GROUP BY delivery.id
"""


class Findings(NamedTuple):
    """Keys by what is amiss with them; all but `repeated` must be empty."""

    lost: frozenset[str]  # answers that no receiver took
    unexpected: frozenset[str]
    twice: frozenset[str]  # answers that were told under two ids, or noted as taken twice
    needless: frozenset[str]  # ids that were sent again though nobody died over their answer
    untrue: Mapping[str, str]  # the row says what is not so, in words
    repeated: frozenset[str]  # ids that were sent again after an answer that was lost
    states: Mapping[str, int]

    @property
    def failures(self) -> list[str]:
        """Return what misses its goal, a line for each kind; at most a few names."""
        found = {
            "lost": self.lost,
            "unexpected": self.unexpected,
            "twice": self.twice,
            "repeated needlessly": self.needless,
            "rows that are not true": [f"{name} ({why})" for name, why in self.untrue.items()],
        }
        return [f"{len(them)} {what}: {_some(them)}" for what, them in found.items() if them]


def compare(
    put_in: Mapping[str, str], asked: Sequence[Asked], rows: Iterable[Row], kills: Sequence[float]
) -> Findings:
    """`put_in` has the way of each answer's receiver; `kills` are moments, in order."""
    taken = [one for one in asked if one.is_taken]
    ids: dict[str, set[str]] = defaultdict(set)
    for one in asked:
        if one.answer:
            ids[one.answer].add(one.id)
    of = {row.answer: row for row in rows}
    wanted = {answer for answer, way in put_in.items() if way != NEVER}
    arrived = {one.answer for one in taken}
    again = _sent_again(taken)
    return Findings(
        lost=frozenset(wanted - arrived),
        unexpected=frozenset(ids.keys() - wanted),
        twice=frozenset(answer for answer, keys in ids.items() if len(keys) > 1)
        | frozenset(row.answer for row in of.values() if row.taken > 1),
        needless=frozenset(one.id for one in again if not _died_over(one, kills)),
        untrue={
            answer: why
            for answer, way in put_in.items()
            if (why := _untrue(of.get(answer), way, has_arrived=answer in arrived))
        },
        repeated=frozenset(one.id for one in again),
        states=Counter(row.state for row in of.values()),
    )


def _sent_again(taken: Iterable[Asked]) -> list[Asked]:
    """Return requests that were taken, though not the last of their id."""
    by_id: dict[str, list[Asked]] = defaultdict(list)
    for one in taken:
        by_id[one.id].append(one)
    return [one for them in by_id.values() for one in them[:-1]]


def _died_over(one: Asked, kills: Sequence[float]) -> bool:
    """Tell whether somebody died between the answer and its note."""
    nearest = bisect_left(kills, one.at)
    within = UNNOTED + (SLOW if one.way == "slow" else 0)
    return nearest < len(kills) and kills[nearest] <= one.at + within


def _untrue(row: Row | None, way: str, *, has_arrived: bool) -> str:
    """Say what is wrong with what the row says; empty if nothing is."""
    if row is None:
        return "there is no row"
    if way == NEVER:
        return "" if row.state == "failed" else f"{row.state}, not failed"
    if row.state != "delivered":
        return f"{row.state}, not delivered"
    if not has_arrived:
        return "delivered, but nothing arrived"
    return "" if row.taken == 1 else f"{row.taken} tries are noted as taken"


def _some(names: Collection[str], most: int = 5) -> str:
    listed = sorted(names)
    return ", ".join(listed[:most]) + (" …" if len(listed) > most else "")
