"""Rules of a campaign, or of the workspace: shown, added, changed, switched, tried, deleted."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterword.campaigns.editor.sections import show_section
from afterword.campaigns.models import Campaign
from afterword.customers.properties import property_types
from afterword.followups.engine.claim import cancel_waiting
from afterword.followups.pages.section import Section
from afterword.followups.pages.sections import SECTIONS
from afterword.followups.rules import Rule, forget, save
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member


@require_safe
@for_members
def followups(request: HttpRequest, member: Member) -> HttpResponse:
    return redirect(f"followups:workspace_{SECTIONS[0].key}")


@require_safe
@for_members
def rules(
    request: HttpRequest, member: Member, section: Section, campaign_id: UUID | None = None
) -> HttpResponse:
    campaign = find_campaign(member, campaign_id)
    rows = section.model._default_manager.filter(workspace=member.workspace, campaign=campaign)
    return show(
        request,
        campaign,
        section,
        "list",
        rules=rows.order_by("created_at", "id"),
        offers=_still_offered(section, campaign, rows) if campaign else [],
        types=property_types(member.workspace_id),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
@transaction.atomic
def new_rule(
    request: HttpRequest, member: Member, section: Section, campaign_id: UUID | None = None
) -> HttpResponse:
    campaign = find_campaign(member, campaign_id)
    rule = section.model(
        workspace=member.workspace, campaign=campaign, **_offered(request, section, campaign)
    )
    form = section.form(rule, request.POST or None)
    if request.method == "POST" and form.is_valid():
        save(form.complete(), timezone.now(), enabled=form.cleaned_data["enabled"])
        secret = section.made(rule)
        if secret:
            return show(request, campaign, section, "made", rule=rule, secret=secret)
        return _done(request, campaign, section, f"The {section.noun} is added.")
    return show(request, campaign, section, "rule", form=form, rule=rule, is_new=True)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
@transaction.atomic
def rule(
    request: HttpRequest,
    member: Member,
    section: Section,
    rule_id: UUID,
    campaign_id: UUID | None = None,
) -> HttpResponse:
    if request.method == "POST":
        return change(request, section=section, rule_id=rule_id, campaign_id=campaign_id)  # type: ignore[return-value]
    campaign, found = find_rule(member, section, rule_id, campaign_id)
    return show(request, campaign, section, "rule", form=section.form(found), rule=found)


@require_POST
@for_changers
@transaction.atomic
def change(
    request: HttpRequest,
    member: Member,
    section: Section,
    rule_id: UUID,
    campaign_id: UUID | None = None,
) -> HttpResponse:
    campaign, found = find_rule(member, section, rule_id, campaign_id, lock=True)
    form = section.form(found, request.POST)
    if not form.is_valid():
        return show(request, campaign, section, "rule", form=form, rule=found)
    _switch(form.complete(), enabled=form.cleaned_data["enabled"])
    return _done(request, campaign, section, f"The {section.noun} is saved.")


@require_POST
@for_changers
@transaction.atomic
def switch(
    request: HttpRequest,
    member: Member,
    section: Section,
    rule_id: UUID,
    campaign_id: UUID | None = None,
) -> HttpResponse:
    campaign, found = find_rule(member, section, rule_id, campaign_id, lock=True)
    enabled = request.POST.get("enabled") == "1"
    _switch(found, enabled=enabled)
    state = "on" if enabled else "off"
    return _done(request, campaign, section, f"The {section.noun} is {state}.")


@require_POST
@for_changers
@transaction.atomic
def removal(
    request: HttpRequest,
    member: Member,
    section: Section,
    rule_id: UUID,
    campaign_id: UUID | None = None,
) -> HttpResponse:
    campaign, found = find_rule(member, section, rule_id, campaign_id, lock=True)
    forget(found)
    return _done(request, campaign, section, f"The {section.noun} is deleted.")


@require_POST
@for_changers
@transaction.atomic
def secret(
    request: HttpRequest,
    member: Member,
    section: Section,
    rule_id: UUID,
    campaign_id: UUID | None = None,
) -> HttpResponse:
    """Change the rule's secret; the new one is shown this once."""
    campaign, found = find_rule(member, section, rule_id, campaign_id, lock=True)
    if section.rotate is None:
        raise Http404
    new = section.rotate(found, timezone.now())
    return show(request, campaign, section, "made", rule=found, secret=new, is_changed=True)


