"""Manage properties: assign one, give it a value, take it away, all on the customer's page."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterword.customers import amend
from afterword.customers.models import Customer, Property
from afterword.customers.record import Record
from afterword.customers.values import Problem, PropertyType, Value, convert
from afterword.profiles.page import find_customer, show
from afterword.web import undo
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member


@require_POST
@for_changers
def assign(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    """Give a property a value; an empty one takes it away, with undo."""
    customer = find_customer(member, customer_id)
    said = request.POST.get("value", "")
    if request.POST.get("editing") == "new" and not request.POST.get("property"):
        return _refused(request, customer, "Choose a property.")
    found = _property(request, member)
    value = convert(said, PropertyType(found.type))
    if isinstance(value, Problem):
        return _refused(request, customer, value.message)
    if value is None:
        return _take_away(request, member, customer, found)
    changed = _give(member, customer, found.name, value)
    if isinstance(changed, Problem):
        return _refused(request, customer, f"{changed.message}.")
    messages.success(request, f"{found.name} is saved.")
    return _back(customer)


@require_POST
@for_changers
def remove(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    return _take_away(request, member, customer, _property(request, member))


@require_POST
@for_changers
def put_back(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    if what := undo.take(request):
        changed = _give(member, customer, what["name"], what["value"])
        if isinstance(changed, Problem):
            messages.error(request, f"{what['name']} is not back. {changed.message}.")
        else:
            messages.success(request, f"{what['name']} is back.")
    return _back(customer)


def _take_away(
    request: HttpRequest, member: Member, customer: Customer, found: Property
) -> HttpResponse:
    before = customer.properties.get(found.name)
    if before is not None:
        _give(member, customer, found.name, None)
        undo.offer(
            request,
            f"{found.name} is removed from {customer}.",
            reverse("profiles:property_undo", args=[customer.id]),
            {"name": found.name, "value": before},
        )
    return _back(customer)


def _give(
    member: Member, customer: Customer, name: str, value: Value | None
) -> list[Record] | Problem:
    ids, now = [customer.id], timezone.now()
    return amend.give_value(member.workspace_id, member.user, ids, now, name=name, said=value)


def _property(request: HttpRequest, member: Member) -> Property:
    wanted = request.POST.get("property", "")
    if not wanted.isdecimal() or len(wanted) >= 20:  # int() takes only so many digits
        raise Http404
    return get_object_or_404(member.workspace.properties, id=wanted)


def _refused(request: HttpRequest, customer: Customer, problem: str) -> HttpResponse:
    typed = {
        "editing": request.POST.get("editing") or request.POST.get("property", ""),
        "chosen": request.POST.get("property", ""),
        "typed": request.POST.get("value", ""),
        "problem": problem,
    }
    return show(request, customer, status=422, **typed)


def _back(customer: Customer) -> HttpResponse:
    return redirect(f"{reverse('profiles:profile', args=[customer.id])}#properties")
