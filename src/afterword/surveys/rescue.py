"""Give the surveys of dead workers back to living ones."""

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from afterword.surveys.hand_over import DOUBT, Accepted, Group, commit
from afterword.surveys.lease import Held
from afterword.surveys.models import MOST_HAND_OVERS, State, Survey

TWICE = "It was being handed over twice when the connection or the worker was lost."
FIVE = "Five workers were lost while they composed this."
NO_SIGN = "The worker was lost while it handed this over; it is not known whether it arrived."

MOST_ORPHANED = 5

# What can only have happened to a mail that arrived.
_ARRIVED = (
    Q(answered_at__isnull=False)
    | Q(unsubscribed_at__isnull=False)
    | Q(delivered_at__isnull=False)
    | Q(opened_at__isnull=False)
    | Q(machine_opened_at__isnull=False)
    | Q(clicked_at__isnull=False)
    | Q(complained_at__isnull=False)
    | Q(hits__isnull=False)  # one of its links was fetched, be it by a machine
)
Evidence = Callable[[Collection[UUID]], Collection[Accepted]]


def suspect(held: Held) -> None:
    """Note that a worker was lost while it composed this, or just after it had."""
    claimed = Survey.objects.filter(id=held.id, attempt=held.attempt, state=State.CLAIMED)
    claimed.update(orphaned=F("orphaned") + 1)


def rescue(now: datetime, evidence: Evidence = lambda _: ()) -> None:
    """Decide what becomes of surveys whose lease ran out.

    Nothing was handed over of those only claimed; one of which MOST_ORPHANED workers were suspected
    to have died is set aside. The others may have arrived: look for
    `evidence` (the journals of this machine's workers) and for what people and servers did since.
    Without any for DOUBT seconds they are sent once more, with the same Message-ID, and never a
    third time.
    """
    expired = Survey.objects.filter(lease_until__lt=now)
    claimed = expired.filter(state=State.CLAIMED)
    claimed.filter(orphaned__gte=MOST_ORPHANED).update(
        state=State.PARKED, server_reply=FIVE, ended_at=now, worker=None, lease_until=None
    )
    claimed.update(state=State.QUEUED, worker=None, lease_until=None)
    doubtful = expired.filter(state=State.HANDING_OVER)
    ids = list(doubtful.values_list("id", flat=True)[:10_000])
    if not ids:
        return
    if accepted := evidence(ids):
        commit(Group(sent=list(accepted)), now)
    doubtful = doubtful.filter(id__in=ids)
    doubtful.filter(_ARRIVED).update(state=State.SENT, sent_at=now, worker=None, lease_until=None)
    doubtful.filter(worker__isnull=False).update(
        worker=None, lease_until=now + DOUBT, server_reply=NO_SIGN
    )
    doubtful.filter(handed_over__gte=MOST_HAND_OVERS).update(
        state=State.PARKED, server_reply=TWICE, ended_at=now, worker=None, lease_until=None
    )
    doubtful.update(state=State.QUEUED, worker=None, lease_until=None)
