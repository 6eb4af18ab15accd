"""Settings → Inbound webhooks: their list, and a page for each with what came lately."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterword.campaigns.editor.sections import find_campaign
from afterword.core.keyset import newest_first
from afterword.events.models import Event
from afterword.hooks.forms import HookForm
from afterword.hooks.mapping import MappingRefused, find, read_mapping
from afterword.hooks.models import Hook, HookCall
from afterword.hooks.payload import read_excerpt
from afterword.hooks.presets import preset_of
from afterword.hooks.receive import paths_of
from afterword.hooks.setup import address_of, make_for
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member


@require_safe
@for_members
def hooks(request: HttpRequest, member: Member) -> HttpResponse:
    rows = Hook.objects.visible_to(member).select_related("campaign").order_by("name", "id")
    return render(request, "hooks/list.html", {"hooks": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def new_hook(request: HttpRequest, member: Member) -> HttpResponse:
    form = HookForm(Hook(workspace=member.workspace), request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        messages.success(request, "The webhook is made: its address is below.")
        return redirect("hooks:hook", made.id)
    status = 422 if form.is_bound else 200
    return render(request, "hooks/new.html", {"form": form}, status=status)


# Whoever knows the key of a webhook may post to it: pages that have it in their address are for
# those who may change things.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
@transaction.atomic
def hook(request: HttpRequest, member: Member, hook_id: UUID) -> HttpResponse:
    if request.method != "POST":
        found = _find(member, hook_id)
        return show(request, member, found, HookForm(found))
    return change(request, hook_id=hook_id)  # type: ignore[return-value]


@require_POST
@for_changers
@transaction.atomic
def change(request: HttpRequest, member: Member, hook_id: UUID) -> HttpResponse:
    found = _find(member, hook_id, lock=True)
    form = HookForm(found, request.POST)
    if not form.is_valid():
        return show(request, member, _find(member, hook_id), form)
    form.save()
    messages.success(request, "The webhook is saved.")
    return redirect("hooks:hook", hook_id)


@require_POST
@for_changers
def preview(request: HttpRequest, member: Member, hook_id: UUID) -> HttpResponse:
    """Show what the typed places find in what came last; changes nothing."""
    found = _find(member, hook_id)
    text = request.POST.get("mapping_text", "")
    try:
        mapped = read_mapping(text) if text.strip() else preset_of(found.service).paths
    except MappingRefused as refusal:
        return render(request, "hooks/preview.html", {"problem": str(refusal)})
    return render(request, "hooks/preview.html", _found_last(found, mapped))


@require_POST
@for_changers
def make_for_campaign(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    make_for(find_campaign(request, member, campaign_id))
    return redirect("campaigns:setup", campaign_id)


def show(
    request: HttpRequest, member: Member, found: Hook, form: HookForm, secret: str = ""
) -> HttpResponse:
    """Show a webhook's page, with the secret that was just made."""
    cursor = request.GET.get("after", "")
    page = newest_first(found.calls.visible_to(member), "received_at", cursor)
    context: dict[str, Any] = {
        "hook": found,
        "form": form,
        "secret": secret,
        "address": address_of(found),
        "preset": preset_of(found.service),
        "calls": _with_events(page.rows, member),
        "after": page.after,
        "cursor": cursor,
        **_found_last(found, paths_of(found)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "hooks/hook.html", context, status=status)


def _find(member: Member, hook_id: UUID, *, lock: bool = False) -> Hook:
    rows = Hook.objects.visible_to(member).select_related("campaign")
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    return get_object_or_404(rows, id=hook_id)


def _found_last(found: Hook, mapped: Any) -> dict[str, Any]:
    last = found.calls.order_by("-received_at", "-id").first()
    payload = read_excerpt(last.excerpt) if last else None
    if last is None or payload is None:
        return {"last": last, "filled": None}
    filled = find(payload, mapped)
    named = {name: (filled.by_path.get(name, ""), filled.fields.get(name)) for name in mapped}
    others = {name: value for name, value in filled.fields.items() if name not in mapped}
    return {"last": last, "filled": named, "others_found": others, "address_found": filled.email}


def _with_events(calls: Iterable[HookCall], member: Member) -> list[tuple[HookCall, Event | None]]:
    """Each call with the event that it made, which knows what was decided."""
    rows = list(calls)
    wanted = [call.message_id for call in rows if call.message_id]
    found = Event.objects.visible_to(member).filter(message_id__in=wanted)
    events = {event.message_id: event for event in found.prefetch_related("decisions__campaign")}
    return [(call, events.get(call.message_id)) for call in rows]
