"""The settings page on which properties are defined ("Props & Tags")."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from afterword.customers.properties import audiences_with, delete, holders
from afterword.customers.property_forms import PropertyForm
from afterword.workspaces.access import for_administrators
from afterword.workspaces.models import Member


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def properties(request: HttpRequest, member: Member) -> HttpResponse:
    form = PropertyForm(member.workspace, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.workspace = member.workspace
        made = form.save()
        messages.success(request, f"The property {made.name} is made: the next event may fill it.")
        return redirect("properties:list")
    context = {
        "form": form,
        "properties": member.workspace.properties.order_by("name"),
    }
    return render(
        request, "customers/properties.html", context, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def delete_property(request: HttpRequest, member: Member, property_id: int) -> HttpResponse:
    prop = get_object_or_404(member.workspace.properties, id=property_id)
    audiences = audiences_with(prop)
    if request.method == "POST" and not audiences:
        lost = delete(prop)
        messages.success(request, _said(prop.name, lost))
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
