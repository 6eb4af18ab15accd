import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from afterword import flow
from afterword.decisions.reasons import Reason
from afterword.events.models import Event, EventCount, InboxItem, Rejection
from afterword.feedback.answering.answer import record_answer
from afterword.surveys.models import Survey
from afterword.workspaces.models import Role
from tests import factories
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_member,
    a_property,
    a_token,
    a_workspace,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    """Django's test client; `client` is the tracking API's in this folder."""
    return Client()


@pytest.fixture
def member(browser):
    return signed_in(browser, Role.OWNER)


def signed_in(browser, role):
    member = a_member(role=role)
    browser.force_login(member.user)
    return member


def an_event(workspace, **fields):
    return factories.an_event(workspace, **{"email": "ann@example.com", **fields})


def a_decision(event, campaign=None, reason=Reason.SAMPLED_OUT, **detail):
    return factories.a_decision(event, reason, campaign, detail=detail, decided_at=NOW)


def a_rejection(workspace):
    return Rejection.objects.create(
        workspace=workspace,
        received_at=NOW,
        code="invalid_json",
        message="The JSON cannot be read.",
        excerpt="<script>{,}",
    )


def a_count(workspace, name, matched=0, unmatched=0, day=None):
    now = timezone.now()
    return EventCount.objects.create(
        workspace=workspace,
        name=name,
        day=day or now.date(),
        matched=matched,
        unmatched=unmatched,
        last_seen_at=now,
    )


def text(response):
    return " ".join(response.content.decode().split())


def found(browser, **query):
    return list(browser.get(reverse("events:list"), query).context["events"])


# ---- who may look


@pytest.mark.parametrize("role", list(Role))
def test_every_member_sees_what_came_in(browser, role):
    member = signed_in(browser, role)
    event = an_event(member.workspace)
    campaign = a_campaign(member.workspace)

    for address in (
        reverse("events:list"),
        reverse("events:event", args=[event.id]),
        reverse("events:rejected"),
        reverse("events:names"),
        reverse("events:seen", args=[campaign.id]),
    ):
        assert browser.get(address).status_code == 200


def test_an_outsider_sees_nothing(browser, member):
    other = a_workspace()
    event = an_event(other, name="Secret Thing")
    a_rejection(other)
    a_count(other, "Secret Thing", matched=1)
    campaign = a_campaign(other, name="Secret campaign")

    for page in ("list", "rejected", "names"):
        response = browser.get(reverse(f"events:{page}"))
        assert "Secret" not in text(response)
        assert "cannot be read." not in text(response)
    assert browser.get(reverse("events:event", args=[event.id])).status_code == 404
    assert browser.get(reverse("events:seen", args=[campaign.id])).status_code == 404
    sent = browser.post(reverse("events:send_test", args=[campaign.id]), {"email": "a@b.test"})
    assert sent.status_code == 404
    assert not InboxItem.objects.exists()


def test_a_visitor_is_asked_to_sign_in(browser):
    event = an_event(a_workspace())

    for address in (
        reverse("events:list"),
        reverse("events:event", args=[event.id]),
        reverse("events:rejected"),
        reverse("events:names"),
    ):
        assert browser.get(address).status_code == 302


# ---- the list


def test_each_event_tells_why(browser, member):
    a_decision(an_event(member.workspace), draw=73.1, rate=20)

    page = text(browser.get(reverse("events:list")))

    assert "Sampled out" in page
    assert "The draw was 73.1" in page


def test_the_newest_event_comes_first_and_the_list_goes_on(browser, member):
    for number in range(60):
        an_event(member.workspace, message_id=f"m{number}", received_at=NOW)

    first = browser.get(reverse("events:list"))
    second = browser.get(reverse("events:list"), {"after": first.context["after"]})

    newest = list(Event.objects.order_by("-received_at", "-id"))
    assert [*first.context["events"], *second.context["events"]] == newest


