"""What a customer's page shows: general data, feedback, outbox, and the newest of the timeline."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from afterword.customers.models import Customer
from afterword.feedback.found import SHOWN
from afterword.profiles.delivery import delivery_of, ignored_before
from afterword.profiles.facts import facts_of
from afterword.profiles.next_survey import is_stopped, next_survey
from afterword.profiles.score_trend import trend_of
from afterword.profiles.timeline import timeline_of
from afterword.suppressions.stops import stops_about
from afterword.surveys.models import Invitation
from afterword.surveys.outbox.apart import ApartMail, as_rows, mails_apart
from afterword.workspaces.models import Member

LISTED = 50
NEWEST = 12  # of the timeline, which has a page of its own


def find_customer(member: Member, customer_id: UUID) -> Customer:
    """Return a customer of the member's workspace; Http404 where there is none.

    Who turned out to be somebody else is nobody to act for.
    """
    rows = Customer.objects.visible_to(member).distinct_people()
    return get_object_or_404(rows, id=customer_id)


def show(
    request: HttpRequest, customer: Customer, *, status: int = 200, **more: object
) -> HttpResponse:
    """Render the page; `more` is what an action shows in its place (`editing`, `problem`)."""
    now = timezone.now()
    responses = list(customer.responses.select_related(*SHOWN).order_by("-created_at")[:LISTED])
    counted = [one for one in responses if one.counts]
    context = {
        "customer": customer,
        "facts": facts_of(customer),
        "responses": responses,
        "last_answer": counted[0] if counted else None,
        "trend": trend_of(counted),
        "next_survey": next_survey(customer, now),
        "is_stopped": is_stopped(customer),
        "outbox": _outbox(customer),
        "listed_at_most": LISTED,
        "ignored_before": ignored_before(now),
        "delivery": delivery_of(customer),
        "timeline": timeline_of(customer, size=NEWEST),
        "stops": stops_about(customer),
        "unfit": customer.events.exclude(problems=[]).order_by("-received_at")[:5],
    }
    return render(request, "profiles/profile.html", {**context, **more}, status=status)


def _outbox(customer: Customer) -> list[Invitation | ApartMail]:
    """Return the newest surveys, and mails that are none, in one order."""
    invitations = Invitation.objects.filter(survey__customer=customer).select_related(
        "mail", "template", "reminder", "survey__campaign", "survey__response"
    )
    mails = mails_apart(customer).filter(customer=customer).select_related("customer")
    newest: list[Invitation | ApartMail] = [
        *invitations.order_by("-created_at")[:LISTED],
        *as_rows(mails.order_by("-created_at")[:LISTED]),
    ]
    return sorted(newest, key=lambda one: one.created_at, reverse=True)[:LISTED]
