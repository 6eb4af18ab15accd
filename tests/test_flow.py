"""Event → match → customer → decision → survey, on real rows."""

import gc
from datetime import timedelta

import pytest
from django.utils import timezone

from afterword import flow
from afterword.customers.models import Customer
from afterword.decisions.models import Decision
from afterword.events.models import Event, InboxItem
from afterword.feedback.answering.answer import record_answer
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.surveys.models import Survey
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_property,
    a_sent_survey,
    a_track,
    a_workspace,
    an_identify,
    mail_of,
)

pytestmark = pytest.mark.django_db


def reasons(workspace) -> list[str]:
    return [d.reason for d in Decision.objects.filter(workspace=workspace).order_by("id")]


def test_an_event_becomes_a_customer_a_decision_and_a_survey():
    campaign = a_campaign(delay=timedelta(days=2))
    a_track(campaign.workspace, "ann@example.com", properties={"firstName": "Ann"})

    flow.process_events(campaign.workspace_id, NOW)

    customer = Customer.objects.get()
    survey = Survey.objects.get()
    decision = Decision.objects.get()
    assert (customer.email, customer.first_name) == ("ann@example.com", "Ann")
    assert mail_of(survey.first).due_at == NOW + timedelta(days=2)
    assert (survey.customer, survey.template) == (customer, campaign.template)
    assert decision.reason == "scheduled"
    assert decision.detail["survey_id"] == str(survey.id)
    assert not InboxItem.objects.exists()


def test_one_event_asks_for_each_campaign_that_listens():
    workspace = a_workspace()
    a_campaign(workspace, events=["Signed Up", "Order Completed"])
    a_campaign(workspace)
    a_campaign(workspace, events=["order completed"])
    a_track(workspace)

    flow.process_events(workspace.id, NOW)

    assert reasons(workspace) == ["scheduled", "scheduled"]


def test_a_page_asks_for_each_campaign_that_listens_by_whichever_name():
    workspace = a_workspace()
    a_property(workspace, "plan")
    a_customer(workspace, email="ann@example.com", properties={"plan": "gold"})
    a_campaign(workspace, events=["Viewed Pricing Page", "Pricing"])
    a_campaign(workspace, events=["Pricing"])
    a_campaign(workspace, events=["Viewed Pricing Screen", "pricing"])
    a_track(workspace, type="page", name="Pricing", properties={"url": "https://a.example"})

    flow.process_events(workspace.id, NOW)

    assert reasons(workspace) == ["scheduled", "scheduled"]
    assert Event.objects.get().name == "Viewed Pricing Page"
    assert Customer.objects.get().properties == {"plan": "gold"}


def test_the_same_message_counts_once_in_a_batch_and_across_batches():
    campaign = a_campaign()
    workspace = campaign.workspace
    a_track(workspace, message_id="m1")
    a_track(workspace, message_id="m1")
    flow.process_events(workspace.id, NOW)
    a_track(workspace, message_id="m1", properties={"firstName": "Mallory"})

    flow.process_events(workspace.id, NOW)

    assert reasons(workspace) == ["scheduled"]
    assert Event.objects.count() == Survey.objects.count() == 1
    assert Event.objects.get().retries == 2
    assert Customer.objects.get().first_name == ""


def test_the_same_message_id_of_another_workspace_is_another_event():
    one, other = a_campaign(), a_campaign()
    for campaign in (one, other):
        a_track(campaign.workspace, message_id="m1")
        flow.process_events(campaign.workspace_id, NOW)

    assert reasons(one.workspace) == reasons(other.workspace) == ["scheduled"]


def test_events_are_applied_in_the_order_of_receipt():
    campaign = a_campaign()
    workspace = campaign.workspace
    a_property(workspace, "plan")
    for plan in ("free", "pro", "team"):
        a_track(workspace, properties={"plan": plan})

    flow.process_events(workspace.id, NOW)

    assert Customer.objects.get().properties == {"plan": "team"}


def test_an_older_event_that_comes_late_overwrites_and_unassigns_nothing():
    campaign = a_campaign()
    workspace = campaign.workspace
    a_property(workspace, "plan")
    a_property(workspace, "seats", "number")
    a_track(workspace, properties={"plan": "team", "firstName": "Ann"}, occurred_at=NOW)
    old = NOW - timedelta(hours=1)
    a_track(workspace, properties={"seats": 3, "firstName": "Anna"}, occurred_at=old)

    flow.process_events(workspace.id, NOW)

    customer = Customer.objects.get()
    assert customer.properties == {"plan": "team"}
    assert customer.first_name == "Ann"


def test_a_property_not_sent_is_unassigned_unless_the_workspace_keeps_it():
    for keeps in (False, True):
        campaign = a_campaign(a_workspace(keeps_unsent_properties=keeps))
        workspace = campaign.workspace
        a_property(workspace, "plan")
        a_track(workspace, properties={"plan": "team"})
        a_track(workspace)

        flow.process_events(workspace.id, NOW)

        expected = {"plan": "team"} if keeps else {}
        assert Customer.objects.get(workspace=workspace).properties == expected


