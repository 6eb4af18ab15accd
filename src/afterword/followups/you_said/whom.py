"""Who is behind the answers of a filter, and who of them is left out, and why."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When
from django.http import QueryDict

from afterword.feedback.asked import AskedAnswers
from afterword.feedback.models import BY_SURVEY, Response
from afterword.followups.you_said.models import Became, YouSaid
from afterword.suppressions.models import Suppression
from afterword.workspaces.models import WorkspaceRows

# Who unsubscribes does so by the survey's own link, so there must have been one.
_BY_A_SURVEY = Q(customer__isnull=False, survey__isnull=False, source__in=BY_SURVEY)
_LEFT_CAMPAIGN = Suppression.objects.filter(
    workspace=OuterRef("workspace"),
    pattern=OuterRef("customer__email"),
    campaign_id=OuterRef("campaign"),
    ended_at=None,
)
# The first that is so counts. What domains are stopped is in customers' columns too.
WHY_NOT = Case(
    When(Q(customer__email=None) | Q(customer__email=""), then=Value(Became.NO_ADDRESS.value)),
    When(customer__unsubscribed_at__isnull=False, then=Value(Became.UNSUBSCRIBED.value)),
    When(customer__hard_bounced_at__isnull=False, then=Value(Became.HARD_BOUNCED.value)),
    When(customer__undeliverable_at__isnull=False, then=Value(Became.UNDELIVERABLE.value)),
    When(customer__suppressed_at__isnull=False, then=Value(Became.SUPPRESSED.value)),
    When(Exists(_LEFT_CAMPAIGN), then=Value(Became.LEFT_CAMPAIGN.value)),
    default=Value(Became.MAILED.value),
    output_field=CharField(),
)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many people it would meet, by what would become of them; and answers of nobody."""

    people: Counter[str] = field(default_factory=Counter)
    anonymous: int = 0
    elsewhere: int = 0

    @property
    def mailed(self) -> int:
        return self.people[Became.MAILED]

    @property
    def left_out(self) -> list[tuple[str, int]]:
        """Why, and how many; the last two are answers."""
        found = [
            (str(one.label), self.people[one])
            for one in Became
            if one not in {Became.MAILED, Became.HELD_BACK} and self.people[one]
        ]
        found += [("Answers of nobody in particular", self.anonymous)] * bool(self.anonymous)
        found += [("Answers that were not given to a survey", self.elsewhere)] * bool(
            self.elsewhere
        )
        return found


def asked_of(you_said: YouSaid) -> AskedAnswers:
    return AskedAnswers.of(you_said, QueryDict(you_said.query))


def answers_of(you_said: YouSaid, now: datetime) -> WorkspaceRows[Response]:
    """Return the answers that it is about, as they were known then."""
    at = you_said.begun_at or now
    rows = asked_of(you_said).find(you_said, you_said.by_id, at)
    return rows.filter(created_at__lte=at)


def of_people(answers: WorkspaceRows[Response]) -> WorkspaceRows[Response]:
    """Keep those of customers whom we asked."""
    return answers.filter(_BY_A_SURVEY)


def forecast(you_said: YouSaid, now: datetime) -> Forecast:
    """Count whom it would reach now; two queries."""
    answers = answers_of(you_said, now)
    newest = of_people(answers).order_by("customer_id", "-created_at", "-id")
    chosen = Response.objects.filter(id__in=newest.distinct("customer_id").values("id"))
    counted = chosen.annotate(why=WHY_NOT).values_list("why").annotate(Count("id"))
    others = answers.aggregate(
        anonymous=Count("id", filter=Q(customer=None)),
        elsewhere=Count("id", filter=Q(customer__isnull=False) & ~_BY_A_SURVEY),
    )
    return Forecast(Counter(dict(counted)), **others)


def is_held_back(you_said_id: UUID, customer_id: UUID, percent: int) -> bool:
    """Draw for one person: at random, and always the same for the same two keys."""
    drawn = blake2b(you_said_id.bytes + customer_id.bytes, digest_size=8).digest()
    return int.from_bytes(drawn) < percent * 2**64 // 100
