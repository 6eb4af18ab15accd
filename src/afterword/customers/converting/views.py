"""The page that changes a property's type: it tells what would become of the values, and asks."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from afterword.customers.audiences import asking_in_vain
from afterword.customers.converting.foresee import foresee, unfit_as_csv
from afterword.customers.converting.work import NotNow, begin, was_broken_off
from afterword.customers.models import Property
from afterword.customers.property_forms import TYPES
from afterword.customers.values import PropertyType
from afterword.web.download import csv_download
from afterword.workspaces.access import for_administrators
from afterword.workspaces.models import Member


class TypeForm(forms.Form):
    type = forms.ChoiceField(label="New type")

    def __init__(self, prop: Property, given: object = None) -> None:
        super().__init__(given)  # type: ignore[arg-type]
        self.goes_on = was_broken_off(prop)
        others = [choice for choice in TYPES if choice[0] != prop.type or self.goes_on]
        self.fields["type"].choices = [("", "Choose"), *others]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> PropertyType | None:
        """The type that is asked for, where there is such a one."""
        if not (self.is_bound and self.is_valid()):
            return None
        return PropertyType(self.cleaned_data["type"])


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def change_type(request: HttpRequest, member: Member, property_id: int) -> HttpResponse:
    """Choose a type, see what would become of the values, and do it once that is confirmed."""
    prop = get_object_or_404(member.workspace.properties, id=property_id)
    is_post = request.method == "POST"
    said = request.POST if is_post else request.GET
    form = TypeForm(prop, said if is_post or "type" in said else None)
    kind = form.chosen
    if is_post and kind:
        try:
            return redirect("long_work:work", begin(member, prop, kind, timezone.now()).id)
        except NotNow as why:
            form.add_error("type", str(why))
    context = {
        "property": prop,
        "form": form,
        "kind": kind,
        "outlook": foresee(prop, kind) if kind else None,
        "in_vain": asking_in_vain(prop, kind) if kind else [],
        "targets": _targets(prop) if kind != PropertyType.TEXT else [],
    }
    status = 422 if form.errors else 200
    return render(request, "customers/property_type.html", context, status=status)


def _targets(prop: Property) -> list[str]:
    """Return the names of the campaigns that draw answers for each value of the text."""
    return sorted(map(str, prop.workspace.campaigns.filter(target_property=prop.name)))


@require_safe
@for_administrators
def unfit(request: HttpRequest, member: Member, property_id: int) -> HttpResponseBase:
    """The values that do not fit a type, with whose they are and why: a file."""
    prop = get_object_or_404(member.workspace.properties, id=property_id)
    kind = TypeForm(prop, request.GET).chosen
    if kind is None:
        return redirect("properties:type", prop.id)
    return csv_download("values-that-do-not-fit.csv", unfit_as_csv(prop, kind))
