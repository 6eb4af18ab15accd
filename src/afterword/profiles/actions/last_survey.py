"""Reset last survey: a regular campaign begins anew with the customer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from afterword.customers.amend import forget_last_survey
from afterword.customers.changes import log_change
from afterword.customers.models import Customer
from afterword.profiles.page import find_customer
from afterword.web import undo
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member


@require_POST
@for_changers
def reset(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    before = customer.last_surveyed_at
    if before and forget_last_survey(member, customer, timezone.now()):
        undo.offer(
            request,
            f"The last survey of {customer} is reset: a regular campaign may ask at once. "
            "Throttles still count what was sent.",
            reverse("profiles:last_survey_undo", args=[customer.id]),
            {"at": before.isoformat()},
        )
    else:
        messages.warning(request, f"{customer} was not surveyed yet: there is nothing to reset.")
    return redirect("profiles:profile", customer.id)


@require_POST
@for_changers
def put_back(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    if what := undo.take(request):
        rows = Customer.objects.filter(id=customer.id, last_surveyed_at=None)
        if rows.update(last_surveyed_at=parse_datetime(what["at"])):
            log_change(customer, ["last_surveyed_at"], member, timezone.now())
        messages.success(request, "The last survey counts again.")
    return redirect("profiles:profile", customer.id)
