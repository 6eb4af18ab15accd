"""A person's rights: everything that is kept of a customer as a file, and its erasure."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from afterword.core.clock import database_now
from afterword.core.email_address import normalise
from afterword.core.streamed import streamed
from afterword.customers.models import Customer
from afterword.privacy.erase import CannotErase, erase
from afterword.privacy.export import export_of
from afterword.privacy.removal import Wish
from afterword.privacy.traces import Who, traces_of
from afterword.profiles.page import find_customer
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member


class ErasureForm(forms.Form):
    """Asks for the address, so that nobody erases somebody by a slip."""

    written = forms.CharField(max_length=300, widget=forms.TextInput({"autocomplete": "off"}))
    keeps_scores = forms.BooleanField(
        label="Keep their scores, anonymous",
        required=False,
        initial=True,
        help_text="The score and the day stay and go on counting; comments, and whose they "
        "were, do not.",
    )

    def __init__(self, customer: Customer, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.customer = customer
        self.fields["written"].label = (
            "Write their address" if customer.email else f"Write “{customer}”"
        )

    def clean_written(self) -> str:
        written: str = self.cleaned_data["written"]
        expected = self.customer.email or str(self.customer)
        if written != expected and normalise(written) != expected:
            raise forms.ValidationError(f"Write {expected} to say that this is who you mean.")
        return written


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def erase_customer(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    form = ErasureForm(customer, request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            wish = Wish(keeps_scores=form.cleaned_data["keeps_scores"])
            receipt = erase(_who(member, customer), wish, member.user, database_now())
        except CannotErase as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, "The person is erased. This receipt says what was removed.")
            return redirect("privacy:receipt", receipt.id)
    elif form.is_bound:
        status = 422
    context = {"customer": customer, "form": form}
    return render(request, "privacy/erasure.html", context, status=status)


@require_safe
@for_members
def export_customer(
    request: HttpRequest, member: Member, customer_id: UUID
) -> StreamingHttpResponse:
    """A JSON file; its name says nothing of the person."""
    customer = find_customer(member, customer_id)
    traces = traces_of(_who(member, customer))
    pieces = export_of(member.workspace, traces, timezone.now())
    return StreamingHttpResponse(
        streamed(pieces),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="customer-{customer.id}.json"'},
    )


def _who(member: Member, customer: Customer) -> Who:
    return Who(member.workspace, customer.address, customer.id)
