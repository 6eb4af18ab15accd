"""How fast due surveys become mails that Postfix's smtp-sink took, each hand-over committed twice.

Beside it, in the same run and into the same sink: Postfix's smtp-source and Python's smtplib, both
pushing one finished mail, without a database.
"""

import os
import smtplib
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from bench.ingest import Row
from bench.postfix import smtp_sink, smtp_source
from bench.prepared import database
from bench.servers import afterword_workers, free_port

MAILS = int(os.environ.get("BENCH_MAILS", "15000"))
AS_SHIPPED, MANY = 4, 64  # connections of each process
MEASURED = ((1, MANY), (2, AS_SHIPPED), (2, MANY))  # processes, connections
SESSIONS = 32  # of smtp-source
GOAL = "≥ 1,500 mails/s"
SECONDS_TO_SEND = 300


def run() -> list[Row]:
    port = free_port()
    with (
        smtp_sink(port),
        tempfile.TemporaryDirectory(prefix="afterword-bench-") as folder,
        database(AFTERWORD_MAIL_URL=mail_url(port, AS_SHIPPED)),
    ):
        content = prepare(1)
        source = smtp_source(port, content, Path(folder), mails=2 * MAILS, sessions=SESSIONS)
        bare = bare_smtp(port, content)
        sent = {}
        for processes, connections in MEASURED:
            os.environ["AFTERWORD_MAIL_URL"] = mail_url(port, connections)
            sent[processes, connections] = measure(processes)
    found = [
        Row(
            f"mails, {processes} x {connections} connections, to smtp-source",
            rate,
            "mails/s",
            source,
            rate / source,
            GOAL if (processes, connections) == MEASURED[-1] else "",
        )
        for (processes, connections), rate in sent.items()
    ]
    most = sent[MEASURED[-1]]
    return [*found, Row("the last to smtplib in 8 threads", most, "mails/s", bare, most / bare, "")]


def mail_url(port: int, connections: int) -> str:
    return f"smtp://127.0.0.1:{port}?tls=none&connections={connections}"


def prepare(mails: int) -> bytes:
    """Make surveys that are not due yet; return one mail as a sample of what all are like."""
    from django.utils import timezone

    from afterword.customers.models import Customer
    from afterword.sending.models import Mail
    from afterword.surveys.kinds import SURVEY_KIND
    from tests.factories import a_campaign, a_template, a_workspace, surveys_of

    now = timezone.now()
    workspace = a_workspace()
    template = a_template(
        workspace, subject="How was your order, {{ first_name | default: 'there' }}?"
    )
    campaign = a_campaign(workspace, template=template, throttle_days=30)
    customers = Customer.objects.bulk_create(
        [
            Customer(
                id=uuid4(),
                workspace=workspace,
                email=f"c{n}@example.com",
                first_name="Ann",
                source="x",
            )
            for n in range(mails)
        ],
        batch_size=1000,
    )
    surveys_of(campaign, customers, lambda _: now + timedelta(hours=1))
    mail = Mail.objects.select_related("workspace", "customer")[0]
    SURVEY_KIND.may_still_go([mail], now)
    return SURVEY_KIND.compose(mail, now).content


def measure(processes: int) -> float:
    """Return the mails a second of so many whole workers, from the first to the last commit."""
    from django.db import connection
    from django.db.models import F
    from django.utils import timezone

    from afterword.sending.claim import is_any_due
    from afterword.sending.models import Mail
    from afterword.surveys.models import Survey

    Mail.objects.all().delete()
    Survey.objects.all().delete()
    prepare(MAILS)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # what PostgreSQL does of itself within a minute
    sent = Mail.objects.filter(state="sent")
    deadline = time.monotonic() + SECONDS_TO_SEND
    with afterword_workers(processes):
        # Starting is not what is measured.
        Mail.objects.update(due_at=F("due_at") - timedelta(hours=2))
        while (first := sent.count()) == 0:
            assert time.monotonic() < deadline, "nothing is sent"
            time.sleep(0.01)
        began = time.perf_counter()
        while is_any_due(timezone.now()):  # has an index: to count rows all the time would cost
            time.sleep(0.1)
        while sent.count() < MAILS:
            assert time.monotonic() < deadline, "not all is sent"
            time.sleep(0.1)
        return (MAILS - first) / (time.perf_counter() - began)


def bare_smtp(port: int, content: bytes) -> float:
    """The same mail pushed by smtplib, with no database and no composing."""
    count, threads = 4_000, 8
    own = threading.local()

    def push(_: int) -> None:
        if not hasattr(own, "smtp"):
            own.smtp = smtplib.SMTP("127.0.0.1", port)
        own.smtp.sendmail("surveys@acme.test", "c@example.com", content)

    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        list(pool.map(push, range(count)))
        return count / (time.perf_counter() - began)


if __name__ == "__main__":
    for row in run():
        assert row.baseline
        assert row.ratio
        figures = f"{row.figure:>10,.0f} {row.unit} {row.baseline:>10,.0f} {row.ratio:>6.2f}"
        print(f"{row.name:60} {figures}  {row.goal}")
