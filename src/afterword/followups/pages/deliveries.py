"""Every delivery of a workspace: what became of it, why, and once more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from afterword.core.among import among
from afterword.core.by_keys import array_of, by_keys
from afterword.core.ids import parsed_id
from afterword.core.instants import parse_instant
from afterword.core.jobs import wake
from afterword.core.keyset import newest_first, uncounted
from afterword.core.looking import Looked, look_for
from afterword.followups.engine.claim import again
from afterword.followups.models import TEST, Delivery, State
from afterword.followups.pages.delivery_search import (
    KINDS,
    PERIODS,
    Search,
    Stand,
    stand_of,
    standing,
)
from afterword.followups.pages.mail_words import mail_words
from afterword.followups.pages.sections import SECTIONS
from afterword.followups.pages.views import tabs
from afterword.sending.again import queue_again
from afterword.sending.models import Mail
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member, WorkspaceRows

PAGE = 25
COUNTED_AT_MOST = 5_000  # deliveries that are looked at
_IS_ON = (
    Q(webhook__enabled_at__isnull=False)
    | Q(notification__enabled_at__isnull=False)
    | Q(autoresponder__enabled_at__isnull=False)
)


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
        "rules": _rules(member),
        "stands": list(Stand),
        "periods": PERIODS,
        "again": _counted(search, member, now),
        "asked_at": now.isoformat(),
        "has_any": bool(page.rows or page.looked_at) or Delivery.objects.visible_to(member).exists(),
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


@dataclass(frozen=True, slots=True)
class Again:
    """How many of a filter may be sent again; None where they are too many to be counted."""

    failed: int | None
    all: int | None


def _counted(search: Search, member: Member, now: datetime) -> Again:
    """Count them, unless so many are looked at for it that a page would have to wait."""
    has_all = search.kind == "webhook"
    newest = search.wherever(member, now).order_by("-created_at", "-id")
    keys = [*newest.values_list("id", flat=True)[: COUNTED_AT_MOST + 1]]
    if len(keys) > COUNTED_AT_MOST:
        may_have_failed = search.stand in {None, Stand.FAILED}
        return Again(None if may_have_failed else 0, None if has_all else 0)
    rows = search.standing(by_keys(Delivery.objects.visible_to(member), array_of(keys)))
    settled = rows.filter(webhook__isnull=False).exclude(state__in=[State.WAITING, State.SENDING])
    return Again(
        _may_go(standing(rows, Stand.FAILED)).count(), _may_go(settled).count() if has_all else 0
    )


@require_POST
@for_changers
@transaction.atomic
def replay(request: HttpRequest, member: Member) -> HttpResponse:
    """Deliver one once more, all of a filter that failed, or all of a filter that a webhook told.

    Those that came after the page was shown are left: nobody was asked about them.
    """
    now, given = timezone.now(), request.POST
    search = Search.of(given.dict())
    rows = search.find(member, now).filter(
        created_at__lte=parse_instant(given.get("asked_at", "")) or now
    )
    which = given.get("delivery", "")
    if which == "failed":
        rows = standing(rows, Stand.FAILED)
    elif which == "all":
        rows = rows.filter(webhook__isnull=False)
    else:
        id_ = parsed_id(which)
        rows = rows.filter(id=id_) if id_ else rows.none()
    count = _again(_may_go(rows), member, now) if rows.exists() else 0
    if count:
        messages.success(request, f"{count:,} will be sent again. Webhooks keep their ids.")
    else:
        messages.error(request, "Nothing can be sent again. Is its rule switched on?")
    return redirect(f"{reverse('followups:deliveries')}?{urlencode(search.query)}")


def _may_go(rows: WorkspaceRows[Delivery]) -> WorkspaceRows[Delivery]:
    return rows.filter(_IS_ON).exclude(kind=TEST)


def _again(rows: WorkspaceRows[Delivery], member: Member, now: datetime) -> int:
    ids, mail_ids = [], []
    for id_, lane, of_mails in rows.values_list("id", "lane", "mail_ids"):
        if lane:
            ids.append(id_)
        mail_ids += of_mails
    count = again(ids, now)
    wake("deliver")
    mails = Mail.objects.filter(id__in=among(mail_ids))
    return count + queue_again(mails, member.user_id, now)


def explain(rows: Iterable[Delivery], zone: tzinfo) -> None:
    """Give deliveries their mails, where they stand and what is to be said; one query."""
    rows = list(rows)
    found = Mail.objects.in_bulk([id_ for row in rows for id_ in row.mail_ids])
    for row in rows:
        mails = [found[id_] for id_ in row.mail_ids if id_ in found]
        row.told = [(mail, mail_words(mail, zone)) for mail in mails]
        row.stand = stand_of(row, mails)


def _rules(member: Member) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the rules there are by their kinds: key and name."""
    found = []
    for section in SECTIONS:
        rows = section.model._default_manager.filter(workspace=member.workspace)
        rules = [
            (str(rule.id), f"{rule} ({rule.campaign})" if rule.campaign else str(rule))
            for rule in rows.select_related("campaign").order_by("created_at", "id")
        ]
        found.append((section.name, rules))
    return found
