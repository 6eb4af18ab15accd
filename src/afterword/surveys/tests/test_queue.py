from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from afterword.core.ids import new_id
from afterword.decisions.models import Decision
from afterword.occasions.occasion import Kind
from afterword.sending.models import Mail, State
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_customer, a_member, a_reminder_of, a_survey, mail_of

pytestmark = pytest.mark.django_db
LATER = timedelta(days=2)


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace)


def waiting(campaign, **fields):
    return a_survey(campaign, **{"due_at": timezone.now() + LATER, **fields})


def shown(client, query=""):
    page = client.get(f"/queue{query}")
    assert page.status_code == 200
    return [(row.survey.email, wait.value) for row, wait, _ in page.context["rows"]]


def test_an_empty_queue_says_what_waits_there(member):
    assert b"Nothing waits" in signed_in(member).get("/queue").content


def test_what_waits_is_shown_soonest_first_with_why(member, campaign):
    now = timezone.now()
    timed = waiting(campaign)
    due = a_survey(campaign, due_at=now - timedelta(minutes=2))
    put_off = waiting(campaign, refusals=2, due_at=now + timedelta(minutes=5))
    held = waiting(campaign, state=State.HELD, due_at=now - timedelta(days=1))
    a_survey(campaign, state=State.SENT, sent_at=now)
    waiting(a_campaign())
    client = signed_in(member)
    names = [(each.survey.email, why) for each, why in (
        (held, "held"), (due, "turn"), (put_off, "put_off"), (timed, "time"),
    )]  # fmt: skip

    assert shown(client) == names
    assert shown(client, "?why=held") == names[:1]
    assert shown(client, "?why=time") == names[3:]
    assert shown(client, f"?q={due.survey.email}") == [names[1]]
    assert shown(client, f"?campaign={new_id()}") == []


def test_a_name_finds_whose_survey_waits(member, campaign):
    ann = waiting(campaign, customer=a_customer(member.workspace, first_name="Ann"))
    waiting(campaign)

    assert shown(signed_in(member), "?q=ann") == [(ann.survey.email, "time")]


def test_the_decision_says_what_puts_it_off(member, campaign):
    occasion_id = new_id()
    survey = waiting(campaign, occasion_kind=Kind.CALL, occasion_id=occasion_id)
    Decision.objects.create(
        workspace=member.workspace,
        occasion_kind=Kind.CALL,
        occasion_id=occasion_id,
        month=timezone.now().date().replace(day=1),
        campaign=campaign,
        reason="scheduled",
        detail={"due_at": mail_of(survey).due_at, "waits_for": "time_frame"},
        decided_at=timezone.now(),
    )

    client = signed_in(member)

    assert "It waits for the time frame to open" in client.get("/queue").content.decode()
    assert "when the time frame opens" in client.get(f"/outbox/{survey.id}").content.decode()


def test_pages_go_on_from_the_last_that_was_shown(member, campaign):
    for number in range(51):
        waiting(campaign, due_at=timezone.now() + timedelta(days=1 + number))
    client = signed_in(member)
    first = client.get("/queue")

    rest = shown(client, f"?after={first.context['after'].replace('+', '%2B')}")

    assert len(rest) == 1
    assert rest[0] not in [row.survey.email for row, _, _ in first.context["rows"]]


def test_the_ticked_ones_are_sent_now_and_it_is_noted_by_whom(member, campaign):
    chosen, other = waiting(campaign), waiting(campaign)
    held = waiting(campaign, state=State.HELD)
    client = signed_in(member)

    answer = client.post(
        "/queue/chosen", {"act": "send", "chosen": [str(chosen.id), str(held.id)], "why": "time"}
    )

    assert answer.url == "/queue?why=time"
    assert mail_of(chosen).due_at <= timezone.now()
    assert mail_of(chosen).detail["hastened_by"] == str(member.user_id)
    assert mail_of(other).due_at > timezone.now()
    assert (mail_of(held).state, mail_of(held).detail) == (State.HELD, {})
    page = client.get(f"/outbox/{chosen.id}").content.decode()
    assert "Sent before its time" in page


def test_one_is_sent_now_from_its_own_page(member, campaign):
    survey = waiting(campaign)
    client = signed_in(member)
    assert b"Send now" in client.get(f"/outbox/{survey.id}").content

    client.post(f"/outbox/{survey.id}/now")

    assert mail_of(survey).due_at <= timezone.now()
    assert b"Send now" not in client.get(f"/outbox/{survey.id}").content


def test_the_ticked_ones_are_cancelled(member, campaign):
    chosen, other = waiting(campaign), waiting(campaign)

    signed_in(member).post("/queue/chosen", {"act": "cancel", "chosen": [str(chosen.id)]})

    assert (mail_of(chosen).state, mail_of(other).state) == (State.CANCELLED, State.QUEUED)


@pytest.mark.parametrize("chosen", [[], ["nonsense"]])
def test_nothing_ticked_is_said(member, campaign, chosen):
    waiting(campaign)

    answer = signed_in(member).post("/queue/chosen", {"chosen": chosen}, follow=True)

    assert b"Tick what is meant first" in answer.content


def test_all_that_match_are_cancelled_after_a_question(member, campaign):
    first, other = waiting(campaign), waiting(a_campaign(member.workspace))
    a_reminder_of(first, due_at=timezone.now() + LATER)
    client = signed_in(member)
    query = f"?campaign={campaign.id}"

    asked = client.get(f"/queue/cancellation{query}")
    late = waiting(campaign, created_at=timezone.now() + timedelta(minutes=1))
    given = {"campaign": str(campaign.id), "asked_at": asked.context["asked_at"]}
    client.post("/queue/cancellation", given)

    assert asked.context["number"] == 2
    assert set(Mail.objects.filter(state=State.QUEUED).values_list("id", flat=True)) == {
        other.id,
        late.id,
    }


@pytest.mark.parametrize("role", Role)
def test_every_member_looks_at_the_queue(role):
    member = a_member(role=role)
    waiting(a_campaign(member.workspace))

    page = signed_in(member).get("/queue")

    assert (b'name="chosen"' in page.content) == (role != Role.ANALYST)


def test_an_analyst_an_outsider_and_a_stranger_change_nothing():
    analyst = a_member(role=Role.ANALYST)
    survey = waiting(a_campaign(analyst.workspace))
    given = {"act": "cancel", "chosen": [str(survey.id)]}

    for client, one, all_ in (
        (signed_in(analyst), 403, 403),
        (signed_in(a_member()), 404, 302),
        (Client(), 302, 302),
    ):
        assert client.post(f"/outbox/{survey.id}/now").status_code == one
        assert client.post("/queue/chosen", given).status_code == all_
        assert client.post("/queue/cancellation", given).status_code == all_

    assert mail_of(survey).state == State.QUEUED
    assert shown(signed_in(a_member())) == []
