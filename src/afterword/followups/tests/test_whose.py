"""Rules that follow some customers alone: by tag, company or property, as these were then."""

import pytest
from django.test import Client
from django.utils import timezone

from afterword.customers.properties import rename
from afterword.feedback.stopping.unsubscribe import unsubscribe
from afterword.followups.models import Delivery, Notification
from tests.factories import a_campaign, a_customer, a_member, a_property
from tests.followups import (
    a_notification,
    a_webhook,
    an_autoresponder,
    answer,
    queries_of_passes,
    read_all,
)

pytestmark = pytest.mark.django_db(transaction=True)
VIP = {"match": "all", "filters": [{"field": "tags", "operator": "includes", "value": "vip"}]}
RICH = {
    "match": "any",
    "filters": [
        {"field": "plan", "operator": "is", "value": "Pro"},
        {"field": "company_name", "operator": "starts with", "value": "acme"},
    ],
}


def test_rules_of_every_kind_follow_whom_they_mean():
    campaign = a_campaign()
    a_property(campaign.workspace, "plan")
    rules = [
        a_notification(campaign, audience=VIP),
        an_autoresponder(campaign, audience=VIP),
        a_webhook("https://crm.test", campaign=campaign, audience=RICH),
    ]
    vip = a_customer(campaign.workspace, tags=["VIP"])
    rich = a_customer(campaign.workspace, properties={"plan": "pro"})
    at_acme = a_customer(campaign.workspace, company_name="Acme Ltd.")
    for customer in (vip, rich, at_acme, a_customer(campaign.workspace)):
        answer(campaign, 9, customer=customer, submitted=True)

    read_all()

    told = [row.rule_id for row in Delivery.objects.all()]
    assert [told.count(rule.id) for rule in rules] == [1, 1, 2]


def test_what_was_known_at_the_answer_counts():
    campaign = a_campaign()
    a_webhook("https://crm.test", campaign=campaign, audience=VIP)
    customer = a_customer(campaign.workspace, tags=["vip"])
    answer(campaign, customer=customer)
    customer.tags = []
    customer.save()

    read_all()

    assert Delivery.objects.count() == 1


def test_whoever_unsubscribes_is_asked_for_as_they_are():
    campaign = a_campaign()
    of = {"workspace": campaign.workspace, "events": ["unsubscribed"], "audience": VIP}
    a_webhook("https://crm.test", **of)
    for tags in (["vip"], []):
        survey, _ = answer(campaign, customer=a_customer(campaign.workspace, tags=tags))
        unsubscribe(survey, timezone.now(), how="by a test")

    read_all()

    assert Delivery.objects.count() == 1


def test_queries_do_not_grow_with_answers():
    campaign = a_campaign()
    a_webhook("https://crm.test", campaign=campaign, audience=VIP)
    counted = []
    for size in (1, 5):
        for _ in range(size):
            answer(campaign, customer=a_customer(campaign.workspace, tags=["vip"]))
        passes = queries_of_passes()
        counted.append(max(sum("responsefacts" in one for one in each) for each in passes))
    assert counted == [1, 1]


def test_a_renamed_property_is_still_asked_for():
    workspace = a_campaign().workspace
    prop = a_property(workspace, "plan")
    rule = a_notification(workspace=workspace, audience=RICH)

    rename(prop, "tariff")

    rule.refresh_from_db()
    assert rule.audience["filters"][0]["field"] == "tariff"


def filled(**fields):
    return {
        "events": ["feedback"],
        "frequency": "immediately",
        "channel": "email",
        "hour": 8,
        "weekday": 0,
        "addresses": "team@acme.test",
        "enabled": "on",
        "match": "all",
        **fields,
    }


def test_filters_are_set_in_the_form_and_said_in_the_list():
    member = a_member()
    client = Client()
    client.force_login(member.user)
    row = {"field": "tags", "operator": "includes", "value": "vip", "group": ""}

    client.post("/follow-ups/notifications/new", filled(**row))

    rule = Notification.objects.get()
    assert rule.audience == VIP
    listed = client.get("/follow-ups/notifications").content.decode()
    assert "Only of customers with Tags includes vip" in listed
    shown = client.get(f"/follow-ups/notifications/{rule.id}").content.decode()
    assert 'name="value" value="vip"' in shown
    client.post(f"/follow-ups/notifications/{rule.id}", filled())
    rule.refresh_from_db()
    assert rule.audience == {}


def test_a_filter_that_cannot_be_read_says_so():
    client = Client()
    client.force_login(a_member().user)
    row = {"field": "country", "operator": "is", "value": ""}

    answered = client.post("/follow-ups/notifications/new", filled(**row))

    assert answered.status_code == 422
    assert "It needs a value to compare with." in answered.content.decode()
    assert not Notification.objects.exists()
