"""How fast surveys are claimed with a thousand of them waiting, and with a million."""

import time
from statistics import median
from uuid import uuid4

from bench.ingest import Row
from bench.mails import prepare
from bench.prepared import database

FEW, MANY = 1_000, 1_000_000
ROUNDS = 10  # of a thousand claims each


def run() -> list[Row]:
    with database():
        from django.db import connection

        from afterword.surveys.models import Invitation
        from tests.factories import many_like

        prepare(FEW)
        few = measure()
        many_like(Invitation.objects.all()[0], MANY - FEW)
        many = measure()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sending_mail WHERE recipient LIKE 'copy%'")
        # Once more: the machine may have become another one meanwhile.
        baseline = median(few + measure())
    rate = median(many)
    name = f"claims with {MANY:,} surveys waiting, to {FEW:,}"
    return [Row(name, rate, "surveys/s", baseline, rate / baseline, "≥ 0.8 of it")]


def measure() -> list[float]:
    """Return the surveys a second of each round; afterwards all wait as before."""
    from django.db import connection
    from django.utils import timezone

    from afterword.sending.claim import claim_due, streams_waiting
    from afterword.sending.models import Mail, State
    from afterword.sending.route import CLAIM

    rates = []
    for _ in range(ROUNDS):
        now = timezone.now()
        Mail.objects.exclude(state=State.QUEUED).update(state=State.QUEUED)
        Mail.objects.filter(due_at__gt=now).update(due_at=now)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE sending_mail, customers_customer")
        claimed, began = 0, time.perf_counter()
        while claimed < FEW:
            campaigns = [one.stream_id for one in streams_waiting(now)]
            claimed += len(claim_due(uuid4(), now, CLAIM, campaigns).mails)
        rates.append(claimed / (time.perf_counter() - began))
    return rates


if __name__ == "__main__":
    for row in run():
        print(row)
