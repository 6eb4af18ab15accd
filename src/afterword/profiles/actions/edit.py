"""Edit profile: name, contact data and location; and the address, which nobody else may have."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from afterword.core.email_address import normalise
from afterword.core.one_line import one_line_only
from afterword.customers import amend
from afterword.customers.models import Customer
from afterword.customers.record import OWN_COLUMNS
from afterword.profiles.page import find_customer
from afterword.suppressions.readdress import AddressTaken, readdress
from afterword.surveys.follow import follow
from afterword.web.conflicts import NoticesOthers
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member


def _line(label: str = "", autocomplete: str = "off") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, "dir": "auto"})
    return forms.CharField(
        required=False,
        max_length=200,
        validators=[one_line_only],
        widget=widget,
        label=label or None,
    )


class PersonForm(forms.Form):
    """Who somebody is: the own fields, and an address that nobody else has."""

    first_name = _line()
    last_name = _line()
    email = forms.CharField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    phone = _line()
    job_title = _line()
    company_name = _line("Company")
    city = _line()
    state = _line()
    country = _line()

    @property
    def own(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in OWN_COLUMNS}

    def free_address(self, others: QuerySet[Customer]) -> str:
        """Return what was typed as all addresses are spelt; raises ValidationError."""
        said = str(self.cleaned_data["email"]).strip()
        address = normalise(said)
        if address is None:
            raise ValidationError(f"{said} is not an e-mail address.")
        if other := others.filter(email=address).first():
            name = f", {other.full_name}" if other.full_name else ""
            raise ValidationError(f"Another customer has the address {address}{name}.")
        return address


class ProfileForm(NoticesOthers, PersonForm):
    def __init__(self, customer: Customer, given: QueryDict | None = None) -> None:
        known = {name: getattr(customer, name) for name in OWN_COLUMNS}
        super().__init__(given, initial={**known, "email": customer.address})
        self.customer = customer
        field = self.fields["email"]
        field.required = False
        field.help_text = "Surveys that wait go to the new address. Who unsubscribed stays so."

    def clean_email(self) -> str:
        if not str(self.cleaned_data["email"]).strip():
            if self.customer.email:
                raise ValidationError("An address can be changed, but not taken away.")
            return ""
        rows = Customer.objects.filter(workspace=self.customer.workspace_id)
        return self.free_address(rows.exclude(id=self.customer.id))


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def edit(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    form = ProfileForm(customer, request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_saved(form, member):
        messages.success(request, "The profile is saved.")
        return redirect("profiles:profile", customer.id)
    context = {"customer": customer, "form": form}
    return render(request, "profiles/edit.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _is_saved(form: ProfileForm, member: Member) -> bool:
    customer, now = form.customer, timezone.now()
    email = form.cleaned_data["email"]
    if email and email != customer.email:
        try:
            readdress(customer, email, member, now)
        except AddressTaken as taken:
            form.add_error("email", str(taken))
            return False
        follow(customer.id, email)
    amend.amend(member, customer.id, amend.fields(form.own), now)
    return True
