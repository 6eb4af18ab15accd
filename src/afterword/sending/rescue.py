"""Give the mails of dead workers back to living ones."""

from collections.abc import Callable, Collection
from datetime import datetime
from itertools import chain
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from afterword.happenings.note import note
from afterword.sending.hand_over import DOUBT, Accepted, Group, commit
from afterword.sending.kinds import First, all_kinds, happened, kind_called
from afterword.sending.lease import Held
from afterword.sending.models import MOST_HAND_OVERS, Mail, State

TWICE = "It was being handed over twice when the connection or the worker was lost."
FIVE = "Five workers were lost while they composed this."
NO_SIGN = "The worker was lost while it handed this over; it is not known whether it arrived."

MOST_ORPHANED = 5

Evidence = Callable[[Collection[UUID]], Collection[Accepted]]


def suspect(held: Held) -> None:
    """Note that a worker was lost while it composed this, or just after it had."""
    claimed = Mail.objects.filter(id=held.id, attempt=held.attempt, state=State.CLAIMED)
    claimed.update(orphaned=F("orphaned") + 1)


def rescue(now: datetime, evidence: Evidence = lambda _: ()) -> None:
    """Decide what becomes of mails whose lease ran out.

    Nothing was handed over of those only claimed; one of which MOST_ORPHANED workers were suspected
    to have died is set aside. The others may have arrived: look for `evidence` (the journals of
    this machine's workers) and for signs of what people and servers did since. Without any for
    DOUBT seconds they are sent once more, with the same Message-ID, and never a third time.
    """
    expired = Mail.objects.filter(lease_until__lt=now)
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
    _believe_signs(ids, now)
    doubtful.filter(worker__isnull=False).update(
        worker=None, lease_until=now + DOUBT, server_reply=NO_SIGN
    )
    doubtful.filter(handed_over__gte=MOST_HAND_OVERS).update(
        state=State.PARKED, server_reply=TWICE, ended_at=now, worker=None, lease_until=None
    )
    doubtful.update(state=State.QUEUED, worker=None, lease_until=None)


def _believe_signs(ids: Collection[UUID], now: datetime) -> None:
    """Take for sent what shows signs of having arrived, in its own row or by its kind's word."""
    told = " ".join(f"WHEN '{kind.name}' THEN ({kind.has_arrived})" for kind in all_kinds())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_SIGNS.format(told=told), [now, list(ids), now])
            found = cursor.fetchall()
        for name in {kind for _, kind, _ in found}:
            kind_called(name).heard([id_ for id_, kind, _ in found if kind == name], now)
        sent = [happened(kind, id_, of, [First.SENT]) for id_, kind, of in found]
        note(list(chain.from_iterable(sent)), now)


# Nobody but who holds it changes what is in doubt, so its locks come in any order.
_SIGNS = """
    UPDATE sending_mail AS mail
    SET state = 'sent', sent_at = %s, worker = NULL, lease_until = NULL
    WHERE id = ANY(%s) AND state = 'handing_over' AND lease_until < %s
      AND (delivered_at IS NOT NULL OR complained_at IS NOT NULL
           OR CASE kind {told} ELSE false END)
    RETURNING id, kind, workspace_id
"""
