"""Props & Tags: the page that defines both, and the pages that change a property."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from afterword.customers.holders import holders_of_properties, holders_of_tags
from afterword.customers.models import Property
from afterword.customers.properties import CannotBeChanged, audiences_with, delete, holders, rename
from afterword.customers.property_forms import EditForm, PropertyForm, TagForm
from afterword.customers.undefined import undefined_names
from afterword.workspaces.access import for_administrators, for_members
from afterword.workspaces.models import Member, Role

MOST_TAGS = 500


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def properties(request: HttpRequest, member: Member) -> HttpResponse:
    """Show properties and tags to every member; administrators make properties here."""
    form = PropertyForm(member.workspace, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not Role(member.role).may_administer:
            raise PermissionDenied
        if form.is_valid():
            form.instance.workspace = member.workspace
            made = form.save()
            words = f"The property {made.name} is made: the next event may fill it."
            messages.success(request, words)
            return redirect("properties:list")
    creating = form.is_bound or request.GET.get("new") == "property"
    return show(request, member, form=form, creating=creating, status=422 if form.is_bound else 200)


def show(
    request: HttpRequest,
    member: Member,
    *,
    form: PropertyForm | None = None,
    tag_form: TagForm | None = None,
    creating: bool = False,
    status: int = 200,
) -> HttpResponse:
    workspace = member.workspace
    held, tagged = holders_of_properties(workspace), holders_of_tags(workspace)
    tags = list(workspace.tags.order_by("name")[:MOST_TAGS])
    context = {
        "form": form or PropertyForm(workspace),
        "tag_form": tag_form or TagForm(),
        "creating": creating,
        "properties": [
            (one, None if held is None else held.get(one.name, 0))
            for one in workspace.properties.order_by("name")
        ],
        "tags": [(one, None if tagged is None else tagged.get(one.name, 0)) for one in tags],
        "has_more_tags": len(tags) == MOST_TAGS,
        "undefined": undefined_names(workspace),
    }
    return render(request, "customers/properties.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def edit_property(request: HttpRequest, member: Member, property_id: int) -> HttpResponse:
    """Another name, which values and audiences follow to, or another description."""
    prop = get_object_or_404(member.workspace.properties, id=property_id)
    name = prop.name
    given = request.POST if request.method == "POST" else None
    form = EditForm(member.workspace, given, instance=prop)
    if request.method == "POST" and form.is_valid():
        wanted, prop.name = prop.name, name
        try:
            messages.success(request, _save(prop, wanted))
            return redirect("properties:list")
        except CannotBeChanged as why:
            form.add_error("name", str(why))
    context = {"form": form, "name": name, "property": prop, "audiences": audiences_with(prop)}
    status = 422 if form.is_bound else 200
    return render(request, "customers/property_edit.html", context, status=status)


def _save(prop: Property, wanted: str) -> str:
    """Keep the description, and the name that is wanted; return what is to be said of it."""
    name = prop.name
    prop.save(update_fields=["description"])
    if wanted == name:
        return f"The property {name} is saved."
    held = rename(prop, wanted)
    return f"{name} is called {wanted} now, with {held:,} customers too."


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def delete_property(request: HttpRequest, member: Member, property_id: int) -> HttpResponse:
    prop = get_object_or_404(member.workspace.properties, id=property_id)
    audiences = audiences_with(prop)
    if request.method == "POST" and not audiences:
        try:
            messages.success(request, _said(prop.name, delete(prop)))
        except CannotBeChanged as why:
            messages.warning(request, f"{prop.name} is not deleted. {why}")
        return redirect("properties:list")
    context = {"property": prop, "audiences": audiences, "holders": holders(prop).count()}
    return render(
        request,
        "customers/property_deletion.html",
        context,
        status=409 if request.method == "POST" else 200,
    )


def _said(name: str, lost: int) -> str:
    if not lost:
        return f"The property {name} is deleted; no customer had a value."
    return f"The property {name} is deleted, and its value with {lost:,} customers."
