"""How fast due surveys become mails that a server took, each hand-over committed twice."""

import os
import smtplib
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from bench.ingest import Row
from bench.prepared import database
from bench.servers import free_port

MAILS = 6_000
PROCESSES = 2


def run() -> list[Row]:
    port = free_port()
    sink = subprocess.Popen([sys.executable, "-m", "bench.sink", str(port)])
    try:
        with database(AFTERWORD_MAIL_URL=f"smtp://127.0.0.1:{port}?tls=none"):
            content = prepare()
            sent = measure()
        baseline = bare_smtp(port, content)
    finally:
        sink.terminate()
        sink.wait()
    return [
        Row(
            "mails by staged hand-over",
            sent,
            "mails/s",
            baseline,
            sent / baseline,
            "≥ 1,500 mails/s",
        )
    ]


def prepare() -> bytes:
    """Make the surveys; return one mail as a sample of what all are like."""
    from django.utils import timezone

    from afterword.customers.models import Customer
    from afterword.mail.letters import letter
    from afterword.surveys.models import Survey
    from afterword.surveys.schedule import Asking, schedule
    from tests.factories import a_campaign, a_template, a_workspace

    now = timezone.now()
    workspace = a_workspace(name="Acme")
    template = a_template(
        workspace, subject="How was your order, {{ first_name | default: 'there' }}?"
    )
    campaign = a_campaign(workspace, template=template, throttle_days=30)
    customers = [
        Customer(
            id=uuid4(), workspace=workspace, email=f"c{n}@example.com", first_name="Ann", source="x"
        )
        for n in range(MAILS)
    ]
    Customer.objects.bulk_create(customers, batch_size=1000)
    askings = [
        Asking(uuid4(), campaign, customer.id, customer.email, None, now - timedelta(seconds=1))
        for customer in customers
    ]
    schedule(workspace.id, askings, now)
    survey = Survey.objects.select_related("workspace", "campaign", "template", "customer").first()
    assert survey
    return letter(survey, now).content


def measure() -> float:
    """Send with as many processes as a machine of two cores has."""
    from afterword.surveys.models import Survey

    began = time.perf_counter()
    senders = [
        subprocess.Popen([sys.executable, "-m", "bench.mails"], env=os.environ)
        for _ in range(PROCESSES)
    ]
    while (left := Survey.objects.exclude(state="sent").count()) == MAILS:
        assert all(sender.poll() is None for sender in senders), "a sender died"
        began = time.perf_counter()  # starting the processes is not what is measured
        time.sleep(0.01)
    for sender in senders:
        assert sender.wait() == 0
    seconds = time.perf_counter() - began
    assert not Survey.objects.exclude(state="sent").exists()
    return left / seconds


def send() -> None:
    import django

    django.setup()
    from afterword.mail.deliver import office

    while office().send_due():
        pass


def bare_smtp(port: int, content: bytes) -> float:
    """The same mail pushed by smtplib from as many threads, with no database and no composing."""
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
    send()
