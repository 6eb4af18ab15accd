"""Manage tags: choose among those that there are, make new ones, take some away."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from afterword.customers import amend
from afterword.customers.models import Customer, Tag
from afterword.customers.own_fields import read_tags
from afterword.profiles.page import find_customer
from afterword.web import undo
from afterword.web.conflicts import seen_in, seen_input
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member

OFFERED = 500


class TagsForm(forms.Form):
    tags = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Tags"
    )
    new = forms.CharField(
        required=False,
        max_length=2000,
        label="New tags",
        help_text="Between commas, such as: beta, met at the fair",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, customer: Customer, given: QueryDict | None = None) -> None:
        super().__init__(given, initial={"tags": customer.tags})
        self.customer = customer
        known = Tag.objects.filter(workspace=customer.workspace_id).order_by("name")
        names = list(known.values_list("name", flat=True)[:OFFERED])
        offered = [*customer.tags, *(name for name in names if name not in customer.tags)]
        field = self.fields["tags"]
        field.choices = [(name, name) for name in offered]  # type: ignore[attr-defined]

    @property
    def seen_input(self) -> SafeString:
        return seen_input(self.customer.tags)

    @property
    def wanted(self) -> list[str]:
        """What was chosen and typed, and what came since the page was shown: nobody left it out."""
        seen = seen_in(self.data)
        came = [] if seen is None else [tag for tag in self.customer.tags if tag not in seen]
        return [*self.cleaned_data["tags"], *read_tags(self.cleaned_data["new"]), *came]


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def tags(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    form = TagsForm(customer, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _assign(member, customer, form.wanted)
        messages.success(request, "The tags are saved.")
        return redirect("profiles:profile", customer.id)
    context = {"customer": customer, "form": form}
    return render(request, "profiles/tags.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_changers
def remove(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    name = request.POST.get("tag", "")
    if name in customer.tags:
        _assign(member, customer, [tag for tag in customer.tags if tag != name])
        address = reverse("profiles:tag_undo", args=[customer.id])
        undo.offer(request, f"The tag {name} is removed.", address, {"tag": name})
    return redirect("profiles:profile", customer.id)


@require_POST
@for_changers
def put_back(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    if what := undo.take(request):
        _assign(member, customer, [*customer.tags, what["tag"]])
        messages.success(request, "The tag is back.")
    return redirect("profiles:profile", customer.id)


def _assign(member: Member, customer: Customer, wanted: list[str]) -> None:
    amend.amend(member, customer.id, amend.tags(wanted), timezone.now())
