from datetime import timedelta
from uuid import uuid4

import pytest

from afterword.customers.models import Customer
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.sending.claim import claim_due
from afterword.sending.models import Mail, State
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.surveys.by_hand import ask_by_hand, campaigns_to_ask_by
from afterword.surveys.follow import follow
from afterword.surveys.models import SentBy, Survey
from tests.factories import NOW, a_campaign, a_customer, a_member, a_sent_survey, mail_of, reload

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def ann(member):
    return a_customer(member.workspace, first_name="Ann", properties={"plan": "pro"})


def ask(customer, campaign, member, occasion=None):
    return ask_by_hand(customer, campaign, member, occasion or uuid4(), NOW)


def test_a_survey_is_queued_at_once_also_by_a_campaign_that_is_off(member, ann):
    campaign = a_campaign(
        member.workspace,
        activated_at=None,
        delay=timedelta(days=3),
        sample_percent=0,
        audience={"filters": [{"field": "country", "operator": "is", "value": "Norway"}]},
    )

    verdict = ask(ann, campaign, member)

    survey = Survey.objects.select_related("facts_then").get()
    assert verdict.reason is Reason.SCHEDULED
    assert mail_of(survey.first).due_at == NOW
    assert survey.first.sent_by is SentBy.MANUAL
    assert survey.facts_then.facts["first_name"] == "Ann"
    assert Decision.objects.get().detail["by"] == str(member.user_id)


def test_what_was_asked_by_hand_goes_although_the_campaign_is_off_and_throttled(member, ann):
    campaign = a_campaign(member.workspace, activated_at=None, throttle_days=90)
    a_sent_survey(campaign, customer=ann, sent_at=NOW - timedelta(days=5))

    ask(ann, campaign, member)
    claim = claim_due(uuid4(), NOW, 10, [campaign.id])

    assert [mail.recipient for mail in claim.mails] == [ann.email]


def test_what_an_event_brought_about_still_waits_for_its_campaign(member, ann):
    campaign = a_campaign(member.workspace, activated_at=None)
    ask(ann, campaign, member)
    Survey.objects.update(occasion_kind="event")

    assert claim_due(uuid4(), NOW, 10, [campaign.id]).mails == []
    assert Mail.objects.get().reason == Reason.CAMPAIGN_OFF


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (SuppressionReason.UNSUBSCRIBED, Reason.UNSUBSCRIBED),
        (SuppressionReason.HARD_BOUNCED, Reason.HARD_BOUNCED),
        (SuppressionReason.UNDELIVERABLE, Reason.UNDELIVERABLE),
        (SuppressionReason.LISTED, Reason.SUPPRESSED),
    ],
)
def test_who_may_not_be_mailed_is_not_asked(member, ann, reason, said):
    suppress(member.workspace_id, ann.address, reason, how="test", now=NOW)

    verdict = ask(ann, a_campaign(member.workspace), member)

    assert verdict.reason is said
    assert not Survey.objects.exists()
    assert Decision.objects.get().reason == said


def test_who_has_no_address_is_not_asked(member):
    nobody = a_customer(member.workspace, email=None)

    assert ask(nobody, a_campaign(member.workspace), member).reason is Reason.NO_EMAIL


def test_a_days_mails_are_capped_by_hand_too(member, ann):
    for _ in range(member.workspace.max_mails_per_day):
        a_sent_survey(a_campaign(member.workspace), customer=ann)

    assert ask(ann, a_campaign(member.workspace), member).reason is Reason.CAPPED


def test_a_form_that_is_sent_twice_asks_once(member, ann):
    campaign, occasion = a_campaign(member.workspace), uuid4()

    first = ask(ann, campaign, member, occasion)
    second = ask(ann, campaign, member, occasion)

    assert first.reason is second.reason is Reason.SCHEDULED
    assert Survey.objects.count() == 1


def test_a_survey_that_waits_by_hand_is_dismissed_when_its_person_unsubscribes(member, ann):
    campaign = a_campaign(member.workspace)
    ask(ann, campaign, member)
    suppress(member.workspace_id, ann.address, SuppressionReason.UNSUBSCRIBED, how="test", now=NOW)

    assert claim_due(uuid4(), NOW, 10, [campaign.id]).mails == []
    assert Mail.objects.get().state == State.DISMISSED


def test_campaigns_of_others_or_without_a_template_are_not_offered(member):
    own = a_campaign(member.workspace)
    a_campaign(member.workspace, template=None, activated_at=None)
    a_campaign()

    assert own in campaigns_to_ask_by(member)
    assert {one.workspace_id for one in campaigns_to_ask_by(member)} == {member.workspace_id}


def test_the_customer_counts_as_asked_by_hand_in_the_outbox(member, ann):
    campaign = a_campaign(member.workspace)
    ask(ann, campaign, member)

    [survey] = Customer.objects.get(id=ann.id).surveys.all()
    assert reload(survey.first).sent_by.label == "Manually"


def test_what_waits_follows_its_customer_to_another_address(member, ann):
    sent = a_sent_survey(a_campaign(member.workspace), customer=ann)
    campaign = a_campaign(member.workspace)
    ask(ann, campaign, member)

    follow(ann.id, "ann@new.test")

    waiting = Survey.objects.get(campaign=campaign)
    assert waiting.email == mail_of(waiting.first).recipient == "ann@new.test"
    assert mail_of(sent).recipient == ann.email
