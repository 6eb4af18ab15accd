"""A customer's profile: who it is, what was answered, what was sent, and why not more.

What later stages know of a customer comes by the customer's own relations.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterword.customers.models import Customer, Property
from afterword.customers.values import PropertyType
from afterword.suppressions.stops import stops_about
from afterword.surveys.models import Invitation
from afterword.surveys.outbox.search import IS_FIRST
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member

LISTED = 50
TREND = 5
# A survey that nobody answered for so long is called ignored.
PATIENCE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Fact:
    """A property of the workspace and its value for this customer."""

    name: str
    type: str
    value: object  # None where the property is unassigned


@dataclass(frozen=True, slots=True)
class Delivery:
    """How many survey mails were sent to a customer, and what became of them."""

    surveys: int
    sent: int
    delivered: int
    opened: int  # by a person
    bounced: int  # of those sent
    responded: int
    # Of the surveys themselves: a reminder is one more mail about the same one.
    asked: int  # sent
    arrived: int  # sent, and answered or not bounced
    answered: int

    @property
    def response_rate(self) -> int | None:
        """Answered in percent of the surveys that arrived; None while none did."""
        return round(100 * self.answered / self.arrived) if self.arrived else None


@require_safe
@for_members
def profile(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(member), id=customer_id)
    if customer.merged_into_id:
        return redirect("profiles:profile", customer.merged_into_id)
    responses = list(customer.responses.select_related("campaign").order_by("-created_at")[:LISTED])
    invitations = Invitation.objects.filter(survey__customer=customer).select_related(
        "mail", "template", "reminder", "survey__campaign", "survey__response"
    )
    decisions = customer.decisions.select_related("campaign", "event").prefetch_related(
        "event__surveys__invitations__mail"
    )
    return render(
        request,
        "profiles/profile.html",
        {
            "customer": customer,
            "facts": facts_of(customer),
            "responses": responses,
            "trend": responses[:TREND][::-1],
            "invitations": invitations.order_by("-created_at")[:LISTED],
            "ignored_before": ignored_before(timezone.now()),
            "delivery": delivery_of(customer),
            "decisions": decisions.order_by("-decided_at", "-id")[:20],
            "stops": stops_about(customer),
            "unfit": customer.events.exclude(problems=[]).order_by("-received_at")[:5],
        },
    )


def facts_of(customer: Customer) -> list[Fact]:
    """Return every property of the workspace with this customer's value, by name."""
    properties = Property.objects.filter(workspace_id=customer.workspace_id).order_by("name")
    return [
        Fact(one.name, one.type, _shown(customer.properties.get(one.name), one.type))
        for one in properties
    ]


def delivery_of(customer: Customer) -> Delivery:
    sent, answered = Q(mail__sent_at__isnull=False), Q(answered_at__isnull=False)
    # A bounce of what was answered is false.
    bounced = Q(mail__bounced_at__isnull=False) & ~answered
    asked = sent & IS_FIRST
    return Delivery(
        **Invitation.objects.filter(survey__customer=customer).aggregate(
            surveys=Count("id"),
            sent=Count("id", filter=sent),
            delivered=Count("mail__delivered_at"),
            opened=Count("opened_at"),
            bounced=Count("id", filter=sent & bounced),
            responded=Count("id", filter=sent & answered),
            asked=Count("id", filter=asked),
            arrived=Count("id", filter=asked & ~bounced),
            answered=Count("id", filter=asked & answered),
        )
    )


def ignored_before(now: datetime) -> datetime:
    """Return the instant before which an unanswered survey must have been sent to be ignored."""
    return now - PATIENCE


def _shown(value: object, type_: str) -> object:
    if type_ == PropertyType.DATE and isinstance(value, str):
        return _date(datetime.fromisoformat(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _date(at: datetime) -> str:
    """Show a day alone as that day: it is kept as midnight in UTC."""
    if at.time() == time.min:
        return f"{at.day} {at:%b %Y}"
    return f"{at.day} {at:%b %Y, %H:%M} UTC"
