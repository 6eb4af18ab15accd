"""Autoresponders' mails stand in the outbox and on the customer's page, and are no surveys."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from afterword.core import looking
from afterword.followups.models import Delivery
from afterword.sending.models import Mail, State
from tests.factories import NOW, a_campaign, a_customer, a_member, a_sent_survey, a_survey
from tests.followups import an_autoresponder

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace, name="After an order")


def a_reply(rule, customer, **fields):
    """A mail of an autoresponder."""
    now = timezone.now()
    given = {"created_at": now, "due_at": now, "recipient": customer.address} | fields
    return Mail.objects.create(
        workspace=rule.workspace,
        kind="autoresponder",
        about=str(Delivery(happened_at=NOW).id),
        stream_kind="autoresponder",
        stream_id=rule.id,
        customer=customer,
        **given,
    )


def a_rule(campaign, name="Thanks"):
    return an_autoresponder(campaign, name=name)


def shown(client, **query):
    rows = client.get("/outbox", query).context["rows"]
    return [getattr(row, "mail", None) and row.mail.id for row in rows]


def test_it_is_listed_among_the_surveys_by_time_and_found_by_kind(client, campaign):
    ann = a_customer(campaign.workspace, first_name="Ann", email="ann@acme.test")
    now = timezone.now()
    survey = a_sent_survey(campaign, customer=ann, created_at=now - timedelta(hours=2))
    reply = a_reply(a_rule(campaign), ann, created_at=now - timedelta(hours=1), subject="Thank you")
    later = a_survey(campaign, customer=ann, created_at=now)
    a_reply(a_rule(a_campaign()), a_customer(a_campaign().workspace))  # elsewhere

    assert shown(client) == [later.id, reply.id, survey.id]
    assert shown(client, by="autoresponder") == [reply.id]
    assert shown(client, by="surveys") == [later.id, survey.id]
    assert shown(client, by="campaign") == [later.id, survey.id]
    assert shown(client, q="ann@", campaign=str(campaign.id)) == [later.id, reply.id, survey.id]
    assert shown(client, campaign=str(a_campaign(campaign.workspace).id)) == []
    body = client.get("/outbox").content.decode()
    assert "Thank you" in body
    assert "Autoresponder: Thanks" in body


def test_it_is_found_by_where_it_stands(client, campaign):
    rule, ann = a_rule(campaign), a_customer(campaign.workspace)
    now = timezone.now()
    waits = a_reply(rule, ann)
    sent = a_reply(rule, ann, state=State.SENT, sent_at=now)
    back = a_reply(rule, ann, state=State.SENT, sent_at=now, bounced_at=now)

    assert shown(client, status="queued") == [waits.id]
    assert shown(client, status="sent") == [sent.id]
    assert set(shown(client, status="was_sent")) == {sent.id, back.id}
    assert shown(client, status="bounced") == shown(client, status="was_bounced") == [back.id]
    assert shown(client, status="answered") == shown(client, status="was_opened") == []


def test_it_counts_in_no_rate(client, campaign):
    ann = a_customer(campaign.workspace)
    a_sent_survey(campaign, customer=ann, created_at=timezone.now())
    a_reply(a_rule(campaign), ann, state=State.SENT, sent_at=timezone.now())

    context = client.get("/outbox").context

    assert (context["numbers"].total, len(context["rows"])) == (1, 2)
    assert client.get(f"/customers/{ann.id}").context["delivery"].sent == 1
    assert client.get("/outbox?by=autoresponder").context["numbers"].total == 0


def test_what_was_switched_off_says_so_and_a_trial_is_not_listed(client, campaign):
    rule, ann = a_rule(campaign), a_customer(campaign.workspace)
    off = {"state": State.CANCELLED, "cancelled_at": timezone.now()}
    a_reply(rule, ann, detail={"autoresponder": "off"}, **off)
    Mail.objects.filter(id=a_reply(rule, ann).id).update(customer=None)

    page = client.get("/outbox?by=autoresponder")

    assert len(page.context["rows"]) == 1
    assert "switched off meanwhile" in page.content.decode()


def test_pages_go_on_where_the_last_one_ended(client, campaign):
    rule, ann = a_rule(campaign), a_customer(campaign.workspace)
    now = timezone.now()
    for number in range(35):
        at = now - timedelta(minutes=number)
        a_reply(rule, ann, created_at=at)
        a_sent_survey(campaign, created_at=at, sent_at=at)

    first = client.get("/outbox")
    rest = shown(client, after=first.context["after"])

    assert (len(first.context["rows"]), len(rest)) == (50, 20)
    assert not {row.mail.id for row in first.context["rows"]} & set(rest)


def test_the_customers_page_lists_it(client, campaign):
    ann = a_customer(campaign.workspace)
    a_sent_survey(campaign, customer=ann)
    reply = a_reply(a_rule(campaign), ann, subject="Thank you")

    page = client.get(f"/customers/{ann.id}")

    assert page.context["outbox"][0].mail.id == reply.id
    assert "Autoresponder" in page.content.decode()


def test_naming_them_costs_the_same_however_many_there_are(
    client, campaign, django_assert_max_num_queries
):
    ann = a_customer(campaign.workspace)
    for number in range(12):
        a_reply(a_rule(campaign, f"Rule {number}"), ann)

    with django_assert_max_num_queries(16):
        client.get("/outbox")


def test_of_many_some_are_looked_at_and_surveys_keep_their_place(client, campaign, monkeypatch):
    monkeypatch.setattr(looking, "FIRST", 2)
    monkeypatch.setattr(looking, "SECONDS", -1)
    rule, ann, now = a_rule(campaign), a_customer(campaign.workspace), timezone.now()
    mails = [
        a_reply(rule, ann, state=state, created_at=now - timedelta(minutes=number))
        for number, state in enumerate([State.SENT] * 3 + [State.PARKED] + [State.SENT])
    ]
    early, late = (
        a_survey(campaign, customer=ann, state=State.PARKED, created_at=now - timedelta(minutes=at))
        for at in (2.5, 10)
    )
    found: list[object] = []
    pages: list[tuple[int, int]] = []
    after = ""

    while not pages or after:
        page = client.get("/outbox", {"status": "failed", "after": after})
        rows, after = page.context["rows"], page.context["after"]
        found += [row.mail.id for row in rows]
        pages.append((len(rows), page.context["looked_at"]))
        words = page.content.decode()
        assert ("None among the 2 mails" in words) is (pages[-1] == (0, 2))

    assert found == [early.id, mails[3].id, late.id]
    assert pages == [(0, 2), (2, 4), (1, 0)]


def test_words_that_no_such_mail_has_ask_for_none(client, campaign):
    a_reply(a_rule(campaign), a_customer(campaign.workspace))

    with CaptureQueriesContext(connection) as asked:
        page = client.get("/outbox", {"status": "answered"})

    assert list(page.context["rows"]) == []
    apart = [one["sql"] for one in asked if "'you_said'" in one["sql"]]
    assert all("LIMIT 1" in one.split("ORDER")[-1] for one in apart)
