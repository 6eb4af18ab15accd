"""Add a customer by hand: one, with an address that nobody has yet."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from afterword.customers import amend, upsert
from afterword.customers.models import Customer
from afterword.customers.record import stamp_of
from afterword.profiles.actions.edit import PersonForm
from afterword.suppressions.suppress import look_up_standings
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member

SOURCE = "Manual"


class NewCustomerForm(PersonForm):
    def __init__(self, member: Member, given: QueryDict | None = None) -> None:
        super().__init__(given)
        self.member = member

    def clean_email(self) -> str:
        return self.free_address(Customer.objects.visible_to(self.member))


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def add(request: HttpRequest, member: Member) -> HttpResponse:
    form = NewCustomerForm(member, request.POST if request.method == "POST" else None)
    if form.is_valid():
        id_ = keep(member, form.cleaned_data["email"], form.own, timezone.now())
        messages.success(request, "The customer is added. No survey is sent by that.")
        return redirect("profiles:profile", id_)
    return render(
        request, "profiles/addition.html", {"form": form}, status=422 if form.is_bound else 200
    )


@transaction.atomic
def keep(member: Member, email: str, own: Mapping[str, str], now: datetime) -> UUID:
    """Make somebody known by an address and own fields; return the key.

    What stops mail to the address stops it for them. Who became known at the same moment, by an
    event or another form, is the customer then, and what was typed here counts.
    """
    known = upsert.load_locked(member.workspace_id, [email], [])
    record = known[0] if known else upsert.new_record(email, SOURCE, now)
    amend.fields({name: said for name, said in own.items() if said})(record, stamp_of(now))
    record.is_changed = True
    if record.is_new:
        look_up_standings(member.workspace_id, [record])
    upsert.store(member.workspace_id, [record], {}, member.user, now)
    return record.id
