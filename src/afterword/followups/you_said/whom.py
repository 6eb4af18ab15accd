"""Who is behind the answers of a filter, and who of them is left out, and why."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.http import QueryDict

from afterword.core.by_keys import array_of, by_keys
from afterword.core.keyset import newest_first
from afterword.feedback.asked import AskedAnswers
from afterword.feedback.models import BY_SURVEY, Response
from afterword.feedback.whom.narrow import narrow
from afterword.followups.you_said.models import Became, YouSaid
from afterword.suppressions.models import Suppression
from afterword.workspaces.models import WorkspaceRows

# Who unsubscribes does so by the survey's own link, so there must have been one.
BY_A_SURVEY = Q(customer__isnull=False, survey__isnull=False, source__in=BY_SURVEY)
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


def asked_of(you_said: YouSaid) -> AskedAnswers:
    return AskedAnswers.of(you_said, QueryDict(you_said.query))


@dataclass(frozen=True, slots=True)
class Step:
    """Some answers, the newest first: at how many was looked, and which of them are meant."""

    found: WorkspaceRows[Response]
    looked_at: int
    after: str  # the cursor of the next step; empty at the end


class Answers:
    """The answers that such a mail is about, as they were known when it was begun, or are now.

    Whom the filters mean is asked of some answers at a time, looked up by their keys: however few
    are meant, a step takes a moment.
    """

    def __init__(self, you_said: YouSaid, now: datetime) -> None:
        self.at = you_said.begun_at or now
        asked = asked_of(you_said)
        self.whom = asked.whom
        rows = asked.of_anybody(you_said, you_said.by_id, self.at)
        self.of_anybody = rows.filter(created_at__lte=self.at)

    def step(self, cursor: str, size: int) -> Step:
        """Look at so many after `cursor`, an earlier step's `after`."""
        keys = self.of_anybody.only("id", "created_at")
        page = newest_first(keys, "created_at", cursor, size)
        these = by_keys(self.of_anybody, array_of(one.id for one in page.rows))
        found = narrow(these, self.whom, self.at).order_by("-created_at", "-id")
        return Step(found.annotate(why=WHY_NOT), len(page.rows), page.after)


def is_held_back(you_said_id: UUID, customer_id: UUID, percent: int) -> bool:
    """Draw for one person: at random, and always the same for the same two keys."""
    drawn = blake2b(you_said_id.bytes + customer_id.bytes, digest_size=8).digest()
    return int.from_bytes(drawn) < percent * 2**64 // 100