def test_events_are_found_by_what_a_person_knows(browser, member):
    campaign = a_campaign(member.workspace)
    wanted = an_event(member.workspace, message_id="wanted", name="A", email="bob@example.com")
    a_decision(wanted, campaign, Reason.THROTTLED, days=30)
    a_decision(wanted, reason=Reason.THROTTLED)
    a_decision(an_event(member.workspace))

    for query in (
        {"email": "Bob@example.com "},
        {"name": "A"},
        {"campaign": str(campaign.id)},
        {"reason": "throttled"},
        {"messageId": "wanted"},
        {"campaign": str(campaign.id), "reason": "throttled", "name": "A"},
    ):
        assert found(browser, **query) == [wanted]
    assert found(browser, campaign=str(campaign.id), reason="scheduled") == []


@pytest.mark.parametrize(
    "query",
    [{"campaign": "junk"}, {"reason": "junk"}, {"email": "\x00"}, {"messageId": "x" * 9999}],
)
def test_junk_finds_nothing_and_breaks_nothing(browser, member, query):
    an_event(member.workspace)

    response = browser.get(reverse("events:list"), query)

    assert response.status_code == 200
    assert "No such event" in text(response)


def test_an_empty_list_shows_how_to_send_the_first_event(browser, member, settings):
    settings.BASE_URL = "https://survey.acme.test"

    page = text(browser.get(reverse("events:list")))

    assert "curl https://survey.acme.test/v1/track -u YOUR_TOKEN:" in page


def test_many_events_cost_as_many_queries_as_one(browser, member, django_assert_max_num_queries):
    campaign = a_campaign(member.workspace)
    for number in range(20):
        customer = a_customer(member.workspace)
        a_decision(an_event(member.workspace, message_id=f"m{number}", customer=customer), campaign)

    with django_assert_max_num_queries(10):
        browser.get(reverse("events:list"))


# ---- one event


def test_an_event_shows_what_it_carried_and_what_came_of_it(browser, member):
    a_property(member.workspace, "order_total", "number")
    a_campaign(member.workspace, name="After an order")
    token, _ = a_token(member.workspace)
    InboxItem.objects.create(
        workspace_id=member.workspace_id,
        token_id=token.id,
        is_trusted=True,
        received_at=NOW,
        body=json.dumps(
            {
                "type": "track",
                "event": "Order Completed",
                "messageId": "m1",
                "properties": {
                    "email": "ann@example.com",
                    "order_total": "lots",
                    "note": "<img src=x onerror=alert(1)>",
                },
            }
        ),
        envelope="",
    )
    flow.process_events(member.workspace_id, NOW)
    survey = Survey.objects.get()
    record_answer(survey.first, 9, "Nice", NOW, submitted=True)
    event = Event.objects.get()

    page = text(browser.get(reverse("events:event", args=[event.id])))

    assert f"A survey was scheduled for {NOW.day} {NOW:%b %Y, %H:%M}" in page
    assert "<strong>order_total</strong>" in page
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page
    assert "Nice" in page
    assert "m1" in page


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_can_be_shown(browser, member, reason):
    event = an_event(member.workspace)
    a_decision(event, reason=reason)

    page = text(browser.get(reverse("events:event", args=[event.id])))

    assert reason.label in page


# ---- rejected, and names


def test_a_rejected_call_is_shown_and_never_run(browser, member):
    a_rejection(member.workspace)

    page = text(browser.get(reverse("events:rejected")))

    assert "The JSON cannot be read." in page
    assert "&lt;script&gt;{,}" in page


def test_names_of_two_weeks_are_counted_together(browser, member):
    today = timezone.now().date()
    a_count(member.workspace, "Order Completed", matched=3)
    a_count(member.workspace, "Order Completed", unmatched=4, day=today - timedelta(days=13))
    a_count(member.workspace, "Long ago", matched=1, day=today - timedelta(days=14))

    names = list(browser.get(reverse("events:names")).context["names"])

    assert [(n["name"], n["matched"], n["unmatched"], n["total"]) for n in names] == [
        ("Order Completed", 3, 4, 7)
    ]