def test_a_value_that_does_not_fit_leaves_the_old_one_and_is_noted():
    campaign = a_campaign()
    workspace = campaign.workspace
    a_property(workspace, "seats", "number")
    a_track(workspace, properties={"seats": 3})
    a_track(workspace, properties={"seats": "many"})

    flow.process_events(workspace.id, NOW)

    assert Customer.objects.get().properties == {"seats": 3}
    problems = [event.problems for event in Event.objects.order_by("id")]
    assert problems[0] == []
    assert problems[1][0]["property"] == "seats"
    assert "many" in problems[1][0]["problem"]


def test_a_customer_is_brought_up_to_date_even_when_nobody_is_surveyed():
    campaign = a_campaign(activated_at=None)
    a_track(campaign.workspace, properties={"city": "Prague", "tags": "a, b"})

    flow.process_events(campaign.workspace_id, NOW)

    customer = Customer.objects.get()
    assert (customer.city, customer.tags) == ("Prague", ["a", "b"])
    assert reasons(campaign.workspace) == ["campaign_off"]


def test_without_an_address_or_with_an_impossible_one_the_decision_says_so():
    campaign = a_campaign()
    a_track(campaign.workspace, None, userId="u1")
    a_track(campaign.workspace, "not an address")

    flow.process_events(campaign.workspace_id, NOW)
    flow.process_events(campaign.workspace_id, NOW + timedelta(minutes=5))

    none, invalid = Decision.objects.order_by("id")
    assert (none.reason, none.detail["user_id"]) == ("no_email", "u1")
    assert (invalid.reason, invalid.detail["email"]) == ("invalid_email", "not an address")
    assert not Customer.objects.exists()


def test_a_track_with_only_an_id_finds_the_customer_that_identify_named():
    campaign = a_campaign()
    an_identify(campaign.workspace, "ann@example.com", userId="u1", anonymousId="a1")
    a_track(campaign.workspace, None, userId="u1")
    a_track(campaign.workspace, None, anonymousId="a1")

    flow.process_events(campaign.workspace_id, NOW)

    assert {event.email for event in Event.objects.all()} == {"ann@example.com"}
    assert reasons(campaign.workspace) == ["scheduled", "scheduled"]


def test_a_browser_makes_no_address_known():
    campaign = a_campaign()
    workspace = campaign.workspace
    known = a_customer(workspace, email="known@example.com", city="Brno")
    a_track(workspace, "stranger@example.com", is_trusted=False)
    a_track(workspace, known.email, is_trusted=False, properties={"city": "Evil"})

    flow.process_events(workspace.id, NOW)

    assert reasons(workspace) == ["untrusted_source", "scheduled"]
    assert [c.email for c in Customer.objects.all()] == [known.email]
    known.refresh_from_db()
    assert known.city == "Brno"


def test_what_a_browser_says_of_an_id_makes_no_server_mail_a_stranger():
    campaign = a_campaign()
    workspace = campaign.workspace
    an_identify(workspace, "stranger@example.com", is_trusted=False, userId="u1")
    a_track(workspace, None, userId="u1")

    flow.process_events(workspace.id, NOW)

    assert reasons(workspace) == ["untrusted_source"]
    assert not Customer.objects.exists()


def test_a_browser_cannot_send_a_servers_survey_to_somebody_else():
    campaign = a_campaign()
    workspace = campaign.workspace
    a_customer(workspace, email="mallory@example.com")
    ann = "ann@example.com"
    an_identify(workspace, "mallory@example.com", is_trusted=False, userId=ann)
    a_track(workspace, ann, userId=ann)
    a_track(workspace, None, userId=ann)

    flow.process_events(workspace.id, NOW)

    assert {survey.email for survey in Survey.objects.all()} == {ann}


def test_tags_have_an_end():
    campaign = a_campaign()
    for batch in range(3):
        tags = [f"tag {batch} {number}" for number in range(600)]
        a_track(campaign.workspace, properties={"tags": tags})

    flow.process_events(campaign.workspace_id, NOW)

    assert len(Customer.objects.get().tags) == 1000
    assert Event.objects.order_by("id").last().problems[0]["property"] == "tags"


def test_two_events_of_one_customer_in_a_batch_see_each_other():
    campaign = a_campaign(throttle_days=30)
    a_track(campaign.workspace)
    a_track(campaign.workspace)

    flow.process_events(campaign.workspace_id, NOW)

    assert reasons(campaign.workspace) == ["scheduled", "throttled"]


def test_a_throttle_hears_of_other_campaigns_only_when_told():
    workspace = a_workspace()
    elsewhere = a_campaign(workspace, events=["Elsewhere"])
    customer = a_customer(workspace)
    a_sent_survey(elsewhere, customer=customer, sent_at=NOW - timedelta(days=3))
    a_campaign(workspace, throttle_days=30)
    a_campaign(workspace, throttle_days=30, throttle_scope="all")
    a_track(workspace, customer.email)

    flow.process_events(workspace.id, NOW)

    assert reasons(workspace) == ["scheduled", "throttled"]


