"""A due survey and a mail server: every way the dialogue can go, over real SMTP."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from psycopg import OperationalError

from afterword.core.line import Line
from afterword.customers.models import Customer
from afterword.mail.models import MailboxMessage, Pace
from afterword.mail.servers.address import MailServer
from afterword.mail.servers.find import Servers
from afterword.sending.claim import claim_due, streams_waiting
from afterword.sending.hand_over import Beginning, Group, commit
from afterword.sending.loop import SenderLoop
from afterword.sending.models import Mail, State
from afterword.sending.rescue import rescue
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.surveys.models import Invitation, Survey
from afterword.surveys.send_again import send_again
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_sent_survey,
    a_survey,
    a_template,
    a_workspace,
    mail_of,
    reload,
)
from tests.running_afterword import eventually
from tests.smtp import smtp_sink
from tests.smtp_script import Hang, Script, scripted_smtp

UNSUBSCRIBED = SuppressionReason.UNSUBSCRIBED
pytestmark = pytest.mark.django_db(transaction=True)


def a_sender_loop(server: MailServer | None, connections: int = 2) -> SenderLoop:
    own = replace(server, connections=connections) if server else None
    return SenderLoop(lambda: Servers(own, {}))


@pytest.fixture
def sink():
    with smtp_sink() as (sink, server):
        sink.server = server
        sink.loop = a_sender_loop(server)
        yield sink
        sink.loop.close()


def begin_all(claimed: list[Mail]) -> set[UUID]:
    begun = [Beginning(one.id, one.attempt, "", "") for one in claimed]
    return commit(Group(begun), timezone.now())


def claim_all() -> list[Mail]:
    campaigns = [one.stream_id for one in streams_waiting(timezone.now())]
    return claim_due(uuid4(), timezone.now(), 10, campaigns).mails


def test_a_sender_loop_may_have_ended_before_it_is_told_to(sink):
    """The loop sees by itself, at its next look, that it is to end."""
    sink.loop.send_due()
    sink.loop.close()

    sink.loop.close()
    sink.loop.wake()


def test_a_due_survey_is_mailed_once_and_says_so(sink):
    customer = a_customer(workspace := a_workspace(), first_name="Zoë", email="zoe@example.com")
    survey = a_survey(a_campaign(workspace), customer=customer)

    sink.loop.send_due()
    sink.loop.send_due()

    survey = reload(survey)
    customer.refresh_from_db()
    [message] = sink.messages()
    assert sink.recipients == ["zoe@example.com"]
    assert (mail_of(survey).state, mail_of(survey).server_reply) == (State.SENT, "250 taken")
    assert mail_of(survey).subject == message["Subject"] == "How was it?"
    assert str(survey.id) in message["Message-ID"]
    assert f"/s/{survey.answer_token}?score=9" in message.get_body(("html",)).get_content()
    assert f"/s/{survey.answer_token}?score=9" in message.get_body(("plain",)).get_content()
    assert survey.unsubscribe_token in message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert customer.last_surveyed_at == mail_of(survey).sent_at


def test_a_survey_that_is_not_due_waits(sink):
    survey = a_survey(due_at=timezone.now() + timedelta(hours=1))

    sink.loop.send_due()

    survey = reload(survey)
    assert (mail_of(survey).state, sink.received) == (State.QUEUED, [])


def test_connections_stay_open(sink):
    campaign = a_campaign()
    for _ in range(20):
        a_survey(campaign)

    sink.loop.send_due()

    assert len(sink.received) == 20
    assert 1 <= len(sink.peers) <= 2


def test_a_refused_recipient_has_bounced_and_is_never_mailed_again(sink):
    customer = a_customer(a_workspace(), email="gone@example.com")
    campaign = a_campaign(customer.workspace)
    survey = a_survey(campaign, customer=customer)
    sink.refuse["RCPT", customer.email] = "550 5.1.1 no such user"

    sink.loop.send_due()
    later = a_survey(campaign, customer=customer)
    sink.loop.send_due()

    survey = reload(survey)
    later = reload(later)
    customer.refresh_from_db()
    assert (mail_of(survey).state, mail_of(survey).server_reply) == (
        State.BOUNCED,
        "550 5.1.1 no such user",
    )
    assert customer.hard_bounced_at
    assert (mail_of(later).state, mail_of(later).reason) == (State.DISMISSED, "hard_bounced")
    assert mail_of(later).ended_at


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_temporary_refusal_is_tried_later(sink, step):
    survey = a_survey()
    sink.refuse[step, survey.survey.email] = "451 4.7.1 greylisted"

    sink.loop.send_due()

    survey = reload(survey)
    assert mail_of(survey).state == State.QUEUED
    assert mail_of(survey).due_at > timezone.now()
    assert mail_of(survey).handed_over == 0
    assert "greylisted" in mail_of(survey).server_reply


def test_after_a_day_of_temporary_refusals_it_has_bounced(sink):
    survey = a_survey(first_refused_at=timezone.now() - timedelta(hours=25))
    sink.refuse["RCPT", survey.survey.email] = "451 4.7.1 greylisted"

    sink.loop.send_due()

    survey = reload(survey)
    assert mail_of(survey).state == State.BOUNCED
    assert not survey.survey.customer.hard_bounced_at


def test_a_mail_refused_for_its_own_fault_is_parked(sink):
    survey = a_survey()
    sink.refuse["DATA", survey.survey.email] = "554 5.6.0 I do not like this mail"

    sink.loop.send_due()

    survey = reload(survey)
    assert mail_of(survey).state == State.PARKED
    assert mail_of(survey).ended_at
    assert "do not like" in mail_of(survey).server_reply


def test_a_connection_lost_after_the_body_leaves_a_doubt_that_is_resolved_once(sink):
    survey = a_survey()
    sink.refuse["DATA", survey.survey.email] = "hang up"

    for sent_before in (1, 2):
        sink.loop.send_due()
        survey = reload(survey)
        assert (mail_of(survey).state, mail_of(survey).handed_over) == (
            State.HANDING_OVER,
            sent_before,
        )
        rescue(timezone.now() + timedelta(hours=1))
    sink.loop.send_due()

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).handed_over) == (State.PARKED, 2)


def test_an_answer_is_evidence_that_a_doubtful_mail_arrived(sink):
    survey = a_survey(
        state=State.HANDING_OVER,
        handed_over=1,
        lease_until=timezone.now() - timedelta(minutes=1),
        answered_at=timezone.now(),
    )

    rescue(timezone.now())

    survey = reload(survey)
    assert mail_of(survey).state == State.SENT


def test_a_dead_server_loses_nothing_and_is_tried_again():
    survey = a_survey()
    with smtp_sink() as (_, server):
        pass
    loop = a_sender_loop(server, connections=1)

    assert loop.send_due(seconds=5)

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).attempt) == (State.QUEUED, 1)
    loop.close()


def test_what_became_true_meanwhile_dismisses_a_scheduled_survey(sink):
    workspace = a_workspace()
    campaign = a_campaign(workspace, throttle_days=7)
    off = a_survey(a_campaign(workspace, activated_at=None))
    gone = a_survey(campaign, customer=a_customer(workspace))
    suppress(workspace.id, gone.survey.email, UNSUBSCRIBED, how="link", now=timezone.now())
    asked = a_customer(workspace)
    a_sent_survey(campaign, customer=asked, sent_at=timezone.now())
    throttled = a_survey(campaign, customer=asked)
    flooded = a_customer(workspace)
    for _ in range(3):
        a_sent_survey(a_campaign(workspace), customer=flooded, sent_at=timezone.now())
    capped = a_survey(campaign, customer=flooded)

    sink.loop.send_due()

    reasons = [Survey.objects.get(id=survey.id).reason for survey in (off, gone, throttled, capped)]
    assert reasons == ["campaign_off", "unsubscribed", "throttled", "capped"]
    assert sink.received == []


def test_an_unsubscribe_after_the_claim_is_still_heard():
    survey = a_survey()
    claimed = claim_all()
    survey.survey.customer.unsubscribed_at = timezone.now()
    survey.survey.customer.save()

    assert begin_all(claimed) == set()


def test_a_worker_that_lost_its_lease_can_no_longer_hand_over():
    a_survey()
    first = claim_all()
    rescue(timezone.now() + timedelta(minutes=1))
    second = claim_all()

    assert begin_all(first) == set()
    assert begin_all(second) == {second[0].id}


def test_two_surveys_of_one_customer_due_at_once_mind_the_throttle(sink):
    campaign = a_campaign(throttle_days=30)
    customer = a_customer(campaign.workspace)
    for _ in range(3):
        a_survey(campaign, customer=customer)

    sink.loop.send_due()

    assert len(sink.received) == 1


def test_the_mailbox_keeps_one_copy_however_often_it_is_handed_over():
    survey = a_survey()
    loop = a_sender_loop(None)
    loop.send_due()
    Mail.objects.update(state=State.QUEUED)
    loop.send_due()

    assert MailboxMessage.objects.get().mail_id == survey.id
    loop.close()


def test_a_mail_that_cannot_be_composed_is_parked_and_holds_nobody_up(sink):
    workspace = a_workspace()
    broken = a_template(workspace, subject="{{ first_name | divided_by: 0 }}")
    parked = a_survey(a_campaign(workspace, template=broken))
    sent = a_survey(a_campaign(workspace))

    sink.loop.send_due()

    parked = reload(parked)
    sent = reload(sent)
    assert (mail_of(parked).state, mail_of(sent).state) == (State.PARKED, State.SENT)
    assert "divided" in mail_of(parked).server_reply or "zero" in mail_of(parked).server_reply


def test_a_database_that_fails_before_the_body_costs_only_that_mails_time(sink, monkeypatch):
    campaign = a_campaign()
    first, second = a_survey(campaign, due_at=NOW), a_survey(campaign, due_at=timezone.now())
    run, fails = Line.run, iter([True])

    async def failing(line, statement, values):
        if next(fails, False):
            raise OperationalError("the connection was lost")
        return await run(line, statement, values)

    monkeypatch.setattr(Line, "run", failing)
    loop = a_sender_loop(sink.server, connections=1)

    loop.send_due()

    assert sink.recipients == [second.survey.email, first.survey.email]
    first = reload(first)
    assert (mail_of(first).state, mail_of(first).handed_over) == (State.SENT, 1)
    loop.close()


def test_a_refusal_of_us_is_no_bounce_of_the_recipient(sink):
    denied, policy, full = (a_survey(due_at=NOW + timedelta(seconds=n)) for n in (2, 0, 1))
    sink.refuse["RCPT", policy.survey.email] = "550 5.7.1 blocked by policy"
    sink.refuse["RCPT", full.survey.email] = "552 5.2.2 mailbox full"
    sink.refuse["RCPT", denied.survey.email] = "554 5.7.1 Relay access denied"

    sink.loop.send_due()

    assert not Customer.objects.exclude(hard_bounced_at=None).exists()
    states = [mail_of(policy).state, mail_of(full).state, mail_of(denied).state]
    assert states == [State.PARKED, State.QUEUED, State.QUEUED]


def test_a_domain_that_asks_to_slow_down_is_left_alone_for_a_minute(sink):
    slow, other = a_survey(due_at=NOW), a_survey(email="ann@example.net")
    sink.refuse["RCPT", slow.survey.email] = "421 4.7.0 too many mails, slow down"
    sink.loop.send_due()

    waiting = a_survey(slow.survey.campaign)
    sink.loop.send_due()

    waiting = reload(waiting)
    assert sink.recipients == [other.survey.email]
    assert (mail_of(waiting).state, mail_of(waiting).refusals) == (State.QUEUED, 0)
    assert timedelta(seconds=30) < mail_of(waiting).due_at - timezone.now() < timedelta(seconds=90)
    assert Pace.objects.get().domain == "example.com"


def test_what_failed_goes_when_a_person_sends_it_again_and_not_to_who_has_said_no(sink):
    campaign = a_campaign()
    wants, has_left = a_survey(campaign), a_survey(campaign)
    for survey in (wants, has_left):
        sink.refuse["DATA", survey.survey.email] = "554 5.6.0 I do not like it"
    sink.loop.send_due()
    assert set(Mail.objects.values_list("state", flat=True)) == {State.PARKED}

    sink.refuse.clear()
    suppress(
        campaign.workspace_id, has_left.survey.email, UNSUBSCRIBED, how="link", now=timezone.now()
    )
    send_again(Invitation.objects.filter(survey__campaign=campaign), uuid4(), timezone.now())
    sink.loop.send_due()

    states = dict(Mail.objects.values_list("recipient", "state"))
    assert states == {wants.survey.email: State.SENT, has_left.survey.email: State.DISMISSED}
    assert sink.recipients == [wants.survey.email]


def test_a_421_after_the_body_is_a_temporary_refusal_however_often(sink):
    survey = a_survey()
    sink.refuse["DATA", survey.survey.email] = "421 4.7.0 slow down"

    for times in (1, 2, 3):
        sink.loop.send_due()
        survey = reload(survey)
        assert (mail_of(survey).state, mail_of(survey).handed_over, mail_of(survey).refusals) == (
            State.QUEUED,
            0,
            times,
        )
        Mail.objects.update(due_at=NOW)
        Pace.objects.all().delete()


def test_a_server_that_allows_few_connections_gets_all_mails_over_those(sink):
    sink.most_connections = 2
    campaign = a_campaign()
    for _ in range(30):
        a_survey(campaign)
    loop = a_sender_loop(sink.server, connections=6)

    loop.send_due()

    assert len(sink.received) == 30
    assert Mail.objects.filter(state=State.SENT).count() == 30
    loop.close()


def test_a_long_outage_does_not_count_against_a_survey():
    survey = a_survey()
    with smtp_sink() as (_, server):
        pass
    loop = a_sender_loop(server, connections=1)

    loop.send_due()

    survey = reload(survey)
    assert (mail_of(survey).refusals, mail_of(survey).first_refused_at) == (0, None)
    loop.close()


def test_who_is_told_to_stop_puts_back_what_a_silent_server_was_offered(monkeypatch):
    monkeypatch.setattr("afterword.sending.loop.GRACE", 0.2)
    survey = a_survey()
    with scripted_smtp(Script(RCPT=Hang())) as server:
        loop = a_sender_loop(server, connections=1)
        loop.wake()
        eventually(lambda: Mail.objects.filter(state=State.CLAIMED).exists())
        loop.close()

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).worker, mail_of(survey).handed_over) == (
        State.QUEUED,
        None,
        0,
    )
