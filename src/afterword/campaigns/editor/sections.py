"""The campaign editor: one page for each section, which shows it and saves it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import BaseForm, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from afterword.campaigns.activation import NO_EVENTS, Missing, what_is_missing
from afterword.campaigns.creation import why_not_deleted
from afterword.campaigns.editor.audience_form import AudienceForm
from afterword.campaigns.editor.forms import NameForm, TemplateForm, candidates
from afterword.campaigns.editor.later_sections import later_address, with_later
from afterword.campaigns.editor.later_setups import note_chosen
from afterword.campaigns.editor.queued import queued_words
from afterword.campaigns.editor.regular_form import RegularForm
from afterword.campaigns.editor.schedule_form import ScheduleForm
from afterword.campaigns.models import Campaign, CampaignType, Service
from afterword.customers.values import PropertyType
from afterword.web.way_back import onward
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member, Role

SECTIONS = {
    "edit": "Template",
    "audience": "Audience",
    "schedule": "Schedule",
    "in_app": "Look and pages",
    "reminders": "Reminders",
    "setup": "Setup",
    "link": "Link",
    "name": "Name, labels",
}


# Sections that mean nothing to a type of campaign, or to a channel.
_HIDDEN = {
    "transactional": {"link", "in_app"},
    "regular": {"setup", "link", "in_app"},
    "link": {"audience", "schedule", "reminders", "setup", "in_app"},
    "inapp": {"link"},
}


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    address: str
    is_current: bool
    is_done: bool | None  # None: nothing needs to be done there


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
@transaction.atomic
def template(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = find_campaign(request, member, campaign_id)
    form = TemplateForm(request.POST or None, instance=campaign)
    if _is_sent(request, form):
        _save_changed(form)
        return _saved(request, campaign, "edit", "The template is assigned.")
    kept = find_campaign(request, member, campaign_id)
    templates = list(candidates(campaign).with_brand())
    usable = [each.id for each in templates if each.has_logo]
    return show_section(
        request,
        kept,
        "edit",
        form,
        templates=templates,
        lacks_logo=len(usable) < len(templates),
        chosen_id=_chosen(request.GET.get("made"), kept, usable),
    )


def _chosen(made: str | None, campaign: Campaign, usable: Sequence[UUID]) -> UUID | None:
    """Return the template to tick: the one that was made on the way from here, or the assigned."""
    just_made = next((each for each in usable if str(each) == made), None)
    only = usable[0] if len(usable) == 1 else None  # a choice of one is no question
    return just_made or campaign.template_id or only


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
@transaction.atomic
def audience(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = find_campaign(request, member, campaign_id)
    form = AudienceForm(campaign, types_of(member), request.POST or None)
    return save_section(request, campaign, "audience", form, form.save)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
@transaction.atomic
def schedule(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = find_campaign(request, member, campaign_id)
    if campaign.is_regular:
        regular = RegularForm(campaign, request.POST or None)
        if _is_sent(request, regular):
            regular.save()
            return _saved(request, campaign, "schedule")
        return show_section(
            request, campaign, "schedule", regular, template="campaigns/edit_regular.html"
        )
    form = ScheduleForm(campaign, request.POST or None)
    if _is_sent(request, form):
        form.save()
        note_chosen(campaign)
        return _saved(request, campaign, "schedule")
    return show_section(request, campaign, "schedule", form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
@transaction.atomic
def name(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = find_campaign(request, member, campaign_id)
    form = NameForm(request.POST or None, instance=campaign)
    if _is_sent(request, form):
        _save_changed(form)
        return _saved(request, campaign, "name")
    return show_section(
        request,
        find_campaign(request, member, campaign_id),
        "name",
        form,
        why_not_deleted=why_not_deleted(campaign),
    )


def find_campaign(request: HttpRequest, member: Member, campaign_id: UUID) -> Campaign:
    """Return the campaign; to change it takes more than to look at it."""
    if request.method == "POST" and not Role(member.role).may_change:
        raise PermissionDenied
    rows = Campaign.objects.visible_to(member).select_related("template", "workspace")
    if request.method == "POST":  # of two who save at once, the second sees the first
        rows = rows.select_for_update(no_key=True, of=("self",))
    return get_object_or_404(rows, id=campaign_id)


def types_of(member: Member) -> dict[str, PropertyType]:
    rows = member.workspace.properties.order_by("name").values_list("name", "type")
    return {name: PropertyType(kind) for name, kind in rows}


def _is_sent(request: HttpRequest, form: BaseForm) -> bool:
    return request.method == "POST" and form.is_valid()


def _save_changed(form: ModelForm) -> None:  # type: ignore[type-arg]
    """Save only the form's fields: the campaign may be switched off or on meanwhile."""
    form.instance.save(update_fields=[*form.fields, "updated_at"])


def save_section(
    request: HttpRequest, campaign: Campaign, section: str, form: BaseForm, save: Callable[[], None]
) -> HttpResponse:
    """Save what was sent and lead on, or show the section with what is wrong."""
    if _is_sent(request, form):
        save()
        return _saved(request, campaign, section)
    return show_section(request, campaign, section, form)


def _saved(request: HttpRequest, campaign: Campaign, section: str, said: str = "") -> HttpResponse:
    messages.success(request, said or f"{SECTIONS[section]} saved.")
    return redirect(onward(request) or reverse(f"campaigns:{section}", args=[campaign.id]))


def show_section(
    request: HttpRequest,
    campaign: Campaign,
    section: str,
    form: BaseForm | None = None,
    template: str = "",
    **context: Any,
) -> HttpResponse:
    """Show a section on its page, or on another template that fits the campaign's type."""
    sections = _sections(campaign, section)
    context |= {
        "campaign": campaign,
        "form": form,
        "section": with_later(SECTIONS)[section],
        "sections": sections,
        "queued": queued_words(campaign, section),
        "next": _next(sections),
        # An answer to a form may stand at an address that shows nothing by itself.
        "here": next((each.address for each in sections if each.is_current), request.path),
        "missing": [_linked(campaign, each) for each in what_is_missing(campaign)],
        "advice": _linked(campaign, NO_EVENTS) if _names_no_event(campaign) else None,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, template or f"campaigns/edit_{section}.html", context, status=status)


def _names_no_event(campaign: Campaign) -> bool:
    is_by_events = campaign.service in ("", Service.SEGMENT)
    return campaign.type == CampaignType.TRANSACTIONAL and is_by_events and not campaign.events


def _linked(campaign: Campaign, missing: Missing) -> dict[str, str]:
    address = reverse(f"campaigns:{missing.section}", args=[campaign.id])
    return {"text": missing.text, "address": address}


def _sections(campaign: Campaign, current: str) -> list[Section]:
    done = {
        "edit": bool(campaign.template and campaign.template.has_logo),
        "schedule": bool(campaign.service) or campaign.first_after_days is not None,
    }
    hidden = _HIDDEN.get(campaign.channel) or _HIDDEN[campaign.type]
    shown = {key: name for key, name in with_later(SECTIONS).items() if key not in hidden}
    return [
        Section(
            name,
            later_address(key, campaign.id) or reverse(f"campaigns:{key}", args=[campaign.id]),
            key == current,
            done.get(key),
        )
        for key, name in shown.items()
    ]


def _next(sections: list[Section]) -> Section | None:
    """The section after the current one; Setup is the last step of setting up."""
    steps = [each for each in sections if each.name != SECTIONS["name"]]
    # A section that this kind of campaign does not have leads nowhere.
    here = next((index for index, each in enumerate(sections) if each.is_current), len(sections))
    return steps[here + 1] if here + 1 < len(steps) else None