def test_an_address_gets_at_most_three_mails_a_day_over_all_campaigns():
    workspace = a_workspace()
    for _ in range(4):
        a_campaign(workspace)
    a_track(workspace)

    flow.process_events(workspace.id, NOW)

    assert reasons(workspace) == ["scheduled"] * 3 + ["capped"]


def test_an_audience_looks_at_the_events_own_properties():
    amount = {"field": "event.amount", "type": "number", "operator": "at least", "value": 100}
    campaign = a_campaign(audience={"filters": [amount]})
    for amount_sent in (99.5, 100):
        a_track(campaign.workspace, properties={"amount": amount_sent})

    flow.process_events(campaign.workspace_id, NOW)

    assert reasons(campaign.workspace) == ["outside_audience", "scheduled"]
    assert not Customer.objects.exclude(properties={}).exists()


def test_an_audience_looks_at_the_last_score():
    workspace = a_workspace()
    score = {"field": "last_score", "operator": "at most", "value": 6}
    a_campaign(workspace, audience={"filters": [score]}, events=["Complained"])
    for number, scores in enumerate([(10, 3), (3, 10), ()]):
        customer = a_customer(workspace, email=f"customer{number}@example.com")
        for days, given in enumerate(scores):
            at = NOW + timedelta(days=days - 20)
            survey = a_sent_survey(a_campaign(workspace), customer=customer, sent_at=at)
            record_answer(survey, given, "", at, submitted=True)
        a_track(workspace, customer.email, event="Complained")

    flow.process_events(workspace.id, NOW)

    assert reasons(workspace) == ["scheduled", "outside_audience", "outside_audience"]
    assert [d.detail.get("seen") for d in Decision.objects.order_by("id")] == [None, 10, None]


def test_the_number_of_queries_does_not_grow_with_the_batch(django_assert_max_num_queries):
    campaign = a_campaign(throttle_days=1)
    a_property(campaign.workspace, "plan")
    for number in range(60):
        a_track(campaign.workspace, f"customer{number}@example.com", properties={"plan": "x"})

    with django_assert_max_num_queries(22):
        flow.process_events(campaign.workspace_id, NOW)

    assert Survey.objects.count() == 60


def test_an_event_of_a_stopped_address_makes_a_customer_who_is_not_asked():
    campaign = a_campaign()
    workspace = campaign.workspace
    for pattern, reason in (
        ("ann@example.com", SuppressionReason.UNSUBSCRIBED),
        ("ann@example.com", SuppressionReason.HARD_BOUNCED),
        ("*.example.com", SuppressionReason.LISTED),
    ):
        suppress(workspace.id, pattern, reason, how="member", now=NOW, note="Staff")
    a_track(workspace, "ann@example.com")
    a_track(workspace, "bob@mail.example.com")

    flow.process_events(workspace.id, NOW)

    ann = Customer.objects.get(email="ann@example.com")
    bob = Customer.objects.get(email="bob@mail.example.com")
    assert (ann.unsubscribed_at, ann.hard_bounced_at, ann.suppressed_at) == (NOW, NOW, None)
    assert bob.suppressed_at == NOW
    assert reasons(workspace) == ["unsubscribed", "suppressed"]
    detail = Decision.objects.get(reason="suppressed").detail
    assert (detail["pattern"], detail["note"]) == ("*.example.com", "Staff")


def test_an_event_that_the_database_refuses_holds_nobody_up():
    campaign = a_campaign()
    just_now = timezone.now()
    a_track(campaign.workspace, "ann@example.com", received_at=just_now)
    poison = a_track(campaign.workspace, "bea@example.com", received_at=just_now)
    InboxItem.objects.filter(id=poison.id).update(body=poison.body.replace("bea@", "bea\\u0000@"))
    a_track(campaign.workspace, "cleo@example.com", received_at=just_now)

    flow.drain_inbox(campaign.workspace_id, lambda: None)

    assert not InboxItem.objects.exists()
    assert {s.email for s in Survey.objects.all()} == {"ann@example.com", "cleo@example.com"}


def test_only_a_stream_of_events_is_given_time_to_gather(monkeypatch):
    pauses = []
    monkeypatch.setattr(flow.time, "sleep", pauses.append)
    campaign = a_campaign()
    a_track(campaign.workspace)
    flow.drain_inbox(campaign.workspace_id, lambda: None)
    assert pauses == []

    a_track(campaign.workspace)
    a_track(campaign.workspace)
    flow.drain_inbox(campaign.workspace_id, lambda: None)
    assert pauses == [flow.GATHER]


def test_python_searches_for_no_garbage_while_a_batch_is_done():
    campaign = a_campaign()
    for number in range(20):
        a_track(campaign.workspace, f"customer{number}@example.com")
    searches: list[str] = []

    def note(phase: str, _: dict[str, int]) -> None:
        searches.append(phase)

    usual = gc.get_threshold()
    gc.set_threshold(50)
    gc.callbacks.append(note)
    try:
        flow.process_events(campaign.workspace_id, NOW)
    finally:
        gc.callbacks.remove(note)
        gc.set_threshold(*usual)

    assert searches.count("start") <= 3  # which may follow the batch
    assert gc.isenabled()
