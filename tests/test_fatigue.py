"""The fatigue budget on real rows: when it is decided, and once more before a survey is sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from afterword import flow
from afterword.decisions.models import Decision
from afterword.sending.models import Mail
from afterword.surveys.models import Survey
from afterword.surveys.recheck import may_still_go
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_sent_survey,
    a_survey,
    a_track,
    a_workspace,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def workspace():
    return a_workspace(fatigue_surveys=2, fatigue_days=30, max_mails_per_day=100)


@pytest.fixture
def ann(workspace):
    return a_customer(workspace, email="ann@example.com")


def reasons(workspace) -> list[str]:
    return [d.reason for d in Decision.objects.filter(workspace=workspace).order_by("id")]


def before_sending(*surveys) -> list[str]:
    """What is said of these, that are claimed at once; "" for what may go."""
    mails = list(Mail.objects.filter(id__in=[one.id for one in surveys]).select_related("customer"))
    for mail in mails:
        mail.standing = None  # type: ignore[attr-defined]
    unwanted = may_still_go(mails, timezone.now())
    return [getattr(unwanted.get(one.id), "reason", "") for one in surveys]


def test_an_event_asks_nobody_whose_budget_is_spent(workspace, ann):
    for days in (1, 29):
        a_sent_survey(a_campaign(workspace, events=[]), customer=ann, sent_at=NOW - days * DAY)
    a_campaign(workspace)
    a_track(workspace)

    flow.process_events(workspace.id, NOW)

    decision = Decision.objects.get()
    assert decision.reason == "fatigue_budget"
    assert decision.detail["limit"] == 2
    assert not Survey.objects.filter(event__isnull=False).exists()


def test_older_surveys_and_other_people_do_not_count(workspace, ann):
    for days in (1, 31):
        a_sent_survey(a_campaign(workspace, events=[]), customer=ann, sent_at=NOW - days * DAY)
    for _ in range(3):
        a_sent_survey(a_campaign(workspace, events=[]), sent_at=NOW - DAY)
    a_campaign(workspace)
    a_track(workspace)

    flow.process_events(workspace.id, NOW)

    assert reasons(workspace) == ["scheduled"]


def test_in_one_batch_the_budget_holds_too(workspace):
    for _ in range(3):
        a_campaign(workspace)
    a_track(workspace)

    flow.process_events(workspace.id, NOW)

    assert sorted(reasons(workspace)) == ["fatigue_budget", "scheduled", "scheduled"]


def test_a_more_important_campaign_gets_the_last_place(workspace, ann):
    a_sent_survey(a_campaign(workspace, events=[]), customer=ann, sent_at=timezone.now() - DAY)
    small = a_campaign(workspace, events=[], priority=1)
    waiting = a_survey(small, customer=ann, due_at=timezone.now() + DAY)
    a_campaign(workspace, priority=5, delay=2 * DAY)
    a_track(workspace, received_at=timezone.now())

    flow.process_events(workspace.id, timezone.now())

    assert reasons(workspace) == ["scheduled"]
    assert before_sending(waiting) == ["outranked"]
    assert Survey.objects.get(id=waiting.id).detail["by_priority"] == 5


def test_of_two_that_go_at_once_the_more_important_one_goes(workspace, ann):
    a_sent_survey(a_campaign(workspace, events=[]), customer=ann, sent_at=timezone.now() - DAY)
    small = a_survey(a_campaign(workspace, priority=1), customer=ann)
    large = a_survey(a_campaign(workspace, priority=2), customer=ann)

    assert before_sending(small, large) == ["fatigue_budget", ""]


def test_without_a_budget_nothing_is_counted(ann):
    ann.workspace.fatigue_surveys = ann.workspace.fatigue_days = None
    ann.workspace.save()
    for _ in range(5):
        a_sent_survey(a_campaign(ann.workspace, events=[]), customer=ann, sent_at=NOW - DAY)
    survey = a_survey(a_campaign(ann.workspace), customer=ann)

    assert before_sending(survey) == [""]
