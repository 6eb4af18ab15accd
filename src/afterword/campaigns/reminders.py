"""The editor's section on reminders: shows them, adds, changes and removes them."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from afterword.campaigns.channels.in_app.placement import read_placement
from afterword.campaigns.editor.reminders_form import MOST_DAYS, NEEDS_OPENS, ReminderForm
from afterword.campaigns.editor.sections import find_campaign, show_section
from afterword.campaigns.models import MOST_REMINDERS, Campaign, Reminder
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
@transaction.atomic
def reminders(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    """Show all of them; a POST adds one."""
    campaign = find_campaign(request, member, campaign_id)
    if request.method != "POST":
        return _show(request, campaign, member)
    _lock(campaign)
    form = ReminderForm(campaign, request.POST)
    if form.is_valid():
        form.save()
        return _saved(request, campaign, "The reminder is added: surveys sent from now on have it.")
    return _show(request, campaign, member, new=form)


@require_POST
@for_changers
@transaction.atomic
def change(
    request: HttpRequest, member: Member, campaign_id: UUID, reminder_id: int
) -> HttpResponse:
    campaign = find_campaign(request, member, campaign_id)
    _lock(campaign)
    reminder = get_object_or_404(campaign.reminders, id=reminder_id)
    form = _form_of(campaign, reminder, request)
    if form.is_valid():
        form.save()
        return _saved(request, campaign, "The reminder is saved.")
    return _show(request, campaign, member, changed=form)


@require_POST
@for_changers
@transaction.atomic
def removal(
    request: HttpRequest, member: Member, campaign_id: UUID, reminder_id: int
) -> HttpResponse:
    campaign = find_campaign(request, member, campaign_id)
    get_object_or_404(campaign.reminders, id=reminder_id).delete()
    return _saved(request, campaign, "The reminder is removed.")


def _lock(campaign: Campaign) -> None:
    """Of two who add at once, neither makes a sixth."""
    Campaign.objects.select_for_update(no_key=True).get(id=campaign.id)


def _form_of(
    campaign: Campaign, reminder: Reminder, request: HttpRequest | None = None
) -> ReminderForm:
    given = request.POST if request else None
    return ReminderForm(campaign, given, instance=reminder, auto_id=f"id_{reminder.id}_%s")


def _next(campaign: Campaign, rows: Sequence[Reminder]) -> ReminderForm:
    """Suggest a reminder some days after the last one."""
    days = min(max((row.after_days for row in rows), default=-1) + 4, MOST_DAYS)
    return ReminderForm(campaign, initial={"after_days": days})


def _saved(request: HttpRequest, campaign: Campaign, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("campaigns:reminders", campaign.id)


def _show(
    request: HttpRequest,
    campaign: Campaign,
    member: Member,
    *,
    new: ReminderForm | None = None,
    changed: ReminderForm | None = None,
) -> HttpResponse:
    rows = list(campaign.reminders.select_related("template").order_by("position"))
    forms = [
        changed if changed and changed.instance.id == row.id else _form_of(campaign, row)
        for row in rows
    ]
    return show_section(
        request,
        campaign,
        "reminders",
        changed or new,
        forms=forms,
        new=new or (_next(campaign, rows) if len(rows) < MOST_REMINDERS else None),
        waits_for_opens=not member.workspace.tracks_opens
        and any(row.when in NEEDS_OPENS for row in rows),
        tracks_opens=member.workspace.tracks_opens,
        most=MOST_REMINDERS,
        placement=read_placement(campaign.in_app),
    )
