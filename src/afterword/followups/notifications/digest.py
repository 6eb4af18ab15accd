"""Make the digests that are due, each of what was gathered since the last one."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterword.core.failpoints import failpoint
from afterword.followups.models import DIGEST, Delivery, State
from afterword.followups.notifications.models import Frequency, Notification
from afterword.followups.notifications.moments import next_moment
from afterword.followups.notifications.room import hand_over

AT_ONCE = 100


def next_digest(notification: Notification, after: datetime) -> datetime | None:
    if not notification.is_digest:
        return None
    weekday = notification.weekday if notification.frequency == Frequency.WEEKLY else None
    zone = ZoneInfo(notification.workspace.time_zone)
    return next_moment(after, zone, notification.hour, weekday)


def make_digests(now: datetime) -> int:
    """Make those that are due; return how many notifications that were."""
    due = Notification.objects.filter(enabled_at__isnull=False, digest_at__lte=now)
    ids = list(due.order_by("digest_at").values_list("id", flat=True)[:AT_ONCE])
    for id_ in ids:
        _make(id_, now)
    return len(ids)


@transaction.atomic
def _make(id_: UUID, now: datetime) -> None:
    rows = Notification.objects.select_related("workspace").select_for_update(
        of=("self",), skip_locked=True
    )
    notification = rows.filter(id=id_, digest_at__lte=now, enabled_at__isnull=False).first()
    if notification is None:
        return
    Notification.objects.filter(id=notification.id).update(digest_at=next_digest(notification, now))
    gathered = Delivery.objects.filter(
        notification=notification, state=State.GATHERED, due_at__lte=now
    )
    if not (notification.sends_empty or gathered.exists()):
        return
    digest = Delivery(
        workspace_id=notification.workspace_id,
        notification=notification,
        kind=DIGEST,
        happened_at=now,
        due_at=now,
        created_at=now,
    )
    hand_over(notification, [digest])
    digest.save()
    gathered.update(state=State.DELIVERED, settled_at=now, digest=digest)
    failpoint("before_digest_commit")
