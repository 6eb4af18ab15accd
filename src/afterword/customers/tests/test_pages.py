from datetime import timedelta

import pytest
from django.urls import reverse

from afterword.decisions.reasons import Reason
from afterword.feedback.answering.answer import record_answer
from afterword.sending.models import State
from afterword.workspaces.models import Role
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_decision,
    a_member,
    a_property,
    a_sent_reminder_of,
    a_sent_survey,
    a_survey,
    a_workspace,
    an_event,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


def list_page(client, **query):
    return client.get(reverse("customers:list"), query)


def profile_page(client, customer):
    return client.get(reverse("profiles:profile", args=[customer.id]))


def text(response):
    return " ".join(response.content.decode().split())


# ---- who may look


@pytest.mark.parametrize("role", list(Role))
def test_every_member_sees_customers(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    customer = a_customer(member.workspace, first_name="Ann")

    assert "Ann" in text(list_page(client))
    assert profile_page(client, customer).status_code == 200


def test_an_outsider_sees_nobody(client, member):
    stranger = a_customer(a_workspace(), first_name="Stranger")

    assert "Stranger" not in text(list_page(client))
    assert profile_page(client, stranger).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client):
    customer = a_customer(a_workspace())

    for response in (list_page(client), profile_page(client, customer)):
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/")


def test_the_pages_only_show(client, member):
    assert client.post(reverse("customers:list")).status_code == 405


# ---- list and profile


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("unsubscribed_at", "Unsubscribed"),
        ("hard_bounced_at", "Hard-bounced"),
        ("undeliverable_at", "Non-deliverable"),
        ("suppressed_at", "Suppressed"),
    ],
)
def test_a_status_is_shown_on_list_and_profile(client, member, field, label):
    customer = a_customer(member.workspace, **{field: NOW})

    assert label in text(list_page(client))
    assert label in text(profile_page(client, customer))


# ---- the profile


def test_the_profile_shows_what_is_known(client, member):
    a_property(member.workspace, "plan")
    a_property(member.workspace, "signup_date", "date")
    a_property(member.workspace, "interests", "collection")
    customer = a_customer(
        member.workspace,
        first_name="Ann",
        company_name="Initech",
        city="Prague",
        country="CZ",
        tags=["vip"],
        properties={"signup_date": "2024-02-03T00:00:00Z", "interests": ["tea", "<b>cake</b>"]},
    )

    page = text(profile_page(client, customer))

    for known in ("Initech", "Prague, CZ", "vip", "3 Feb 2024", "tea, &lt;b&gt;cake", "Segment"):
        assert known in page
    assert 'plan <small>text</small></div><div dir="auto"><span' in page


def test_a_long_value_is_shown_in_full_on_request(client, member):
    a_property(member.workspace, "notes")
    customer = a_customer(member.workspace, properties={"notes": "word " * 400})

    page = text(profile_page(client, customer))

    assert "<summary>word word" in page
    assert page.count("word ") > 400


def test_the_last_scores_are_shown_oldest_first(client, member):
    campaign = a_campaign(member.workspace)
    customer = a_customer(member.workspace)
    for day in range(6):
        survey = a_sent_survey(campaign, customer=customer)
        at = NOW + timedelta(days=day)
        record_answer(survey, day, f"Comment {day}", at, submitted=True)

    response = profile_page(client, customer)

    trend = response.context["trend"]
    assert [dot.response.score for dot in trend.dots] == [1, 2, 3, 4, 5]
    assert "The last 5 scores, the oldest first: NPS 1, NPS 2" in text(response)
    assert response.context["responses"][0].score == 5
    assert "Comment 0" in text(response)


def test_the_outbox_tells_what_became_of_each_survey(client, member):
    campaign = a_campaign(member.workspace)
    customer = a_customer(member.workspace)
    answered = a_sent_survey(campaign, customer=customer)
    record_answer(answered, 9, "", NOW, submitted=True)
    a_sent_survey(campaign, customer=customer, sent_at=NOW - timedelta(days=400))
    a_survey(campaign, customer=customer)
    a_survey(
        campaign,
        customer=customer,
        state=State.DISMISSED,
        reason=Reason.THROTTLED,
        detail={"surveyed_at": "2026-11-03T12:00:00Z", "days": 30},
    )
    a_survey(campaign, customer=customer, state=State.BOUNCED, server_reply="550 No such user")

    page = text(profile_page(client, customer))

    assert "1 of 2 sent surveys answered: a response rate of <strong>50 %" in page
    for said in ("Responded", "Ignored", "Queued", "Not sent", "A survey was sent on 3 Nov 2026"):
        assert said in page
    assert "550 No such user" in page


def test_the_response_rate_leaves_out_what_bounced(client, member):
    campaign = a_campaign(member.workspace)
    customer = a_customer(member.workspace)
    answered = a_sent_survey(campaign, customer=customer, delivered_at=NOW, opened_at=NOW)
    record_answer(answered, 9, "", NOW, submitted=True)
    bounced = {"state": State.BOUNCED, "bounced_at": NOW, "bounce": "soft"}
    a_sent_survey(campaign, customer=customer, **bounced)
    a_sent_survey(campaign, customer=customer, delivered_at=NOW, machine_opened_at=NOW)

    response = profile_page(client, customer)

    delivery = response.context["delivery"]
    assert (delivery.sent, delivery.delivered, delivery.opened, delivery.bounced) == (3, 2, 1, 1)
    assert delivery.response_rate == 50
    page = text(response)
    assert "Soft-bounced" in page
    assert reverse("surveys:survey", args=[answered.id]) in page


def test_a_reminder_is_one_more_mail_about_the_same_survey(client, member):
    campaign = a_campaign(member.workspace)
    customer = a_customer(member.workspace)
    first, second = (a_sent_survey(campaign, customer=customer) for _ in range(2))
    for survey in (first, second):
        a_sent_reminder_of(survey)
    record_answer(first, 9, "", NOW, submitted=True)

    response = profile_page(client, customer)

    delivery = response.context["delivery"]
    assert (delivery.sent, delivery.asked, delivery.answered) == (4, 2, 1)
    assert delivery.response_rate == 50
    assert text(response).count("Not needed") == 1


def test_the_profile_tells_why_the_customer_was_not_asked(client, member):
    campaign = a_campaign(member.workspace, name="After an order")
    customer = a_customer(member.workspace)
    problems = [{"property": "order_total", "problem": "Expected a number."}]
    event = an_event(member.workspace, email=customer.address, customer=customer, problems=problems)
    a_decision(event, Reason.SAMPLED_OUT, campaign, detail={"draw": 73.1, "rate": 20})

    page = text(profile_page(client, customer))

    assert "The draw was 73.1" in page
    assert "Expected a number." in page
    assert reverse("events:event", args=[event.id]) in page


def test_a_busy_customer_costs_as_many_queries_as_a_quiet_one(
    client, member, django_assert_max_num_queries
):
    campaign = a_campaign(member.workspace)
    customer = a_customer(member.workspace)
    for _ in range(10):
        record_answer(a_sent_survey(campaign, customer=customer), 9, "", NOW, submitted=True)

    with django_assert_max_num_queries(26):
        profile_page(client, customer)
