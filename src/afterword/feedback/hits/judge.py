"""Which hits of a survey are a machine's, and how that can be told. Pure.

Mail scanners fetch every link of a mail. The median burst comes 43 seconds after the mail and is
over in one, so the time since sending tells nothing; what no person does tells nearly everything.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

WINDOW = timedelta(seconds=60)
AT_ONCE = timedelta(seconds=5)


class Judgement(StrEnum):
    """Why hits are taken for a machine's."""

    TWO_SCORES = "two_scores"
    TRAP = "trap"
    HEAD_FIRST = "head_first"
    UNSUBSCRIBE_TOO = "unsubscribe_too"
    NO_ASSETS = "no_assets"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Judgement.TWO_SCORES: "Two scores within a minute",
    Judgement.TRAP: "The hidden link was followed",
    Judgement.HEAD_FIRST: "HEAD before GET",
    Judgement.UNSUBSCRIBE_TOO: "Unsubscribe link and score within seconds",
    Judgement.NO_ASSETS: "The page was fetched, but never shown",
}


class Fetch(NamedTuple):
    """What of a hit tells a machine from a person."""

    at: datetime
    kind: str  # page, unsubscribe or trap
    method: str
    score: int | None
    agent: str
    is_shown: bool
    is_confirmed: bool  # by a person: it is no machine's, and no evidence against others


def judgements(fetches: Sequence[Fetch]) -> list[Judgement | None]:
    """Return what speaks against each of the hits of one survey; None where nothing does yet.

    NO_ASSETS is not among them, since it needs time to pass: see `with_time`.
    """
    open_ = [fetch for fetch in fetches if not fetch.is_confirmed]
    return [None if fetch.is_confirmed else _judgement(fetch, open_) for fetch in fetches]


def with_time(fetch: Fetch, judgement: Judgement | None, now: datetime) -> Judgement | None:
    """Return `judgement`, or NO_ASSETS where a page was not shown within a minute."""
    never_shown = fetch.kind == "page" and not (fetch.is_shown or fetch.is_confirmed)
    if judgement is None and never_shown and now - fetch.at >= WINDOW:
        return Judgement.NO_ASSETS
    return judgement


def _judgement(fetch: Fetch, others: Sequence[Fetch]) -> Judgement | None:
    return next((judgement for judgement, speaks in _RULES if speaks(fetch, others)), None)


def _trap(fetch: Fetch, others: Sequence[Fetch]) -> bool:
    return any(other.kind == "trap" and _apart(fetch, other) < WINDOW for other in others)


def _two_scores(fetch: Fetch, others: Sequence[Fetch]) -> bool:
    """Also what was fetched without a score between two that differ."""
    if fetch.kind != "page":
        return False
    near = {
        other.score for other in others if other.score is not None and _apart(fetch, other) < WINDOW
    }
    return len(near) > 1


def _unsubscribe_too(fetch: Fetch, others: Sequence[Fetch]) -> bool:
    if fetch.kind == "unsubscribe":
        return any(other.score is not None and _apart(fetch, other) < AT_ONCE for other in others)
    return fetch.score is not None and any(
        other.kind == "unsubscribe" and _apart(fetch, other) < AT_ONCE for other in others
    )


def _head_first(fetch: Fetch, others: Sequence[Fetch]) -> bool:
    """A HEAD is never a person's, nor is what the same program fetches next."""
    return fetch.method == "HEAD" or any(
        other.method == "HEAD"
        and other.agent == fetch.agent
        and timedelta(0) <= fetch.at - other.at < WINDOW
        for other in others
    )


def _apart(one: Fetch, other: Fetch) -> timedelta:
    return abs(one.at - other.at)


_RULES: tuple[tuple[Judgement, Callable[[Fetch, Sequence[Fetch]], bool]], ...] = (
    (Judgement.TRAP, _trap),
    (Judgement.TWO_SCORES, _two_scores),
    (Judgement.UNSUBSCRIBE_TOO, _unsubscribe_too),
    (Judgement.HEAD_FIRST, _head_first),
)