@pytest.mark.parametrize(("role", "is_offered"), [(Role.MEMBER, True), (Role.ANALYST, False)])
def test_a_name_that_nobody_listens_for_leads_to_a_new_campaign(browser, role, is_offered):
    member = signed_in(browser, role)
    a_count(member.workspace, "Order & <Paid>", unmatched=4)
    a_count(member.workspace, "Heard", matched=4)

    html = text(browser.get(reverse("events:names")))

    assert ("/campaigns/new?event=Order%20%26%20%3CPaid%3E" in html) is is_offered
    assert "?event=Heard" not in html


def test_names_are_offered_to_the_campaign_editor(browser, member):
    campaign = a_campaign(member.workspace, events=["Order Completed"])
    a_count(member.workspace, "Order Completed", matched=1)
    a_count(member.workspace, 'Say "hi"', unmatched=1234)

    html = text(browser.get(reverse("events:seen", args=[campaign.id])))

    assert 'data-event-name="Order Completed" disabled' in html
    assert 'data-event-name="Say &quot;hi&quot;"' in html
    assert "1,234" in html
    assert "<html" not in html


# ---- the test event


def send(browser, campaign, **fields):
    return browser.post(reverse("events:send_test", args=[campaign.id]), fields)


def queued_tasks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args->>'workspace_id' FROM procrastinate_jobs")
        return cursor.fetchall()


def test_a_test_event_goes_the_way_of_a_real_one(browser, django_capture_on_commit_callbacks):
    member = signed_in(browser, Role.MEMBER)
    campaign = a_campaign(member.workspace)
    token, _ = a_token(member.workspace)

    with django_capture_on_commit_callbacks(execute=True):
        response = send(browser, campaign, email="ann@example.com")

    item = InboxItem.objects.get()
    assert (item.token_id, item.is_trusted) == (token.id, True)
    workspace_id = str(member.workspace_id)
    assert queued_tasks() == [("take_up", workspace_id)]
    waiting = browser.get(response.url)
    assert "The event is on its way" in text(waiting)
    flow.process_events(member.workspace_id, timezone.now())
    arrived = browser.get(response.url, headers={"HX-Request": "true"})
    assert "A survey was scheduled" in text(arrived)
    assert "<html" not in text(arrived)
    assert "hx-get" not in text(arrived)


def test_a_page_does_not_wait_for_ever(browser, member):
    query = {"messageId": "lost", "looked": "60"}

    assert "hx-get" in text(browser.get(reverse("events:list"), {**query, "looked": "59"}))
    assert "hx-get" not in text(browser.get(reverse("events:list"), query))


def test_a_test_event_keeps_what_is_known_of_its_customer(browser, member):
    a_property(member.workspace, "plan")
    a_customer(member.workspace, email="ann@example.com", properties={"plan": "pro"})
    campaign = a_campaign(member.workspace)
    a_token(member.workspace)

    send(browser, campaign, email="Ann@example.com")
    flow.process_events(member.workspace_id, timezone.now())

    customer = member.workspace.customers.get()
    assert customer.properties == {"plan": "pro"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "junk"}, "Write an e-mail address"),
        ({}, "This is needed"),
        ({"email": "a@b.test", "event": "Else"}, "does not listen"),
    ],
)
def test_a_test_event_that_cannot_be_is_refused(browser, member, fields, said):
    campaign = a_campaign(member.workspace)
    a_token(member.workspace)

    response = browser.post(reverse("events:send_test", args=[campaign.id]), fields, follow=True)

    assert said in text(response)
    assert not InboxItem.objects.exists()


def test_without_a_token_the_test_event_says_what_to_do(browser, member):
    response = send(browser, a_campaign(member.workspace), email="a@b.test")

    assert not InboxItem.objects.exists()
    assert "Make an API token" in text(response)


def test_an_analyst_sends_no_test_event(browser):
    member = signed_in(browser, Role.ANALYST)
    a_token(member.workspace)

    response = send(browser, a_campaign(member.workspace), email="a@b.test")

    assert response.status_code == 403
    assert not InboxItem.objects.exists()


def test_looking_at_the_address_of_the_test_event_sends_none(browser, member):
    campaign = a_campaign(member.workspace)

    assert browser.get(reverse("events:send_test", args=[campaign.id])).status_code == 405
