"""Give the surveys of dead workers back to living ones."""

from datetime import datetime

from django.db.models import Q

from afterword.surveys.models import State, Survey

DOUBTFUL = "It was being handed over twice when the connection or the worker was lost."


def rescue(now: datetime) -> None:
    """Decide what becomes of surveys whose lease ran out.

    Nothing was handed over of those only claimed. The others may have arrived: an answer proves
    it; without one they are sent once more, with the same Message-ID, and never a third time.
    """
    expired = Survey.objects.filter(lease_until__lt=now)
    expired.filter(state=State.CLAIMED).update(state=State.QUEUED, worker=None, lease_until=None)
    doubtful = expired.filter(state=State.HANDING_OVER)
    doubtful.filter(Q(answered_at__isnull=False) | Q(unsubscribed_at__isnull=False)).update(
        state=State.SENT, sent_at=now, worker=None, lease_until=None
    )
    doubtful.filter(handed_over__gte=2).update(
        state=State.PARKED, server_reply=DOUBTFUL, worker=None, lease_until=None
    )
    doubtful.update(state=State.QUEUED, worker=None, lease_until=None)
