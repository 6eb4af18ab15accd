"""Sending a filter's deliveries again as long work: batch by batch, the newest first."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode

from afterword.core.by_keys import array_of, by_keys
from afterword.core.instants import parse_instant
from afterword.core.keyset import newest_keys
from afterword.followups.models import Delivery
from afterword.followups.pages.again import FAILED, chosen, send_again
from afterword.followups.pages.delivery_search import Search
from afterword.long_work.kinds import Line, WorkKind
from afterword.long_work.models import Work
from afterword.long_work.start import start
from afterword.workspaces.models import Member, WorkspaceRows

BATCH = 1_000


@transaction.atomic
def start_again(
    member: Member, search: Search, which: str, asked_at: datetime, now: datetime
) -> Work:
    """Start it for what there was when somebody was asked, once for a form that is sent twice.

    `which` is one of `again.WHICH`.
    """
    Member.objects.select_for_update().get(id=member.id)
    asked = {"which": which, "query": search.query, "asked_at": asked_at.isoformat()}
    before = Work.objects.visible_to(member).filter(kind=AGAIN.name, by=member.user)
    found = before.filter(parameters=asked).first()
    return found or start(member.workspace_id, AGAIN, asked, now, by=member.user)


def step(work: Work, now: datetime) -> bool:
    """Look at the next ones, wherever they stand: what was sent again by it is not met again."""
    search, rows = _asked(work)
    if work.total is None:
        work.total = rows.count()
    page = newest_keys(rows, "created_at", work.cursor or "", BATCH)
    found = by_keys(Delivery.objects.visible_to(work), array_of(page.rows))
    count = send_again(chosen(search.standing(found), work.parameters["which"]), work.by_id, now)
    work.report = {"again": work.report.get("again", 0) + count}
    work.done += len(page.rows)
    work.cursor = page.after
    return not page.after


def _asked(work: Work) -> tuple[Search, WorkspaceRows[Delivery]]:
    """Return what was asked for, and the deliveries that may be meant."""
    search = Search.of(work.parameters["query"])
    asked_at = parse_instant(work.parameters["asked_at"])
    assert asked_at
    return search, search.wherever(work, asked_at).filter(created_at__lte=asked_at)


def _title(work: Work) -> str:
    return "Send what failed again" if work.parameters["which"] == FAILED else "Send all again"


def _report(work: Work) -> list[Line]:
    return [Line("To be sent again", f"{work.report.get('again', 0):,}")]


def _leads_to(work: Work) -> tuple[str, str]:
    query = urlencode(work.parameters["query"])
    return f"{reverse('followups:deliveries')}{'?' if query else ''}{query}", "To the deliveries"


AGAIN = WorkKind("followups.again", step, _title, _report, _leads_to, "deliveries")
