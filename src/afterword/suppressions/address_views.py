"""A check of a customer's address by hand."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterword.customers.models import Customer
from afterword.suppressions.address_check import Outcome, check_again
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member


@require_POST
@for_changers
def check_address(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(member), id=customer_id)
    finding = check_again(customer, timezone.now(), member.user)
    match finding.outcome:
        case Outcome.FINE:
            messages.success(request, f"Mail to {customer.email} can be delivered.")
        case Outcome.UNDELIVERABLE:
            messages.warning(
                request, f"Mail to {customer.email} cannot be delivered: {finding.words}"
            )
        case Outcome.UNKNOWN:
            messages.warning(request, f"{finding.words} Check again later; nothing has changed.")
    return redirect("profiles:profile", customer.id)
