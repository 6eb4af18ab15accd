"""Compares three accounts: what the test put in, what the mail server took, what the rows say."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tests.prove.chaos.mail_server import Copy
from tests.prove.chaos.ways import LATER, expected, way_of
from tests.prove.crash.ledger import reconcile

# States that say for certain that nothing arrived, and those in which nothing may end.
NOT_ARRIVED = {"queued", "held", "bounced", "dismissed", "cancelled"}
UNFINISHED = {"claimed", "handing_over"}


class Row(NamedTuple):
    """What the product says of a mail."""

    email: str
    state: str
    refusals: int
    handed_over: int
    reply: str


ROWS = "SELECT recipient, state, refusals, handed_over, server_reply FROM sending_mail"


class Findings(NamedTuple):
    """Addresses by what is amiss with them; `doubled` is bounded, the others must be empty."""

    lost: frozenset[str]
    unexpected: frozenset[str]
    doubled: frozenset[str]  # of those that the server treated fairly
    tripled: frozenset[str]
    different: frozenset[str]  # copies with another Message-ID or link
    untrue: Mapping[str, str]  # the row says what is not so, in words
    states: Mapping[str, int]
    ways: Mapping[str, Mapping[str, int]]  # states by way

    def failures(self, most_doubled: int) -> list[str]:
        """Return what misses its goal, a line for each kind; at most a few names."""
        found = {
            "lost": self.lost,
            "unexpected": self.unexpected,
            "more than twice": self.tripled,
            "copies that differ": self.different,
            "rows that are not true": [f"{name} ({why})" for name, why in self.untrue.items()],
        }
        lines = [f"{len(them)} {what}: {_some(them)}" for what, them in found.items() if them]
        if len(self.doubled) > most_doubled:
            lines.append(
                f"{len(self.doubled)} doubled, at most {most_doubled} may be: {_some(self.doubled)}"
            )
        return lines


def compare(
    put_in: Iterable[str], copies: Sequence[Copy], rows: Iterable[Row], not_sent: Iterable[str] = ()
) -> Findings:
    """Compare by address; `not_sent` are those that must be dismissed instead."""
    put_in, spared = set(put_in), set(not_sent)
    arrived = Counter(copy.recipient for copy in copies)
    wanted = {name for name in put_in - spared if expected(name).fewest}
    found = reconcile(put_in, arrived.elements())
    of = {row.email: row for row in rows}
    untrue = {
        name: why
        for name in sorted(put_in)
        if (why := _untrue(of.get(name), arrived[name], name in spared))
    }
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for name in put_in & of.keys():
        states[way_of(name)][of[name].state] += 1
    return Findings(
        lost=found.lost & wanted,
        unexpected=found.unexpected,
        doubled=frozenset(name for name in found.doubled if expected(name).is_fair),
        tripled=found.tripled,
        different=_different(copies),
        untrue=untrue,
        states=sum(states.values(), Counter()),
        ways=dict(states),
    )


def _untrue(row: Row | None, arrived: int, is_spared: bool) -> str:
    """Say what is wrong with what the row says; empty if nothing is."""
    if row is None:
        return "there is no row"
    way = expected(row.email)
    states = {"dismissed"} if is_spared else set(way.states)
    if row.handed_over >= 2:  # in doubt for good, and a person is asked
        states.add("parked")
    if row.state in UNFINISHED:
        return f"unfinished: {row.state}"
    if row.state == "sent" and not arrived:
        return "sent, but nothing arrived"
    if row.state in NOT_ARRIVED and arrived:
        return f"{row.state}, but {arrived} arrived"
    if row.state not in states:
        return f"{row.state}, not {' or '.join(sorted(states))}: {row.reply[:60]}"
    # Where a domain refuses for a while, the others of it wait without being refused themselves.
    if row.state == "queued" and not row.refusals and way.states != LATER:
        return "queued, though nothing held it up"
    return f"{arrived} arrived, at most {way.most} may" if arrived > way.most else ""


def _different(copies: Sequence[Copy]) -> frozenset[str]:
    """Copies of one mail are the same mail; two mails are not."""
    marks: dict[str, set[tuple[str, str]]] = defaultdict(set)
    owners: dict[str, set[str]] = defaultdict(set)
    for copy in copies:
        marks[copy.recipient].add((copy.message_id, copy.token))
        owners[copy.message_id].add(copy.recipient)
    differ = {name for name, found in marks.items() if len(found) > 1 or ("", "") in found}
    return frozenset(differ.union(*(who for who in owners.values() if len(who) > 1)))


def _some(names: Iterable[str], most: int = 5) -> str:
    listed = sorted(names)
    return ", ".join(listed[:most]) + (" …" if len(listed) > most else "")
