"""Reminders of surveys on pages, and reminders on pages, as a customer meets them."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from afterword.campaigns.models import Campaign, Channel, Reminder
from afterword.customers.models import Customer
from afterword.feedback.models import Response
from afterword.feedback.tests.in_app import (
    a_known_user,
    a_regular_one,
    a_signed_page,
)
from afterword.sending.claim import claim_due
from afterword.sending.models import Mail, State
from afterword.surveys.in_app.offers import withdraw_expired
from afterword.surveys.models import Invitation, Survey
from afterword.surveys.outbox.status import Status, status_of
from afterword.surveys.remind import schedule_reminders
from afterword.surveys.shown import surveys_on_pages
from tests.factories import a_campaign, a_member, a_sent_survey, a_template, a_workspace

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def nobody_came_before():
    cache.clear()


def a_reminder(campaign, channel=Channel.EMAIL, after_days=3, template=None):
    reminder = Reminder.objects.create(
        campaign=campaign,
        position=campaign.reminders.count() + 1,
        channel=channel,
        after_days=after_days,
        template=template or campaign.template,
    )
    Reminder.objects.filter(id=reminder.id).update(created_at=timezone.now() - 90 * DAY)
    return reminder


def seen(campaign, ago=3 * DAY, *, is_closed=False, email="ann@example.com"):
    """Return the page on which a survey was shown so long ago."""
    a_known_user(campaign.workspace, email=email)
    page = a_signed_page(campaign.workspace)
    [survey] = page.ask()
    page.tell("closed" if is_closed else "shown", {"id": survey["id"]})
    at = timezone.now() - ago
    Survey.objects.update(asked_at=at)
    Invitation.objects.update(shown_at=at, created_at=at, dismissed_at=at if is_closed else None)
    return page


def the_reminder() -> Invitation:
    return Invitation.objects.select_related("mail", "survey").get(reminder__isnull=False)


def test_who_saw_it_is_reminded_by_mail_and_answers_the_same_survey():
    campaign = a_regular_one()
    reminder = a_reminder(campaign, template=a_template(campaign.workspace))
    seen(campaign)

    assert schedule_reminders(timezone.now()) == 1
    assert schedule_reminders(timezone.now()) == 0

    mail = Mail.objects.get()
    assert (mail.kind, mail.recipient, mail.stream_id) == (
        "reminder",
        "ann@example.com",
        campaign.id,
    )
    assert the_reminder().template == reminder.template
    address = f"/s/{the_reminder().answer_token}"
    visitor = Client()
    hidden = re.findall(
        r'type="hidden" name="(\w+)" value="([^"]*)"', visitor.get(address).content.decode()
    )
    assert visitor.post(address, {**dict(hidden), "score": "9"}).status_code == 303
    assert Response.objects.get().survey == Survey.objects.get()
    assert a_signed_page(campaign.workspace).ask() == []


def test_a_reminder_by_mail_is_claimed_and_composed_as_any():
    campaign = a_regular_one()
    a_reminder(campaign)
    seen(campaign)
    now = timezone.now()
    schedule_reminders(now)

    [claimed] = claim_due(uuid4(), now, 10, [campaign.id]).mails

    assert claimed.matter == the_reminder()
    assert claimed.matter.version


@pytest.mark.parametrize("what", ["not_seen", "answered", "too_early", "off", "no_address"])
def test_nobody_else_is_reminded_by_mail(what):
    campaign = a_regular_one()
    a_reminder(campaign)
    ago = 2 * DAY if what == "too_early" else 3 * DAY
    seen(campaign, ago, email=None if what == "no_address" else "ann@example.com")
    if what == "not_seen":
        Survey.objects.update(asked_at=None)
    if what == "answered":
        Survey.objects.update(answered_at=timezone.now())
    if what == "off":
        Campaign.objects.update(activated_at=None)

    assert schedule_reminders(timezone.now()) == 0


@pytest.mark.parametrize("column", ["hard_bounced_at", "undeliverable_at", "unsubscribed_at"])
def test_no_mail_goes_where_none_may(column):
    campaign = a_regular_one()
    a_reminder(campaign)
    seen(campaign)
    Customer.objects.update(**{column: timezone.now()})

    assert schedule_reminders(timezone.now()) == 0


def test_a_mail_that_may_not_go_by_then_does_not():
    campaign = a_regular_one()
    a_reminder(campaign)
    seen(campaign)
    now = timezone.now()
    schedule_reminders(now)
    Customer.objects.update(hard_bounced_at=now)

    assert claim_due(uuid4(), now, 10, [campaign.id]).mails == []
    assert (Mail.objects.get().state, Mail.objects.get().reason) == (
        State.DISMISSED,
        "hard_bounced",
    )
    assert Survey.objects.get().ended_at is None


def test_who_closed_it_is_shown_a_reminder_in_its_place():
    campaign = a_regular_one()
    a_reminder(campaign, Channel.IN_APP)
    page = seen(campaign, is_closed=True, email=None)
    assert page.ask() == []

    assert schedule_reminders(timezone.now()) == 1
    [survey] = page.ask()
    page.tell("shown", {"id": survey["id"]})

    assert (status_of(the_reminder()), Mail.objects.exists()) == (Status.SHOWN, False)
    page.tell("answer", {"id": survey["id"], "score": 9, "done": 1})
    assert Response.objects.get().survey == Survey.objects.get()
    assert page.ask() == []


def test_of_a_survey_that_still_stands_only_the_reminder_is_shown():
    campaign = a_regular_one()
    a_reminder(campaign, Channel.IN_APP)
    page = seen(campaign)
    [first] = page.ask()

    schedule_reminders(timezone.now())
    [again] = page.ask()
    page.tell("closed", {"id": again["id"]})

    assert first["id"] != again["id"]
    assert page.ask() == []


def test_a_reminder_that_is_not_shown_ends_no_survey():
    campaign = a_regular_one()
    a_reminder(campaign, Channel.IN_APP)
    page = seen(campaign, is_closed=True)
    now = timezone.now()
    schedule_reminders(now)

    assert withdraw_expired(now + 14 * DAY) == 1
    assert status_of(the_reminder()) is Status.WITHDRAWN
    assert Survey.objects.get().ended_at is None

    Invitation.objects.filter(id=the_reminder().id).update(withdrawn_at=None)
    Campaign.objects.update(activated_at=None)
    assert page.ask() == []
    assert the_reminder().withdrawn_at
    assert Survey.objects.get().ended_at is None


def test_a_survey_by_mail_is_reminded_of_in_the_application():
    workspace = a_workspace()
    campaign = a_campaign(workspace, throttle_days=30)
    a_reminder(campaign, Channel.IN_APP)
    ann = a_known_user(workspace, email="ann@example.com")
    now = timezone.now()
    a_sent_survey(campaign, customer=ann, sent_at=now - 3 * DAY)

    assert (schedule_reminders(now), schedule_reminders(now)) == (1, 0)
    page = a_signed_page(workspace)
    [survey] = page.ask()
    page.tell("answer", {"id": survey["id"], "score": 4, "done": 1})

    ann.refresh_from_db()
    assert ann.last_surveyed_at
    assert ann.last_surveyed_at >= now
    assert Response.objects.get().survey == Survey.objects.get()
    assert page.ask() == []


def test_a_reminder_on_a_page_is_told_of_where_every_survey_is():
    workspace = a_workspace()
    campaign = a_campaign(workspace)
    a_reminder(campaign, Channel.IN_APP)
    ann = a_known_user(workspace, email="ann@example.com")
    now = timezone.now()
    a_sent_survey(campaign, customer=ann, sent_at=now - 3 * DAY)
    schedule_reminders(now)
    owner = Client()
    owner.force_login(a_member(workspace).user)

    life = owner.get(f"/outbox/{the_reminder().id}").content.decode()
    first = owner.get(f"/outbox/{the_reminder().survey_id}").content.decode()
    assert "Offered" in owner.get("/outbox").content.decode()
    assert "It is shown when the customer comes by" in life
    assert "Reminder scheduled" in first
    for address in (
        f"/customers/{ann.id}",
        "/outbox/export.csv",
        f"/campaigns/{campaign.id}/results",
    ):
        assert owner.get(address).status_code == 200

    Survey.objects.update(answered_at=now)
    life = owner.get(f"/outbox/{the_reminder().id}").content.decode()
    assert "Nothing: the survey it reminds of was answered." in life
    withdraw_expired(now + 15 * DAY)
    life = owner.get(f"/outbox/{the_reminder().id}").content.decode()
    assert "The survey it reminds of was answered, on" in life


def test_a_reminder_on_a_page_counts_as_the_last_time_that_it_was_shown():
    campaign = a_regular_one()
    a_reminder(campaign, Channel.IN_APP)
    page = seen(campaign, 20 * DAY)
    schedule_reminders(timezone.now(), thoroughly=True)
    [survey] = page.ask()
    page.tell("shown", {"id": survey["id"]})
    ann = Customer.objects.get()

    [past] = surveys_on_pages([ann.id], timezone.now() - DAY)[ann.id]

    assert past.at == the_reminder().shown_at
    assert not past.is_waiting


def test_the_story_of_a_survey_tells_of_the_reminder_to_come():
    campaign = a_regular_one()
    a_reminder(campaign, after_days=5)
    seen(campaign)
    owner = Client()
    owner.force_login(a_member(campaign.workspace).user)

    page = owner.get(f"/outbox/{Survey.objects.get().id}").content.decode()

    assert "A reminder follows after 5 days if it is not answered by then." in page
