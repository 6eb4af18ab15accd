"""A happening with the rows of today that it is about: a fixed number of queries for a batch."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from afterword.customers.models import Customer
from afterword.feedback.models import Response
from afterword.followups.events import OF_ANSWERS, OF_ASSIGNMENTS, OTHERS, Answer, Event
from afterword.followups.moves import ScoreMove
from afterword.happenings.models import HappeningKind
from afterword.happenings.read import Told
from afterword.sending.models import Brake
from afterword.surveys.invite import CAMPAIGN
from afterword.surveys.models import Invitation, Survey


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What happened. `campaigns` are those it belongs to; None: to every one."""

    told: Told
    campaigns: frozenset[UUID] | None
    response: Response | None = None
    customer: Customer | None = None
    invitation: Invitation | None = None
    brake: Brake | None = None
    move: ScoreMove | None = None

    @property
    def about(self) -> UUID:
        """What it is about: the answer, the survey that was asked, or else its subject."""
        return self.invitation.survey_id if self.invitation else self.told.subject_id

    @property
    def event(self) -> Event | None:
        """Which event it is, where it is no answer."""
        return next((event for event, kind in OTHERS.items() if kind == self.told.kind), None)


def answer_of(response: Response) -> Answer:
    return Answer(
        response.score,
        response.bucket,
        bool(response.comment),
        response.submitted_at is not None,
    )


def occurrences(told: Sequence[Told]) -> list[Occurrence]:
    """Look up what these happenings are about; those whose row is gone are left out."""
    subjects = {kind: {one.subject_id for one in told if one.kind == kind} for kind in _KINDS}
    found: dict[tuple[str, UUID], Occurrence] = {}
    about = {(one.kind, one.subject_id): one for one in told}
    of_responses = OF_ANSWERS | OF_ASSIGNMENTS
    answered = set().union(*(subjects[kind] for kind in of_responses))
    for response in _responses(answered):
        for kind in of_responses:
            if one := about.get((kind, response.id)):
                found[kind, response.id] = Occurrence(
                    one, _only(response.campaign_id), response, response.customer
                )
    for invitation in _invitations(subjects[HappeningKind.SURVEY_BOUNCED]):
        survey, key = invitation.survey, (HappeningKind.SURVEY_BOUNCED, invitation.id)
        found[key] = Occurrence(
            about[key], _only(survey.campaign_id), None, survey.customer, invitation
        )
    left = subjects[HappeningKind.CUSTOMER_UNSUBSCRIBED]
    asked = _asked_by(left)
    for customer in _customers(left):
        key = (HappeningKind.CUSTOMER_UNSUBSCRIBED, customer.id)
        found[key] = Occurrence(about[key], asked.get(customer.id, frozenset()), None, customer)
    for kind in (HappeningKind.CUSTOMER_AT_RISK, HappeningKind.CUSTOMER_REPLIED):
        asked_them = _asked_by(subjects[kind])
        for customer in _customers(subjects[kind]):
            of = asked_them.get(customer.id, frozenset())
            found[kind, customer.id] = Occurrence(about[kind, customer.id], of, None, customer)
    for brake in Brake.objects.filter(id__in=subjects[HappeningKind.SENDING_PAUSED]):
        key = (HappeningKind.SENDING_PAUSED, brake.id)
        of_campaign = brake.stream_id and brake.stream_kind == CAMPAIGN
        campaigns = _only(brake.stream_id) if of_campaign else None
        found[key] = Occurrence(about[key], campaigns, brake=brake)
    for move in _moves(subjects[HappeningKind.SCORE_MOVED]):
        key = (HappeningKind.SCORE_MOVED, move.id)
        found[key] = Occurrence(about[key], _only(move.campaign_id), move=move)
    # One subject may be told of more than once.
    return [
        replace(seen, told=one) for one in told if (seen := found.get((one.kind, one.subject_id)))
    ]


_KINDS = [*OF_ANSWERS, *OTHERS.values()]


def _only(campaign_id: UUID | None) -> frozenset[UUID]:
    return frozenset([campaign_id] if campaign_id else [])


_OF_CUSTOMERS = ("company", "at_risk")
_OF_RESPONSES = (
    "campaign", "customer__company", "customer__at_risk", "workspace", "assignment__user",
)  # fmt: skip


_OF_INVITATIONS = ("survey__campaign", "survey__customer__company", "survey__customer__at_risk")


def _responses(ids: Collection[UUID]) -> Iterable[Response]:
    rows = Response.objects.filter(id__in=ids)
    return rows.select_related(*_OF_RESPONSES) if ids else []


def _invitations(ids: Collection[UUID]) -> Iterable[Invitation]:
    rows = Invitation.objects.filter(id__in=ids)
    return rows.select_related(*_OF_INVITATIONS) if ids else []


def _customers(ids: Collection[UUID]) -> Iterable[Customer]:
    return Customer.objects.filter(id__in=ids).select_related(*_OF_CUSTOMERS) if ids else []


def _moves(ids: Collection[UUID]) -> Iterable[ScoreMove]:
    return ScoreMove.objects.filter(id__in=ids).select_related("campaign") if ids else []


def _asked_by(customer_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return the campaigns that customers left by a link of; where by none, all that asked them."""
    rows = (
        Survey.objects.filter(customer_id__in=customer_ids)
        .values_list("customer_id", "campaign_id", "unsubscribed_at")
        .distinct()
    )
    asked: dict[UUID, set[UUID]] = {}
    left: dict[UUID, set[UUID]] = {}
    for customer_id, campaign_id, unsubscribed_at in rows if customer_ids else ():
        asked.setdefault(customer_id, set()).add(campaign_id)
        if unsubscribed_at:
            left.setdefault(customer_id, set()).add(campaign_id)
    return {id_: frozenset(left.get(id_) or campaigns) for id_, campaigns in asked.items()}
