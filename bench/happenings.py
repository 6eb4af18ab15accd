"""What it costs a hand-over to note that surveys were sent, whoever listens.

Beside it the same statement that notes nothing, by turns in the same run.
"""

import time
from dataclasses import replace
from statistics import median
from uuid import UUID

from bench.ingest import Row
from bench.mails import prepare
from bench.prepared import database

MAILS, ROUNDS = 1_000, 6
GROUP = 4  # mails in a commit: one for each connection, as shipped


def run() -> list[Row]:
    with database():
        from afterword import joining  # noqa: F401  (kinds are joined)
        from afterword.happenings.listen import listen
        from afterword.happenings.models import HappeningKind
        from afterword.sending.models import Mail

        prepare(MAILS)
        mails = list(Mail.objects.order_by("id").values_list("id", flat=True))
        workspace_id = Mail.objects.values_list("workspace_id", flat=True)[0]
        bare, unheard = by_turns(mails)
        listen(workspace_id, HappeningKind.SURVEY_SENT, "a benchmark")
        bare_too, heard = by_turns(mails)
    found = {"for nobody": (unheard, bare), "for one who listens": (heard, bare_too)}
    return [
        Row(f"hand-overs noted {whom}, to none noted", rate, "mails/s", base, rate / base, "")
        for whom, (rate, base) in found.items()
    ]


def by_turns(mails: list[UUID]) -> tuple[float, float]:
    """Return the mails a second that are committed as sent: noting nothing, and as it is."""
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for notes in (False, True):
            rates[notes].append(measure(mails, notes=notes))
    return median(rates[False]), median(rates[True])


def measure(mails: list[UUID], *, notes: bool) -> float:
    from django.db import connection
    from django.utils import timezone

    from afterword.sending import hand_over
    from afterword.sending.hand_over import Accepted, Group
    from afterword.sending.kinds import all_kinds
    from afterword.sending.models import Mail, State

    Mail.objects.update(state=State.HANDING_OVER, attempt=1, sent_at=None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE sending_mail, surveys_survey, customers_customer")
    kinds = all_kinds()
    if not notes:
        kinds = tuple(
            replace(kind, on_sent=kind.on_sent.split(", happened AS")[0]) for kind in kinds
        )
    statement = hand_over._group(kinds)
    now = timezone.now()
    values = [
        Group(sent=[Accepted(id_, 1, "250 OK") for id_ in mails[at : at + GROUP]]).statement(now)[1]
        for at in range(0, len(mails), GROUP)
    ]
    raw = connection.connection
    raw.execute("SET plan_cache_mode = force_generic_plan")
    began = time.perf_counter()
    for some in values:
        raw.execute(statement, some, prepare=True)
    took = time.perf_counter() - began
    assert Mail.objects.filter(state=State.SENT).count() == len(mails)
    return len(mails) / took


if __name__ == "__main__":
    for row in run():
        print(row)
