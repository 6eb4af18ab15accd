"""Every delivery of a workspace: what became of it, why, and once more."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from afterword.core.instants import parse_instant
from afterword.core.keyset import newest_first, uncounted
from afterword.core.looking import Looked, look_for
from afterword.followups.models import Delivery
from afterword.followups.pages.again import WHICH, counted, send_one_again
from afterword.followups.pages.again_work import start_again
from afterword.followups.pages.delivery_search import (
    KINDS,
    PERIODS,
    Search,
    Stand,
    stand_of,
)
from afterword.followups.pages.mail_words import mail_words
from afterword.followups.pages.sections import SECTIONS
from afterword.followups.pages.views import tabs
from afterword.sending.models import Mail
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member

PAGE = 25
MOST_RULES = 200  # of each kind, to choose from


class Rules(NamedTuple):
    """Rules of one kind to choose from: key and name."""

    name: str
    rules: list[tuple[str, str]]
    has_more: bool


@require_safe
@for_members
def deliveries(request: HttpRequest, member: Member) -> HttpResponse:
    now, search = timezone.now(), Search.of(request.GET.dict())
    cursor = request.GET.get("after", "")
    page = _found(search, member, now, cursor)
    explain(page.rows, timezone.get_current_timezone())
    context = {
        "section": "Deliveries",
        "tabs": tabs("deliveries"),
        "deliveries": page.rows,
        "after": page.after,
        "cursor": cursor,
        "looked_at": page.looked_at,
        "search": search,
        "kinds": KINDS,
        "rules": _rules(member, search.rule_id),
        "stands": list(Stand),
        "periods": PERIODS,
        "again": counted(search, member, now),
        "asked_at": now.isoformat(),
        "has_any": bool(page.rows or page.looked_at)
        or Delivery.objects.visible_to(member).exists(),
    }
    return render(request, "followups/deliveries.html", context)


def _found(search: Search, member: Member, now: datetime, cursor: str) -> Looked[Delivery]:
    related = [f"{kind}__campaign" for kind in KINDS]
    rows = search.wherever(member, now).select_related(*KINDS, *related)
    rows = rows.prefetch_related("attempts")
    if search.stand:
        return look_for(rows, search.standing, cursor, PAGE)
    page = newest_first(rows, "created_at", uncounted(cursor)[1], PAGE)
    return Looked(page.rows, page.after)


@require_POST
@for_changers
def replay(request: HttpRequest, member: Member) -> HttpResponse:
    """Deliver one once more, all of a filter that failed, or all of a filter that a webhook told.

    Those that came after the page was shown are left: nobody was asked about them.
    """
    now, given = timezone.now(), request.POST
    search, which = Search.of(given.dict()), given.get("delivery", "")
    if which in WHICH:
        asked_at = parse_instant(given.get("asked_at", "")) or now
        work = start_again(member, search, which, asked_at, now)
        return redirect("long_work:work", work.id)
    if send_one_again(search.wherever(member, now), which, member, now):
        messages.success(request, "1 will be sent again. Webhooks keep their ids.")
    else:
        messages.error(request, "Nothing can be sent again. Is its rule switched on?")
    return redirect(f"{reverse('followups:deliveries')}?{urlencode(search.query)}")


def explain(rows: Iterable[Delivery], zone: tzinfo) -> None:
    """Give deliveries their mails, where they stand and what is to be said; one query."""
    rows = list(rows)
    found = Mail.objects.in_bulk([id_ for row in rows for id_ in row.mail_ids])
    for row in rows:
        mails = [found[id_] for id_ in row.mail_ids if id_ in found]
        row.told = [(mail, mail_words(mail, zone)) for mail in mails]
        row.stand = stand_of(row, mails)


def _rules(member: Member, chosen: UUID | None) -> list[Rules]:
    """Return the rules to choose from, the newest where there are very many, and the chosen one."""
    found = []
    for section in SECTIONS:
        rows = section.model._default_manager.filter(workspace=member.workspace)
        rows = rows.select_related("campaign").order_by("-created_at", "-id")
        rules = list(rows[: MOST_RULES + 1])
        has_more, rules = len(rules) > MOST_RULES, rules[:MOST_RULES]
        if has_more and chosen and chosen not in {rule.id for rule in rules}:
            rules += rows.filter(id=chosen)
        named = [
            (str(rule.id), f"{rule} ({rule.campaign})" if rule.campaign else str(rule))
            for rule in reversed(rules)
        ]
        found.append(Rules(section.name, named, has_more))
    return found
