"""Compares what was put in with what came out, by lists that the product had no part in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reconciliation:
    """What is amiss: put in and never come out, come out and never put in, come out repeatedly."""

    lost: frozenset[str] = frozenset()
    unexpected: frozenset[str] = frozenset()
    doubled: frozenset[str] = frozenset()
    tripled: frozenset[str] = frozenset()


def reconcile(put_in: Iterable[str], came_out: Iterable[str]) -> Reconciliation:
    """Compare by name; `tripled` holds those that came out more than twice."""
    wanted, counts = frozenset(put_in), Counter(came_out)
    return Reconciliation(
        lost=wanted - counts.keys(),
        unexpected=frozenset(counts.keys() - wanted),
        doubled=frozenset(name for name, count in counts.items() if count == 2),
        tripled=frozenset(name for name, count in counts.items() if count > 2),
    )
