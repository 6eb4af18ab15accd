"""Which deliveries may be sent again, how many those are, and sending some."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from afterword.core.among import among
from afterword.core.by_keys import array_of, by_keys
from afterword.core.ids import parsed_id
from afterword.core.jobs import wake
from afterword.followups.engine.claim import again
from afterword.followups.models import TEST, Delivery, State
from afterword.followups.pages.delivery_search import Search, Stand, standing
from afterword.sending.again import queue_again
from afterword.sending.models import Mail
from afterword.workspaces.models import Member, WorkspaceRows

COUNTED_AT_MOST = 5_000  # deliveries that are looked at
FAILED, ALL = "failed", "all"
WHICH = (FAILED, ALL)  # of a filter
_IS_ON = (
    Q(webhook__enabled_at__isnull=False)
    | Q(notification__enabled_at__isnull=False)
    | Q(autoresponder__enabled_at__isnull=False)
)


@dataclass(frozen=True, slots=True)
class Again:
    """How many of a filter may be sent again; None where they are too many to be counted."""

    failed: int | None
    all: int | None


def counted(search: Search, member: Member, now: datetime) -> Again:
    """Count them, unless so many are looked at for it that a page would have to wait."""
    has_all = search.kind == "webhook"
    newest = search.wherever(member, now).order_by("-created_at", "-id")
    keys = [*newest.values_list("id", flat=True)[: COUNTED_AT_MOST + 1]]
    if len(keys) > COUNTED_AT_MOST:
        may_have_failed = search.stand in {None, Stand.FAILED}
        return Again(None if may_have_failed else 0, None if has_all else 0)
    rows = search.standing(by_keys(Delivery.objects.visible_to(member), array_of(keys)))
    settled = rows.exclude(state__in=[State.WAITING, State.SENDING])
    return Again(chosen(rows, FAILED).count(), chosen(settled, ALL).count() if has_all else 0)


def chosen(rows: WorkspaceRows[Delivery], which: str) -> WorkspaceRows[Delivery]:
    """Keep what failed, or all that a webhook told, where it may go: a test told of nothing."""
    kept = standing(rows, Stand.FAILED) if which == FAILED else rows.filter(webhook__isnull=False)
    return _may_go(kept)


def _may_go(rows: WorkspaceRows[Delivery]) -> WorkspaceRows[Delivery]:
    return rows.filter(_IS_ON).exclude(kind=TEST)


@transaction.atomic
def send_one_again(rows: WorkspaceRows[Delivery], key: str, member: Member, now: datetime) -> bool:
    """Send the one with this key, which a person wrote; return whether it can be."""
    id_ = parsed_id(key)
    return bool(id_ and send_again(_may_go(rows.filter(id=id_)), member.user_id, now))


def send_again(rows: WorkspaceRows[Delivery], by: UUID | None, now: datetime) -> int:
    """Deliver once more what is settled of them, for the user `by`; return how much that is.

    Five queries; within the caller's transaction.
    """
    ids, mail_ids = [], []
    for id_, lane, of_mails in rows.values_list("id", "lane", "mail_ids"):
        if lane:
            ids.append(id_)
        mail_ids += of_mails
    count = again(ids, now)
    wake("deliver")
    mails = Mail.objects.filter(id__in=among(mail_ids))
    return count + queue_again(mails, by, now)
