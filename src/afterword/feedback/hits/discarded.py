"""Discarded: scores that links were fetched with, and that nobody confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from afterword.feedback.hits.judge import WINDOW, Judgement, with_time
from afterword.feedback.hits.note import fetch_of
from afterword.feedback.models import Hit, HitKind
from afterword.surveys.models import Invitation
from afterword.workspaces.models import Viewer, WorkspaceRows

COUNTED = timedelta(days=30)
COUNTED_AT_MOST = 100
SHOWN_ONLY = "The page was shown, but nobody confirmed the score"


@dataclass(frozen=True, slots=True)
class Discarded:
    """The hits of one invitation that did not become an answer."""

    invitation: Invitation
    hits: Sequence[Hit]  # the earliest first
    reasons: Sequence[str]

    @property
    def last_at(self) -> datetime:
        return self.hits[-1].at

    @property
    def scores(self) -> list[int]:
        return sorted({hit.score for hit in self.hits if hit.score is not None})

    @property
    def agents(self) -> list[str]:
        return sorted({hit.agent or "No name given" for hit in self.hits})


def unconfirmed(hits: WorkspaceRows[Hit]) -> WorkspaceRows[Hit]:
    """Those that carry a score and are no answer."""
    return hits.filter(kind=HitKind.PAGE, score__isnull=False, confirmed_at=None, accepted_at=None)


def newest_of_each(viewer: Viewer, now: datetime) -> WorkspaceRows[Hit]:
    """One hit for each invitation that has discarded ones, and whose survey has no answer.

    What was fetched within the last minute may be confirmed yet.
    """
    settled = {"at__lte": now - WINDOW}
    hits = unconfirmed(Hit.objects.visible_to(viewer)).filter(
        invitation__survey__answered_at=None, **settled
    )
    newer = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), id__gt=OuterRef("id"))
    others = unconfirmed(Hit.objects.filter(newer, invitation=OuterRef("invitation"), **settled))
    return hits.filter(~Exists(others))


def count_discarded(viewer: Viewer, now: datetime) -> int:
    """Return of how many invitations of the last 30 days there are some, up to 100."""
    lately = newest_of_each(viewer, now).filter(at__gte=now - COUNTED)
    return lately[:COUNTED_AT_MOST].count()


def groups_of(newest: Sequence[Hit], now: datetime) -> list[Discarded]:
    """Return what was discarded of the invitations of these hits, in their order; one query."""
    hits = unconfirmed(Hit.objects.filter(invitation__in=[hit.invitation_id for hit in newest]))
    by_invitation: dict[UUID, list[Hit]] = {}
    for hit in hits.order_by("at", "id"):
        by_invitation.setdefault(hit.invitation_id, []).append(hit)
    found = [(hit.invitation, by_invitation.get(hit.invitation_id, [])) for hit in newest]
    return [Discarded(one, rows, _reasons(rows, now)) for one, rows in found if rows]


def _reasons(hits: Sequence[Hit], now: datetime) -> list[str]:
    """Say each reason once, the first to be noticed first."""
    judgements = (
        with_time(fetch_of(hit), Judgement(hit.judgement) if hit.judgement else None, now)
        for hit in hits
    )
    return list(
        dict.fromkeys(judgement.label if judgement else SHOWN_ONLY for judgement in judgements)
    )
