"""What a page shows of a piece of work."""

from collections.abc import Sequence
from dataclasses import dataclass

from afterword.long_work.kinds import Line, kind_of
from afterword.long_work.models import State, Work
from afterword.workspaces.models import Member, Role

_TONES = {State.RUNNING: "on", State.FAILED: "wrong"}


@dataclass(frozen=True, slots=True)
class Progress:
    """A piece of work in its kind's words, for `long_work/card.html`."""

    work: Work
    title: str
    things: str
    lines: Sequence[Line]
    leads_to: str
    leads_to_words: str
    may_cancel: bool

    @classmethod
    def of(cls, work: Work, member: Member) -> "Progress":
        """Return what the member may see of it."""
        kind = kind_of(work)
        address, words = kind.leads_to(work)
        may_cancel = work.ended_at is None and Role(member.role).may_change
        return cls(
            work, kind.title(work), kind.things, kind.report(work), address, words, may_cancel
        )

    @property
    def is_open(self) -> bool:
        return self.work.ended_at is None

    @property
    def tone(self) -> str:
        return _TONES.get(self.work.state, "quiet")

    @property
    def words(self) -> str:
        return words_of(self.work, self.things)


def words_of(work: Work, things: str) -> str:
    """Say how far it is: 12,000 of 40,000 rows · 30 % · 3,000 rows/s."""
    if work.state == State.WAITING:
        return "It begins in a moment."
    of = f" of {work.total:,}" if work.total is not None else ""
    words = [f"{work.done:,}{of} {things}"]
    if work.percent is not None:
        words.append(f"{work.percent} %")
    if work.per_second:
        words.append(f"{work.per_second:,} {things}/s")
    return " · ".join(words)
