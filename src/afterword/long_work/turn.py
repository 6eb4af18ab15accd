"""Does the work that waits, batch by batch: one at a time in the whole installation.

Events and mail have the other hands. Who was worked on longest ago comes next, so that a small
piece of work does not wait until a large one is done.
"""

import time
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from afterword.core.clock import database_now
from afterword.core.failpoints import failpoint
from afterword.core.garbage import search_put_off
from afterword.long_work.kinds import kind_of
from afterword.long_work.models import Work

TURN = 5.0  # seconds before a worker asks again whether others need it more
MOST_ATTEMPTS = 5  # at one batch
FAILED = (
    "It failed five times at the same place, and was given up; the log says why. "
    "What was done until then stays."
)


def take_turn() -> bool:
    """Work for some seconds; return whether something is left."""
    ends = time.monotonic() + TURN
    while time.monotonic() < ends:
        if not work_once():
            return False
    return True


def is_any_open() -> bool:
    return Work.objects.filter(ended_at=None).exists()


def work_once() -> bool:
    """Do the next batch; False if none waits, or somebody else is at one."""
    work = _begin(database_now())
    return work is not None and _do_batch(work)


@transaction.atomic
def _begin(now: datetime) -> Work | None:
    """Choose whose batch comes next, and note that it was begun, lest one kill workers forever.

    **Committed** before the batch. Work that fails again and again ends here.
    """
    if not _is_ours():
        return None
    waiting = Work.objects.filter(ended_at=None).select_for_update(skip_locked=True)
    work = waiting.order_by(F("worked_at").asc(nulls_first=True), "id").first()
    if work is None:
        return None
    work.attempts += 1
    work.started_at = work.started_at or now
    work.worked_at = now
    if work.attempts > MOST_ATTEMPTS:
        work.ended_at, work.failure = now, FAILED
    work.save(update_fields=["attempts", "started_at", "worked_at", "ended_at", "failure"])
    return work


def _do_batch(begun: Work) -> bool:
    """Do one batch and note how far it came, in one transaction: both are committed, or neither.

    The row is locked meanwhile, so nobody else does the same, and a cancellation waits.
    """
    with transaction.atomic():
        if not _is_ours():
            return False
        open_ = Work.objects.filter(id=begun.id, ended_at=None)
        work = open_.select_for_update(of=("self",)).select_related("workspace", "by").first()
        if work is not None:
            now = database_now()
            with search_put_off():
                is_over = kind_of(work).step(work, now)
            work.ended_at = now if is_over else None
            work.attempts = 0
            work.save(update_fields=["cursor", "done", "total", "report", "ended_at", "attempts"])
            failpoint("before_batch_commit")
    failpoint("after_batch_commit")
    return True


def _is_ours() -> bool:
    """One worker at a time, until its transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('long_work', 11))")
        return bool(cursor.fetchone()[0])
