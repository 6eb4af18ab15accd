"""Wake-ups through the real queue: a job is queued once, runs, and the sweep finds the rest."""

import asyncio
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from afterword import flow, schedule
from afterword.core.clock import database_now
from afterword.core.jobs import WAKE_TAKE_UP_SQL, wake
from afterword.events.models import InboxItem
from afterword.mail.models import MailboxMessage
from afterword.sending.loop import close_sender_loop, sender_loop
from afterword.sending.models import Mail, State
from tests.factories import a_campaign, a_survey, a_track, mail_of, reload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _leave_the_office(transactional_db):
    yield
    close_sender_loop()


def run_worker() -> None:
    """Work until the queue is empty."""

    async def work() -> None:
        connector = PsycopgConnector(kwargs=connector_params())
        with app.replace_connector(connector) as working:
            async with working.open_async():
                await working.run_worker_async(
                    wait=False, install_signal_handlers=False, delete_jobs="successful"
                )

    asyncio.run(work())
    assert sender_loop().send_due()


def test_a_wake_up_is_queued_once_however_it_is_asked_for():
    campaign = a_campaign()

    wake("take_up", workspace_id=str(campaign.workspace_id))
    wake("take_up", workspace_id=str(campaign.workspace_id))
    with connection.cursor() as cursor:
        cursor.execute(WAKE_TAKE_UP_SQL, [str(campaign.workspace_id)])

    assert ProcrastinateJob.objects.filter(task_name="take_up").count() == 1


def test_a_wake_up_leads_from_the_inbox_to_the_mailbox():
    campaign = a_campaign()
    a_track(campaign.workspace, "ann@example.com", received_at=timezone.now())
    wake("take_up", workspace_id=str(campaign.workspace_id))

    run_worker()

    assert MailboxMessage.objects.get().recipient == "ann@example.com"
    assert Mail.objects.get().state == State.SENT
    assert not ProcrastinateJob.objects.filter(status__in=["todo", "doing"]).exists()


def test_the_sweep_wakes_what_nobody_was_told_of():
    campaign = a_campaign()
    a_track(campaign.workspace, received_at=timezone.now())
    stranded = a_survey(
        campaign, state=State.CLAIMED, lease_until=timezone.now() - timedelta(seconds=1)
    )

    flow.sweep(timezone.now())
    run_worker()

    stranded = reload(stranded)
    assert mail_of(stranded).state == State.SENT
    assert not InboxItem.objects.exists()


def test_a_sweep_with_nothing_to_do_wakes_nobody():
    a_campaign()
    flow.sweep(timezone.now())
    assert not ProcrastinateJob.objects.exists()


def test_a_worker_whose_clock_is_wrong_sends_nothing_early_and_robs_nobody(monkeypatch):
    campaign = a_campaign()
    real = timezone.now
    later = a_survey(campaign, due_at=real() + timedelta(hours=1))
    held = a_survey(campaign, state=State.CLAIMED, lease_until=real() + timedelta(seconds=15))
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(hours=2))

    schedule.sweep(database_now())
    sender_loop().send_due()

    later = reload(later)
    held = reload(held)
    assert (mail_of(later).state, mail_of(held).state) == (State.QUEUED, State.CLAIMED)
    assert not MailboxMessage.objects.exists()
