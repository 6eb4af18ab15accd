"""A member unsubscribes a customer, and may undo it at once; later only the person may."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from afterword.customers.models import Customer
from afterword.suppressions.forms import EndingForm
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import release, suppress
from afterword.suppressions.views import BY_MEMBER
from afterword.web import undo
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member

ASKS_WHY = "For example: asked by telephone. It is kept."


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def unsubscribe(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(member), id=customer_id)
    form = EndingForm(
        request.POST if request.method == "POST" else None, is_needed=False, asks=ASKS_WHY
    )
    if request.method == "POST" and customer.email and form.is_valid():
        is_new = suppress(
            member.workspace_id,
            customer.address,
            SuppressionReason.UNSUBSCRIBED,
            how=BY_MEMBER,
            now=timezone.now(),
            note=form.cleaned_data["note"],
            by=member.user,
        )
        words = f"{customer} gets no more surveys."
        if is_new:
            undo.offer(request, words, reverse("suppressions:unsubscribe_undo", args=[customer.id]))
        else:
            messages.success(request, words)
        return redirect("profiles:profile", customer.id)
    context = {"customer": customer, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "suppressions/unsubscription.html", context, status=status)


@require_POST
@for_changers
def take_back(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    """End what this member has just begun."""
    customer = get_object_or_404(Customer.objects.visible_to(member), id=customer_id)
    if undo.take(request) is not None:
        rows = Suppression.objects.visible_to(member).filter(
            pattern=customer.address,
            reason=SuppressionReason.UNSUBSCRIBED,
            campaign_id=None,
            by=member.user,
            ended_at=None,
        )
        if mistaken := rows.first():
            now = timezone.now()
            release(mistaken, how=BY_MEMBER, now=now, by=member.user, note="Undone at once.")
            messages.success(request, f"{customer} may get surveys, as before.")
    return redirect("profiles:profile", customer.id)
