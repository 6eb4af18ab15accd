"""Make, rename, merge and delete tags."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from afterword.customers.models import Customer, Tag
from afterword.customers.property_forms import TagForm
from afterword.customers.property_views import show
from afterword.customers.tags import campaigns_with, delete, keep_tags, rename
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member


@require_POST
@for_changers
def make(request: HttpRequest, member: Member) -> HttpResponse:
    form = TagForm(request.POST)
    if form.is_valid() and _named(member, form.cleaned_data["name"]):
        form.add_error("name", "There is a tag of this name already.")
    if not form.is_valid():
        return show(request, member, tag_form=form, status=422)
    name = form.cleaned_data["name"]
    keep_tags(member.workspace_id, [name], timezone.now())
    messages.success(request, f"The tag {name} is made.")
    return redirect("properties:list")


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def rename_tag(request: HttpRequest, member: Member, tag_id: int) -> HttpResponse:
    """Give it another name; one that another tag has merges the two, once that was confirmed."""
    tag = get_object_or_404(Tag.objects.visible_to(member), id=tag_id)
    form = TagForm(request.POST if request.method == "POST" else None, initial={"name": tag.name})
    into = None
    if request.method == "POST" and form.is_valid():
        before, name = tag.name, form.cleaned_data["name"]
        into = _named(member, name) if name != before else None
        if into is None or request.POST.get("merge") == name:
            changed = 0 if name == before else rename(tag, name, member, timezone.now())
            what = "is merged into" if into else "is called"
            messages.success(request, f"{before} {what} {name}, with {changed:,} customers.")
            return redirect("properties:list")
    context = {
        "form": form,
        "tag": tag,
        "into": into,
        "holders": _holders(tag),
        "campaigns": campaigns_with(tag),
    }
    status = 200 if request.method != "POST" else 409 if into else 422
    return render(request, "customers/tag_rename.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def delete_tag(request: HttpRequest, member: Member, tag_id: int) -> HttpResponse:
    tag = get_object_or_404(Tag.objects.visible_to(member), id=tag_id)
    if request.method == "POST":
        changed = delete(tag, member, timezone.now())
        messages.success(request, f"The tag {tag.name} is deleted; {changed:,} customers had it.")
        return redirect("properties:list")
    context = {"tag": tag, "holders": _holders(tag), "campaigns": campaigns_with(tag)}
    return render(request, "customers/tag_deletion.html", context)


def _named(member: Member, name: str) -> Tag | None:
    return Tag.objects.visible_to(member).filter(name=name).first()


def _holders(tag: Tag) -> int:
    return Customer.objects.filter(workspace=tag.workspace_id, tags__contains=[tag.name]).count()
