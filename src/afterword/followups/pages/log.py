"""The log of a rule's deliveries: what was asked, what was answered, and once more."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterword.core.jobs import wake
from afterword.core.keyset import newest_first
from afterword.followups.engine.claim import again
from afterword.followups.models import TEST, Delivery, State
from afterword.followups.pages.deliveries import explain
from afterword.followups.pages.section import Section
from afterword.followups.pages.views import find_rule, show
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
        failed=_failed(rule.deliveries.all()).count(),
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
    rows = _chosen(rule.deliveries.all(), request.POST.get("delivery", ""))
    if rule.is_enabled:
        count = again(rows, timezone.now())
        wake("deliver")
        messages.success(request, f"{count} will be sent again, under the same id.")
    else:
        messages.error(request, f"Switch the {section.noun} on first.")
    where = section.key if campaign else f"workspace_{section.key}"
    ids = [campaign.id] if campaign else []
    return redirect(f"followups:{where}_log", *ids, rule.id)


def _failed(rows: "QuerySet[Delivery]") -> "QuerySet[Delivery]":
    """Return those that failed to tell of something: a test that failed told of nothing."""
    return rows.filter(state=State.FAILED).exclude(kind=TEST)


def _chosen(rows: "QuerySet[Delivery]", which: str) -> list[UUID]:
    if which == "failed":
        return list(_failed(rows).values_list("id", flat=True))
    try:
        return list(rows.filter(id=UUID(which)).values_list("id", flat=True))
    except ValueError:
        return []
