"""Where somebody left traces: the keys of their rows, and what texts may name them by."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from afterword.core.among import among
from afterword.customers.models import Customer, Identity, IdKind
from afterword.events.models import Event
from afterword.feedback.models import Response
from afterword.followups.models import Delivery
from afterword.sending.models import Mail
from afterword.surveys.models import Invitation, Survey
from afterword.workspaces.models import Workspace


class Who(NamedTuple):
    """Somebody, known by the customer, by the address as customers' are spelt, or by both."""

    workspace: Workspace
    email: str = ""
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Traces:
    """Of one person in one workspace.

    `customers` are theirs, and the empty rows of who turned out to be them. `addresses` are those
    that are theirs alone today, or were.
    """

    workspace_id: UUID
    customers: list[UUID]
    addresses: list[str]
    user_ids: list[str] = field(default_factory=list)
    anonymous_ids: list[str] = field(default_factory=list)
    events: list[UUID] = field(default_factory=list)
    surveys: list[UUID] = field(default_factory=list)
    invitations: list[UUID] = field(default_factory=list)
    responses: list[UUID] = field(default_factory=list)
    # Follow-ups of theirs; and digests, which tell of others too.
    deliveries: list[UUID] = field(default_factory=list)
    digests: list[UUID] = field(default_factory=list)
    mails: list[UUID] = field(default_factory=list)
    mails_of_digests: list[UUID] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.customers or self.events or self.surveys or self.responses or self.mails)


def traces_of(who: Who) -> Traces:
    """Find what somebody left; the number of queries does not depend on how much that is."""
    workspace_id = who.workspace.id
    customers = _customers(workspace_id, who.customer_id, who.email)
    addresses = _addresses(workspace_id, customers, who.email)
    ids = list(
        Identity.objects.filter(workspace_id=workspace_id)
        .filter(Q(customer__in=customers) | Q(email__in=addresses))
        .values_list("kind", "external_id")
    )
    user_ids = _named(ids, IdKind.USER)
    anonymous_ids = _named(ids, IdKind.ANONYMOUS)
    events = _events(workspace_id, customers, addresses, user_ids, anonymous_ids)
    surveys = _theirs(Survey.objects.all(), workspace_id, customers, addresses, "email")
    invitations = _keys(Invitation.objects.filter(survey__in=among(surveys)))
    responses = _theirs(Response.objects.all(), workspace_id, customers, addresses, "email")
    responses |= _keys(Response.objects.filter(survey__in=among(surveys)))
    about = [*responses, *invitations, *customers]
    followed = Delivery.objects.filter(workspace_id=workspace_id, subject_id__in=among(about))
    digests = Delivery.objects.filter(parts__in=followed).distinct()
    mails = _theirs(Mail.objects.all(), workspace_id, customers, addresses, "recipient")
    return Traces(
        workspace_id,
        customers,
        addresses,
        user_ids=user_ids,
        anonymous_ids=anonymous_ids,
        events=sorted(events),
        surveys=sorted(surveys),
        invitations=sorted(invitations),
        responses=sorted(responses),
        deliveries=sorted(_keys(followed)),
        digests=sorted(_keys(digests)),
        mails=sorted(mails | _mails_of(followed)),
        mails_of_digests=sorted(_mails_of(digests)),
    )


def _customers(workspace_id: UUID, customer_id: UUID | None, email: str) -> list[UUID]:
    rows = Customer.objects.filter(workspace_id=workspace_id)
    found = _keys(rows.filter(email=email)) if email else set()
    if customer_id:
        found |= _keys(rows.filter(id=customer_id))
    while more := _keys(rows.filter(merged_into__in=found).exclude(id__in=found)):
        found |= more
    return sorted(found)


def _addresses(workspace_id: UUID, customers: list[UUID], email: str) -> list[str]:
    """Return theirs of today and of before, but for those that somebody else has by now."""
    found = {email}
    for model, column in (
        (Customer, "email"),
        (Event, "email"),
        (Survey, "email"),
        (Response, "email"),
        (Mail, "recipient"),
    ):
        key = "id__in" if model is Customer else "customer__in"
        rows = model._default_manager.filter(**{key: customers})
        found.update(one or "" for one in rows.values_list(column, flat=True).distinct())
    of_others = Customer.objects.filter(workspace_id=workspace_id, email__in=found)
    taken = of_others.exclude(id__in=customers).values_list("email", flat=True)
    return sorted(found - {""} - {one or "" for one in taken})


def _events(
    workspace_id: UUID,
    customers: list[UUID],
    addresses: list[str],
    user_ids: list[str],
    anonymous_ids: list[str],
) -> set[UUID]:
    rows = Event.objects.filter(workspace_id=workspace_id)
    of_nobody = rows.filter(customer=None)
    return (
        _theirs(Event.objects.all(), workspace_id, customers, addresses, "email")
        | _keys(of_nobody.filter(user_id__in=user_ids))
        | _keys(of_nobody.filter(anonymous_id__in=anonymous_ids))
    )


def _theirs(
    rows: QuerySet[Any],
    workspace_id: UUID,
    customers: list[UUID],
    addresses: list[str],
    column: str,
) -> set[UUID]:
    """Two searches, of which each has an index. What has another customer is that one's."""
    rows = rows.filter(workspace_id=workspace_id)
    by_address = rows.filter(customer=None, **{f"{column}__in": addresses})
    return _keys(rows.filter(customer__in=customers)) | _keys(by_address)


def _mails_of(deliveries: QuerySet[Delivery]) -> set[UUID]:
    return {id_ for ids in deliveries.values_list("mail_ids", flat=True) for id_ in ids}


def _keys(rows: QuerySet[Any]) -> set[UUID]:
    return set(rows.values_list("pk", flat=True))


def _named(ids: Iterable[tuple[str, str]], kind: IdKind) -> list[str]:
    return sorted({external_id for of, external_id in ids if of == kind})
