"""The log of a rule's deliveries: what was asked, what was answered, and once more."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterword.core.instants import parse_instant
from afterword.core.keyset import newest_first
from afterword.followups.models import State
from afterword.followups.pages.again import FAILED, counted, send_one_again
from afterword.followups.pages.again_work import start_again
from afterword.followups.pages.deliveries import explain
from afterword.followups.pages.delivery_search import Search
from afterword.followups.pages.section import Section
from afterword.followups.pages.views import find_rule, show
from afterword.followups.rules import Rule
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member

PAGE = 25


@require_safe
@for_members
def log(
    request: HttpRequest,
    member: Member,
    section: Section,
    rule_id: UUID,
    campaign_id: UUID | None = None,
) -> HttpResponse:
    campaign, rule = find_rule(member, section, rule_id, campaign_id)
    now = timezone.now()
    rows = rule.deliveries.prefetch_related("attempts")
    state = request.GET.get("state", "")
    if state in State:
        rows = rows.filter(state=state)
    cursor = request.GET.get("after", "")
    page = newest_first(rows, "created_at", cursor, PAGE)
    explain(page.rows, timezone.get_current_timezone())
    return show(
        request,
        campaign,
        section,
        "log",
        rule=rule,
        deliveries=page.rows,
        after=page.after,
        cursor=cursor,
        state=state,
        states=State.choices,
        asked_at=now.isoformat(),
        again=counted(_all_of(rule), member, now),
    )


@require_POST
@for_changers
def replay(
    request: HttpRequest,
    member: Member,
    section: Section,
    rule_id: UUID,
    campaign_id: UUID | None = None,
) -> HttpResponse:
    """Send one once more, or all that failed."""
    campaign, rule = find_rule(member, section, rule_id, campaign_id)
    now, given = timezone.now(), request.POST
    which = given.get("delivery", "")
    if not rule.is_enabled:
        messages.error(request, f"Switch the {section.noun} on first.")
    elif which == FAILED:
        asked_at = parse_instant(given.get("asked_at", "")) or now
        work = start_again(member, _all_of(rule), FAILED, asked_at, now)
        return redirect("long_work:work", work.id)
    elif send_one_again(_all_of(rule).wherever(member, now), which, member, now):
        messages.success(request, "1 will be sent again, under the same id.")
    else:
        messages.error(request, "This cannot be sent again.")
    where = section.key if campaign else f"workspace_{section.key}"
    ids = [campaign.id] if campaign else []
    return redirect(f"followups:{where}_log", *ids, rule.id)


def _all_of(rule: Rule) -> Search:
    return Search(kind=str(rule._meta.model_name), rule_id=rule.id)
