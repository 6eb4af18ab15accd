from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F

from afterword.campaigns.models import Reminder, ReminderWhen
from afterword.decisions.facts import past_surveys
from afterword.sending.claim import claim_due
from afterword.sending.hand_over import Beginning, Group, commit
from afterword.sending.models import Mail, State
from afterword.surveys import due_reminders, remind
from afterword.surveys.due_reminders import TOO_LATE
from afterword.surveys.models import Invitation, Survey
from afterword.surveys.remind import schedule_reminders
from tests.factories import (
    NOW,
    a_brake,
    a_campaign,
    a_customer,
    a_reminder_of,
    a_sent_reminder_of,
    a_sent_survey,
    a_survey,
    a_template,
    a_workspace,
    mail_of,
    many_like,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# Tables whose statistics are taken early, while those of the others are not there yet.
STATISTICS = [
    ["sending_mail", "surveys_survey"],
    ["sending_mail", "surveys_invitation"],
    ["sending_mail", "surveys_survey", "surveys_invitation", "customers_customer"],
    ["surveys_survey", "surveys_invitation", "campaigns_reminder"],
]


def a_reminder(
    campaign, when=ReminderWhen.NOT_ANSWERED, after_days=3, made_at=NOW - 90 * DAY, template=None
):
    reminder = Reminder.objects.create(
        campaign=campaign,
        position=campaign.reminders.count() + 1,
        when=when,
        after_days=after_days,
        template=template or campaign.template,
    )
    Reminder.objects.filter(id=reminder.id).update(created_at=made_at)
    return reminder


def reminded():
    return list(Invitation.objects.exclude(survey=F("id")).order_by("created_at", "id"))


def test_a_survey_not_answered_is_reminded_of_by_a_mail_of_its_own():
    campaign = a_campaign()
    again = a_template(campaign.workspace)
    reminder = a_reminder(campaign, template=again)
    original = a_sent_survey(campaign, sent_at=NOW - 3 * DAY)

    assert schedule_reminders(NOW) == 1

    [mail] = reminded()
    assert (mail.survey, mail.reminder, mail.template) == (original.survey, reminder, again)
    assert (mail_of(mail).state, mail_of(mail).due_at, mail.survey.event) == (
        State.QUEUED,
        NOW,
        None,
    )
    assert (mail.survey.customer, mail.survey.email) == (
        original.survey.customer,
        original.survey.email,
    )
    assert mail.answer_token != original.answer_token
    assert mail.unsubscribe_token != original.unsubscribe_token


def test_not_before_its_day():
    campaign = a_campaign()
    a_reminder(campaign, after_days=3)
    a_sent_survey(campaign, sent_at=NOW - 3 * DAY + timedelta(seconds=1))

    assert schedule_reminders(NOW) == 0


def test_each_reminder_comes_once():
    campaign = a_campaign()
    a_reminder(campaign)
    a_sent_survey(campaign, sent_at=NOW - 3 * DAY)

    assert [schedule_reminders(NOW + hours * timedelta(hours=1)) for hours in range(30)] == [
        1,
        *[0] * 29,
    ]


def test_a_reminder_is_not_reminded_of():
    campaign = a_campaign()
    a_reminder(campaign)
    original = a_sent_survey(campaign, sent_at=NOW - 3 * DAY)
    a_sent_reminder_of(original, sent_at=NOW - 3 * DAY, created_at=NOW)

    assert schedule_reminders(NOW) == 0


@pytest.mark.parametrize(
    "column", ["answered_at", "unsubscribed_at", "bounced_at", "complained_at"]
)
def test_nobody_is_reminded_who_answered_or_left_or_cannot_be_reached(column):
    campaign = a_campaign()
    a_reminder(campaign)
    a_sent_survey(campaign, sent_at=NOW - 3 * DAY, **{column: NOW - DAY})

    assert schedule_reminders(NOW) == 0


@pytest.mark.parametrize(
    "column", ["unsubscribed_at", "hard_bounced_at", "undeliverable_at", "suppressed_at"]
)
def test_nobody_is_reminded_whom_no_survey_may_reach(column):
    campaign = a_campaign()
    a_reminder(campaign)
    customer = a_customer(campaign.workspace, **{column: NOW - DAY})
    a_sent_survey(campaign, sent_at=NOW - 3 * DAY, customer=customer)

    assert schedule_reminders(NOW) == 0


@pytest.mark.parametrize("state", [State.QUEUED, State.BOUNCED, State.PARKED, State.CANCELLED])
def test_only_what_was_sent_is_reminded_of(state):
    campaign = a_campaign()
    a_reminder(campaign)
    a_sent_survey(campaign, sent_at=NOW - 3 * DAY, state=state)

    assert schedule_reminders(NOW) == 0


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_campaign_that_is_off_or_paused_reminds_nobody(is_paused):
    campaign = a_campaign(activated_at=NOW if is_paused else None)
    if is_paused:
        a_brake(campaign)
    a_reminder(campaign)
    a_sent_survey(campaign, sent_at=NOW - 3 * DAY)

    assert schedule_reminders(NOW) == 0


def test_switching_a_reminder_on_is_no_blast():
    campaign = a_campaign()
    a_reminder(campaign, made_at=NOW - DAY)
    a_sent_survey(campaign, sent_at=NOW - 4 * DAY)
    a_sent_survey(campaign, sent_at=NOW - DAY)

    assert schedule_reminders(NOW) == 0
    assert schedule_reminders(NOW + 2 * DAY) == 1


def test_what_became_due_long_ago_is_left():
    campaign = a_campaign()
    a_reminder(campaign)
    a_sent_survey(campaign, sent_at=NOW - 3 * DAY - TOO_LATE - timedelta(minutes=1))
    a_sent_survey(campaign, sent_at=NOW - 3 * DAY - TOO_LATE + timedelta(minutes=1))

    assert schedule_reminders(NOW) == 1


def test_not_opened_looks_at_people_and_not_at_machines():
    campaign = a_campaign(a_workspace(tracks_opens=True))
    a_reminder(campaign, ReminderWhen.NOT_OPENED)
    a_sent_survey(campaign, sent_at=NOW - 3 * DAY, opened_at=NOW - DAY)
    untouched = a_sent_survey(campaign, sent_at=NOW - 3 * DAY)
    scanned = a_sent_survey(campaign, sent_at=NOW - 3 * DAY, machine_opened_at=NOW - DAY)

    assert schedule_reminders(NOW) == 2

    assert {mail.survey_id for mail in reminded()} == {untouched.id, scanned.id}


def test_opened_but_not_answered_counts_from_the_opening():
    campaign = a_campaign(a_workspace(tracks_opens=True))
    a_reminder(campaign, ReminderWhen.OPENED_NOT_ANSWERED)
    a_sent_survey(campaign, sent_at=NOW - 5 * DAY)
    a_sent_survey(campaign, sent_at=NOW - 5 * DAY, machine_opened_at=NOW - 4 * DAY)
    a_sent_survey(campaign, sent_at=NOW - 5 * DAY, opened_at=NOW - 2 * DAY)
    opened = a_sent_survey(campaign, sent_at=NOW - 40 * DAY, opened_at=NOW - 3 * DAY)

    assert schedule_reminders(NOW) == 1

    assert reminded()[0].survey_id == opened.id


@pytest.mark.parametrize("when", [ReminderWhen.NOT_OPENED, ReminderWhen.OPENED_NOT_ANSWERED])
def test_what_looks_at_opens_waits_while_none_are_tracked(when):
    campaign = a_campaign()
    a_reminder(campaign, when)
    a_sent_survey(campaign, sent_at=NOW - 9 * DAY, opened_at=NOW - 4 * DAY)
    a_sent_survey(campaign, sent_at=NOW - 9 * DAY)

    assert schedule_reminders(NOW) == 0


def test_who_opened_a_reminder_has_opened_the_survey():
    campaign = a_campaign(a_workspace(tracks_opens=True))
    first = a_reminder(campaign, ReminderWhen.NOT_ANSWERED, 2)
    a_reminder(campaign, ReminderWhen.NOT_OPENED, 5)
    original = a_sent_survey(campaign, sent_at=NOW - 5 * DAY)
    a_sent_reminder_of(original, reminder=first, created_at=NOW - 3 * DAY, opened_at=NOW - DAY)

    assert schedule_reminders(NOW) == 0


def test_five_reminders_come_one_after_the_other():
    campaign = a_campaign()
    for days in (1, 2, 3, 5, 8):
        a_reminder(campaign, after_days=days)
    a_sent_survey(campaign, sent_at=NOW)

    sent = [schedule_reminders(NOW + hours * timedelta(hours=1)) for hours in range(24 * 10)]

    assert [hours // 24 for hours, count in enumerate(sent) if count] == [1, 2, 3, 5, 8]
    assert len({mail.reminder_id for mail in reminded()}) == 5


def test_reminders_that_are_due_at_once_do_not_come_at_once():
    campaign = a_campaign()
    first, second = a_reminder(campaign, after_days=1), a_reminder(campaign, after_days=2)
    a_sent_survey(campaign, sent_at=NOW - 4 * DAY)

    assert schedule_reminders(NOW) == 1
    assert schedule_reminders(NOW + timedelta(hours=23)) == 0
    assert schedule_reminders(NOW + timedelta(hours=24)) == 1

    assert [mail.reminder for mail in reminded()] == [first, second]


def test_a_sent_reminder_throttles_as_the_last_survey():
    campaign = a_campaign()
    original = a_sent_survey(campaign, sent_at=NOW - 10 * DAY)
    mail = a_sent_reminder_of(original, sent_at=NOW - DAY)

    customer = original.survey.customer
    assert customer
    people = {customer.id: original.survey.email}
    past = past_surveys(campaign.workspace_id, people, since=NOW - 5 * DAY)

    assert [(one.id, one.at) for one in past[customer.id]] == [(mail.id, NOW - DAY)]


def a_due_reminder():
    campaign = a_campaign()
    original = a_sent_survey(campaign, sent_at=NOW - 10 * DAY)
    return a_reminder_of(original, due_at=NOW)


@pytest.mark.parametrize("what", ["answered_at", "bounced_at"])
def test_a_reminder_is_needless_when_its_survey_was_answered_or_has_bounced(what):
    reminder = a_due_reminder()
    about = {"answered_at": Survey, "bounced_at": Mail}[what]
    about._default_manager.filter(id=reminder.survey_id).update(**{what: NOW - DAY})

    assert claim_due(uuid4(), NOW, 10, [reminder.survey.campaign_id]).mails == []

    mail = mail_of(reminder)
    assert (mail.state, list(mail.detail)) == (State.CANCELLED, [what])


@pytest.mark.parametrize("what", ["answered_at", "bounced_at"])
def test_that_is_heard_at_the_last_moment_too(what):
    reminder = a_due_reminder()
    [claimed] = claim_due(uuid4(), NOW, 10, [reminder.survey.campaign_id]).mails
    about = {"answered_at": Survey, "bounced_at": Mail}[what]
    about._default_manager.filter(id=reminder.survey_id).update(**{what: NOW})

    assert commit(Group([Beginning(claimed.id, claimed.attempt, "", "")]), NOW) == set()


def test_thousands_cost_a_fixed_number_of_queries(django_assert_num_queries):
    campaign = a_campaign()
    a_reminder(campaign)
    customer = a_customer(campaign.workspace)
    original = a_sent_survey(campaign, customer=customer, sent_at=NOW - 3 * DAY)
    many_like(original, 1999)

    with django_assert_num_queries(10):  # two to read, and four for each thousand
        assert schedule_reminders(NOW) == 2000


@pytest.mark.parametrize(
    ("channel", "query"), [("email", due_reminders.MAILED), ("inapp", due_reminders.SHOWN)]
)
@pytest.mark.parametrize("looked_at", STATISTICS, ids=" ".join)
def test_each_survey_is_looked_at_alone_whatever_the_planner_believes(looked_at, channel, query):
    """Statistics that were taken while there was one of each make it prefer whole tables."""
    campaign = a_campaign(channel=channel)
    a_reminder(campaign)
    customer = a_customer(campaign.workspace)
    original = a_sent_survey(campaign, customer=customer, sent_at=NOW - 3 * DAY)
    Survey.objects.update(channel=channel)
    with connection.cursor() as cursor:
        for table in looked_at:
            cursor.execute(f"ANALYZE {table}")
        many_like(original, 999)
        cursor.execute("SET LOCAL statement_timeout = '20s'")
        cursor.execute(
            f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}", due_reminders.asked_of(NOW)
        )
        [[[plan]]] = cursor.fetchall()

    assert plan["Plan"]["Actual Rows"] == 1000
    assert rows_looked_at(plan["Plan"]) < 50 * 1000


def rows_looked_at(plan):
    removed = ("Rows Removed by Filter", "Rows Removed by Join Filter")
    rows = plan["Actual Rows"] + sum(plan.get(reason, 0) for reason in removed)
    return rows * plan["Actual Loops"] + sum(map(rows_looked_at, plan.get("Plans", ())))


def test_of_very_many_the_newest_are_looked_at_and_thoroughly_all(monkeypatch):
    monkeypatch.setattr(due_reminders, "NEWEST", 2)
    campaign = a_campaign()
    a_reminder(campaign)
    for days in (4, 5, 6, 7, 8):
        a_sent_survey(campaign, sent_at=NOW - days * DAY)

    assert schedule_reminders(NOW) == 3
    assert schedule_reminders(NOW, thoroughly=True) == 2


def test_more_than_are_read_at_once_are_reminded_all_the_same(monkeypatch):
    monkeypatch.setattr(due_reminders, "AT_ONCE", 2)
    monkeypatch.setattr(remind, "BATCH", 1)
    campaign = a_campaign()
    a_reminder(campaign)
    for _ in range(5):
        a_sent_survey(campaign, sent_at=NOW - 3 * DAY)

    assert schedule_reminders(NOW) == 5


def test_a_removed_reminder_leaves_what_it_has_sent():
    campaign = a_campaign()
    reminder = a_reminder(campaign)
    a_sent_survey(campaign, sent_at=NOW - 3 * DAY)
    schedule_reminders(NOW)

    reminder.delete()

    assert [mail.reminder for mail in reminded()] == [None]
    assert schedule_reminders(NOW) == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_remind_once():
    campaign = a_campaign()
    a_reminder(campaign)
    for _ in range(200):
        a_sent_survey(campaign, sent_at=NOW - 3 * DAY)

    def run(_):
        try:
            return schedule_reminders(NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(run, range(4)))

    assert sum(counts) == len(reminded()) == 200
    assert len({mail.survey_id for mail in reminded()}) == 200


def test_a_survey_that_waits_is_not_reminded_of():
    campaign = a_campaign()
    a_reminder(campaign)
    a_survey(campaign)

    assert schedule_reminders(NOW + 9 * DAY) == 0
