"""What a dashboard is made of: all answers and surveys of its period, or some of many.

Each answer's customer is asked the filters, as they were then: no sum can be kept beforehand. Of a
million answers that takes seconds; of a few thousand that are drawn evenly, a moment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from afterword.audience.sql_text import Sql, joined, sql
from afterword.core.by_keys import array_of, by_keys
from afterword.feedback.models import Response
from afterword.feedback.search import Search
from afterword.feedback.whom.filters import Whom
from afterword.feedback.whom.narrow import narrow, not_known
from afterword.insights.some import Some, some_of
from afterword.surveys.models import Survey
from afterword.workspaces.models import Member, WorkspaceRows

WEEKS = 12
NEWEST = 2_000  # answers, among which the latest are looked for


@dataclass(frozen=True, slots=True)
class Basis:
    """Answers and surveys of the period, whoever they are of, and whom the filters mean."""

    answers: Some[Response]
    recent: Some[Response]  # of the last weeks, for the course
    surveys: Some[Survey]
    all_answers: WorkspaceRows[Response]
    whom: Whom
    now: datetime

    @property
    def newest(self) -> int:
        """Among how many the latest are looked for, where not among all."""
        return NEWEST

    def latest(self, number: int) -> QuerySet[Response]:
        """Return the latest answers; of many they are looked for among the newest."""
        ordered = self.all_answers.order_by("-created_at", "-id")
        if self.answers.is_all:
            return narrow(ordered, self.whom, self.now)[:number]
        # Two steps: an order would lead the planner through all of them to the few that match.
        newest = list(ordered.values_list("id", flat=True)[: self.newest])
        meant = narrow(by_keys(self.all_answers, array_of(newest)), self.whom, self.now)
        found = set(meant.values_list("id", flat=True))
        return by_keys(ordered, array_of([id_ for id_ in newest if id_ in found][:number]))

    @property
    def not_known(self) -> int:
        """Of how many answers it is not known whether they are meant."""
        return round(not_known(self.answers.rows, self.whom) * self.answers.times)


def basis_of(
    member: Member, search: Search, now: datetime, whom: Whom, *, in_full: bool = False
) -> Basis:
    """Return the basis; all of it where there are no filters, or it is wanted in full."""
    since, course_since = search.since(now), now - timedelta(weeks=WEEKS)
    answers = search.find(Response.objects.visible_to(member), now)
    recent = answers.filter(created_at__gte=course_since)
    surveys = Survey.objects.visible_to(member)
    if not whom or in_full:
        return Basis(Some(answers), Some(recent), Some(surveys), answers, whom, now)
    some_answers = some_of(answers, _scope(member, search, "created_at", since))
    is_short = bool(since and since >= course_since)
    return Basis(
        answers=some_answers,
        recent=some_answers
        if is_short
        else some_of(recent, _scope(member, search, "created_at", course_since)),
        surveys=some_of(surveys, _scope(member, search, "asked_at", since)),
        all_answers=answers,
        whom=whom,
        now=now,
    )


def _scope(member: Member, search: Search, at: str, since: datetime | None) -> Sql:
    """Return the same as a condition on a row: whose it is, of which campaign, since when."""
    parts = [sql("workspace_id = {}", member.workspace_id)]
    if search.campaign_id:
        parts.append(sql("campaign_id = {}", search.campaign_id))
    parts.append(sql(f"{at} >= {{}}", since) if since else Sql(f"{at} IS NOT NULL"))
    return joined(parts, "AND")
