from itertools import product

import pytest

from afterword.core.ids import new_id, new_link_token
from afterword.sending.models import State
from afterword.surveys.models import Survey
from afterword.surveys.outbox.status import Status, since, status_column, status_of, with_status
from tests.factories import NOW, a_campaign, a_customer, a_survey

pytestmark = pytest.mark.django_db

COLUMNS = (
    "complained_at",
    "answered_at",
    "unsubscribed_at",
    "bounced_at",
    "clicked_at",
    "opened_at",
    "delivered_at",
    "machine_opened_at",
)


def every_combination():
    """One survey for each state and each set of things that became of it."""
    campaign = a_campaign()
    customer = a_customer(campaign.workspace)
    template = {
        "workspace": campaign.workspace,
        "campaign": campaign,
        "template": campaign.template,
        "customer": customer,
        "email": customer.email,
        "metric": campaign.metric,
        "created_at": NOW,
        "due_at": NOW,
    }
    return Survey.objects.bulk_create(
        Survey(
            id=new_id(),
            answer_token=new_link_token(),
            unsubscribe_token=new_link_token(),
            state=state,
            **dict(zip(COLUMNS, set_, strict=True)),
            **template,
        )
        for state in State
        for set_ in product((None, NOW), repeat=len(COLUMNS))
    )


def test_filter_and_column_agree_with_the_status_of_every_combination():
    surveys = {survey.id: status_of(survey) for survey in every_combination()}

    columns = dict(Survey.objects.annotate(status=status_column()).values_list("id", "status"))
    filtered = {
        id_: status
        for status in Status
        for id_ in with_status(Survey.objects.all(), status).values_list("id", flat=True)
    }
    counts = [with_status(Survey.objects.all(), status).count() for status in Status]

    assert len(surveys) == len(State) * 2 ** len(COLUMNS)
    assert columns == surveys
    assert filtered == surveys
    assert sum(counts) == len(surveys)
    assert all(counts)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"state": State.QUEUED}, Status.QUEUED),
        ({"state": State.HELD}, Status.HELD),
        ({"state": State.CLAIMED}, Status.SENDING),
        ({"state": State.HANDING_OVER}, Status.SENDING),
        ({"state": State.SENT}, Status.SENT),
        ({"state": State.SENT, "machine_opened_at": NOW}, Status.SENT),
        ({"state": State.SENT, "delivered_at": NOW}, Status.DELIVERED),
        ({"state": State.SENT, "delivered_at": NOW, "opened_at": NOW}, Status.OPENED),
        ({"state": State.SENT, "opened_at": NOW, "clicked_at": NOW}, Status.CLICKED),
        ({"state": State.SENT, "clicked_at": NOW, "answered_at": NOW}, Status.ANSWERED),
        ({"state": State.SENT, "answered_at": NOW, "unsubscribed_at": NOW}, Status.ANSWERED),
        ({"state": State.SENT, "answered_at": NOW, "bounced_at": NOW}, Status.ANSWERED),
        ({"state": State.SENT, "answered_at": NOW, "complained_at": NOW}, Status.COMPLAINED),
        ({"state": State.SENT, "opened_at": NOW, "unsubscribed_at": NOW}, Status.UNSUBSCRIBED),
        ({"state": State.SENT, "delivered_at": NOW, "bounced_at": NOW}, Status.BOUNCED),
        ({"state": State.BOUNCED}, Status.BOUNCED),
        ({"state": State.QUEUED, "opened_at": NOW}, Status.OPENED),
        ({"state": State.DISMISSED}, Status.DISMISSED),
        ({"state": State.CANCELLED}, Status.CANCELLED),
        ({"state": State.PARKED}, Status.FAILED),
    ],
)
def test_the_furthest_or_gravest_truth_is_the_status(fields, status):
    assert status_of(a_survey(**fields)) is status


def test_a_status_holds_since_it_first_was_so():
    assert since(a_survey(state=State.SENT, sent_at=NOW)) == NOW
    assert since(a_survey()) == NOW
    assert since(a_survey(state=State.DISMISSED, ended_at=NOW)) == NOW
    assert since(a_survey(state=State.PARKED, ended_at=NOW)) == NOW
    assert since(a_survey(state=State.DISMISSED)) is None


@pytest.mark.parametrize("status", list(Status))
def test_every_status_is_explained_without_the_colours_of_scores(status):
    assert status.label
    assert status.explanation.endswith(".")
    assert status.look in {"secondary", "blue", "dark"}
