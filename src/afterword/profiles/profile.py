"""A customer's page, and the whole of their timeline.

What later stages know of a customer comes by the customer's own relations.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from afterword.customers.models import Customer
from afterword.profiles.page import find_customer, show
from afterword.profiles.timeline import timeline_of
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member


@require_safe
@for_members
def profile(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(member), id=customer_id)
    if customer.merged_into_id:
        return redirect("profiles:profile", customer.merged_into_id)
    return show(request, customer, editing=request.GET.get("edit", ""))


@require_safe
@for_members
def timeline(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    before = request.GET.get("before", "")
    context = {
        "customer": customer,
        "timeline": timeline_of(customer, before),
        "before": before,
    }
    return render(request, "profiles/timeline.html", context)
