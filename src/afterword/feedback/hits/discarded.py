"""Discarded: scores that links were fetched with, and that nobody confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from afterword.feedback.hits.judge import WINDOW, Verdict, with_time
from afterword.feedback.hits.note import fetch_of
from afterword.feedback.models import Hit, HitKind
from afterword.surveys.models import Survey
from afterword.workspaces.models import Viewer, WorkspaceRows

COUNTED = timedelta(days=30)
COUNTED_AT_MOST = 100
SHOWN_ONLY = "The page was shown, but nobody confirmed the score"


@dataclass(frozen=True, slots=True)
class Discarded:
    """The hits of one survey that did not become an answer."""

    survey: Survey
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


def newest_of_each_survey(viewer: Viewer, now: datetime) -> WorkspaceRows[Hit]:
    """One hit for each survey that has discarded ones, and no answer.

    What was fetched within the last minute may be confirmed yet.
    """
    settled = {"at__lte": now - WINDOW}
    hits = unconfirmed(Hit.objects.visible_to(viewer)).filter(survey__answered_at=None, **settled)
    hits = hits.filter(Q(survey__reminds=None) | Q(survey__reminds__answered_at=None))
    newer = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), id__gt=OuterRef("id"))
    others = unconfirmed(Hit.objects.filter(newer, survey=OuterRef("survey"), **settled))
    return hits.filter(~Exists(others))


def count_discarded(viewer: Viewer, now: datetime) -> int:
    """Return in how many surveys of the last 30 days there are some, up to 100."""
    lately = newest_of_each_survey(viewer, now).filter(at__gte=now - COUNTED)
    return lately[:COUNTED_AT_MOST].count()


def groups_of(newest: Sequence[Hit], now: datetime) -> list[Discarded]:
    """Return what was discarded of the surveys of these hits, in their order, with one query."""
    hits = unconfirmed(Hit.objects.filter(survey__in=[hit.survey_id for hit in newest]))
    by_survey: dict[UUID, list[Hit]] = {}
    for hit in hits.order_by("at", "id"):
        by_survey.setdefault(hit.survey_id, []).append(hit)
    found = [(hit.survey, by_survey.get(hit.survey_id, [])) for hit in newest]
    return [Discarded(survey, rows, _reasons(rows, now)) for survey, rows in found if rows]


def _reasons(hits: Sequence[Hit], now: datetime) -> list[str]:
    """Say each reason once, the first to be noticed first."""
    verdicts = (
        with_time(fetch_of(hit), Verdict(hit.verdict) if hit.verdict else None, now) for hit in hits
    )
    return list(dict.fromkeys(verdict.label if verdict else SHOWN_ONLY for verdict in verdicts))