@require_POST
@for_changers
def trial(
    request: HttpRequest,
    member: Member,
    section: Section,
    rule_id: UUID,
    campaign_id: UUID | None = None,
) -> HttpResponse:
    campaign, found = find_rule(member, section, rule_id, campaign_id)
    done, words = section.trial(found, member, timezone.now())
    (messages.success if done else messages.error)(request, words)
    where = _where(section, campaign)
    if section.has_log:
        return redirect(f"followups:{where}_log", *_ids(campaign), found.id)
    return redirect(f"followups:{where}", *_ids(campaign))


def find_campaign(member: Member, campaign_id: UUID | None) -> Campaign | None:
    if campaign_id is None:
        return None
    rows = Campaign.objects.visible_to(member).select_related("template")
    return get_object_or_404(rows, id=campaign_id)


def find_rule(
    member: Member,
    section: Section,
    rule_id: UUID,
    campaign_id: UUID | None,
    *,
    lock: bool = False,
) -> tuple[Campaign | None, Any]:
    campaign = find_campaign(member, campaign_id)
    rows = section.model._default_manager.filter(workspace=member.workspace, campaign=campaign)
    if lock:
        rows = rows.select_for_update(no_key=True)
    return campaign, get_object_or_404(rows, id=rule_id)


def show(
    request: HttpRequest, campaign: Campaign | None, section: Section, page: str, **context: Any
) -> HttpResponse:
    """Show a page of a section, within the campaign's editor or by itself."""
    where = _where(section, campaign)
    context |= {
        "kind": section,
        "now": timezone.now(),
        "base": f"followups:{where}",
        "ids": _ids(campaign),
        "frame": "campaigns/editor.html" if campaign else "followups/workspace.html",
    }
    template = f"followups/{page}.html"
    form = context.pop("form", None)
    if campaign:
        return show_section(request, campaign, section.key, form, template, **context)
    status = 422 if form is not None and form.is_bound else 200
    context |= {"form": form, "section": section.name, "tabs": tabs(section.key)}
    return render(request, template, context, status=status)


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """Return the workspace's pages: name, address, whether it is the one at hand."""
    found = [
        (one.key, one.name, reverse(f"followups:workspace_{one.key}"))
        for one in SECTIONS
        if one.for_workspace
    ]
    found.append(("deliveries", "Deliveries", reverse("followups:deliveries")))
    return [(name, address, key == current) for key, name, address in found]


def _still_offered(
    section: Section, campaign: Campaign, rows: QuerySet[Any]
) -> list[tuple[int, dict[str, Any]]]:
    """Return what is offered with its number, but for what a rule of the campaign follows."""
    followed = {event for events in rows.values_list("events", flat=True) for event in events}
    offers = enumerate(section.offers(campaign))
    return [(number, offer) for number, offer in offers if followed.isdisjoint(offer["events"])]


def _offered(request: HttpRequest, section: Section, campaign: Campaign | None) -> dict[str, Any]:
    number = request.GET.get("offer", "")
    offers = section.offers(campaign)
    return offers[int(number)] if number in {str(n) for n in range(len(offers))} else {}


def _switch(rule: Rule, *, enabled: bool) -> None:
    now = timezone.now()
    save(rule, now, enabled=enabled)
    if not enabled:
        cancel_waiting(rule, now)


def _done(
    request: HttpRequest, campaign: Campaign | None, section: Section, said: str
) -> HttpResponse:
    messages.success(request, said)
    return redirect(f"followups:{_where(section, campaign)}", *_ids(campaign))


def _where(section: Section, campaign: Campaign | None) -> str:
    return section.key if campaign else f"workspace_{section.key}"


def _ids(campaign: Campaign | None) -> list[UUID]:
    return [campaign.id] if campaign else []
