"""Delete a customer: what they answered and were sent stays, under the name that they had."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from afterword.customers.models import Customer
from afterword.profiles.page import find_customer
from afterword.surveys.cancel import cancel, waiting
from afterword.surveys.models import Invitation
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member, WorkspaceRows


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def delete(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    if request.method == "POST":
        name = str(customer)
        remove(member, customer, timezone.now())
        messages.success(
            request, f"{name} is deleted. Their feedback and what was sent to them are kept."
        )
        return redirect("customers:list")
    context = {
        "customer": customer,
        "answers": customer.responses.count(),
        "surveys": customer.surveys.count(),
        "waiting": waiting(_invitations(member, customer)).count(),
    }
    return render(request, "profiles/deletion.html", context)


@transaction.atomic
def remove(member: Member, customer: Customer, now: datetime) -> None:
    """Cancel what waits for them, and delete the row; a new event makes them known anew."""
    cancel(_invitations(member, customer), member.user_id, now)
    customer.delete()


def _invitations(member: Member, customer: Customer) -> WorkspaceRows[Invitation]:
    return Invitation.objects.visible_to(member).filter(survey__customer=customer)
