"""Delete a customer: what they answered and were sent stays, under the name that they had.

For some minutes it can be undone (`profiles/deleted.py`).
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from afterword.customers.models import Customer
from afterword.customers.upsert import load_locked
from afterword.profiles.deleted import CannotRestore, keep, restore
from afterword.profiles.page import find_customer
from afterword.sending.models import Mail
from afterword.surveys.cancel import cancel, waiting
from afterword.surveys.models import Invitation, Survey
from afterword.web import undo
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member, Viewer, WorkspaceRows


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def delete(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    if request.method == "POST":
        now = timezone.now()
        remove(member, [customer.id], member.user_id, now, can_be_undone=True)
        undo.offer(
            request,
            f"{customer} is deleted. Their feedback and what was sent to them are kept.",
            reverse("profiles:deletion_undo", args=[customer_id]),
        )
        return redirect("customers:list")
    context = {
        "customer": customer,
        "answers": customer.responses.count(),
        "surveys": customer.surveys.count(),
        "waiting": waiting(_invitations(member, [customer.id])).count(),
    }
    return render(request, "profiles/deletion.html", context)


@require_POST
@for_changers
def put_back(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    if undo.take(request) is None:
        return redirect("customers:list")
    try:
        customer = restore(member, customer_id, timezone.now())
    except CannotRestore as why:
        messages.warning(request, f"They are not brought back. {why}")
        return redirect("customers:list")
    messages.success(request, f"{customer} is back. Surveys that were cancelled stay cancelled.")
    return redirect("profiles:profile", customer.id)


@transaction.atomic
def remove(
    viewer: Viewer,
    customer_ids: Collection[UUID],
    by: UUID | None,
    now: datetime,
    *,
    can_be_undone: bool = False,
) -> int:
    """Cancel what waits for them, and delete the rows; a new event makes them known anew.

    Returns how many there were. The number of queries hardly depends on it, unless a copy of each
    is kept, so that it can be undone.
    """
    _lock(viewer, customer_ids)
    held = [record.id for record in load_locked(viewer.workspace_id, [], customer_ids)]
    cancel(_invitations(viewer, held), by, now)
    for customer_id in held if can_be_undone else ():
        keep(customer_id, now)
    Customer.objects.filter(id__in=held).delete()
    return len(held)


def _lock(viewer: Viewer, customer_ids: Collection[UUID]) -> None:
    """Lock their mails and surveys before themselves, as senders and pages do, or we deadlock."""
    for rows in (Mail.objects.visible_to(viewer), Survey.objects.visible_to(viewer)):
        theirs = rows.filter(customer__in=customer_ids).order_by("id")
        list(theirs.select_for_update(no_key=True).values_list("id", flat=True))


def _invitations(viewer: Viewer, customer_ids: Collection[UUID]) -> WorkspaceRows[Invitation]:
    return Invitation.objects.visible_to(viewer).filter(survey__customer__in=customer_ids)
