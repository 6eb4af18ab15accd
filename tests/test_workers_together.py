"""Several workers at once: in order, once, and no throttle or cap jumped."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from afterword import flow
from afterword.customers.models import Customer
from afterword.decisions.models import Decision
from afterword.mail.servers.find import Servers
from afterword.sending.loop import SenderLoop
from afterword.sending.models import Mail, State
from afterword.surveys.by_call import Named, ask_by_call
from tests.factories import a_campaign, a_customer, a_property, a_survey, a_track, a_workspace
from tests.smtp import smtp_sink

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


def at_once(work) -> None:
    def guarded(number: int) -> None:
        try:
            work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(guarded, range(WORKERS)))


def test_a_customers_events_are_applied_in_order_whatever_the_number_of_workers():
    campaign = a_campaign(throttle_days=30)
    workspace = campaign.workspace
    a_property(workspace, "step", "number")
    now = timezone.now()
    for step in range(200):
        a_track(workspace, properties={"step": step}, received_at=now, occurred_at=now)

    def work(_: int) -> None:
        while flow.process_events(workspace.id, timezone.now(), limit=7) != 0:
            pass

    at_once(work)

    assert Customer.objects.get().properties == {"step": 199}
    assert Decision.objects.filter(reason="scheduled").count() == 1
    assert Decision.objects.filter(reason="throttled").count() == 199


def test_workers_that_send_at_once_send_each_survey_once_and_no_customer_too_often():
    workspace = a_workspace()
    throttled = a_campaign(workspace, throttle_days=30)
    free = [a_campaign(workspace) for _ in range(5)]
    customers = [a_customer(workspace) for _ in range(20)]
    for customer in customers:
        for _ in range(3):
            a_survey(throttled, customer=customer)
        for campaign in free:
            a_survey(campaign, customer=customer)
    with smtp_sink() as (sink, server):
        loops = [SenderLoop(lambda: Servers(server, {})) for _ in range(WORKERS)]
        at_once(lambda number: loops[number].send_due())
        for loop in loops:
            loop.close()

    assert sorted(sink.recipients) == sorted(c.email for c in customers for _ in range(3))
    assert Mail.objects.filter(state=State.SENT).count() == 60
    assert Mail.objects.filter(stream_id=throttled.id, state=State.SENT).count() <= 20
    assert set(Mail.objects.exclude(state=State.SENT).values_list("reason", flat=True)) <= {
        "capped",
        "throttled",
    }


def test_calls_of_the_api_with_one_key_at_once_ask_each_customer_once():
    campaign = a_campaign()
    known = a_customer(campaign.workspace)
    named = [Named(email) for email in ("new@example.com", known.address, "nobody")]
    verdicts = []

    def call(_: int) -> None:
        verdicts.append(ask_by_call(campaign, named, "order-1", None, timezone.now()))

    at_once(call)

    assert Mail.objects.count() == 2
    assert Decision.objects.count() == 3
    said = [[(each.reason, str(each.detail.get("survey_id"))) for each in one] for one in verdicts]
    assert said == [said[0]] * WORKERS
