from itertools import product

import pytest

from afterword.core.ids import new_id, new_link_token
from afterword.sending.models import Mail, State
from afterword.surveys.invite import CAMPAIGN, SURVEY
from afterword.surveys.models import Invitation
from afterword.surveys.outbox.status import Status, since, status_column, status_of, with_status
from tests.factories import NOW, a_survey

pytestmark = pytest.mark.django_db

OF_MAIL = ("complained_at", "bounced_at", "delivered_at")
OF_INVITATION = (
    "answered_at",
    "unsubscribed_at",
    "clicked_at",
    "opened_at",
    "machine_opened_at",
    "shown_at",
)


# Of what is shown in an application, which has no mail.
OF_OFFER = ("dismissed_at", "withdrawn_at")


def sets_of(columns):
    return [
        dict(zip(columns, set_, strict=True)) for set_ in product((None, NOW), repeat=len(columns))
    ]


def every_combination():
    """One invitation for each set of things that became of it, in each state of its mail.

    Some have no mail at all.
    """
    survey = a_survey().survey
    mails, invitations = [], []
    nothing = dict.fromkeys(OF_MAIL)
    without = product([None], [nothing], sets_of((*OF_INVITATION, *OF_OFFER)))
    for state, of_mail, of_invitation in [
        *product(State, sets_of(OF_MAIL), sets_of(OF_INVITATION)),
        *without,
    ]:
        id_ = new_id()
        if state:
            mails.append(
                Mail(
                    id=id_,
                    workspace=survey.workspace,
                    kind=SURVEY,
                    stream_kind=CAMPAIGN,
                    stream_id=survey.campaign_id,
                    recipient=survey.email,
                    created_at=NOW,
                    due_at=NOW,
                    state=state,
                    **of_mail,
                )
            )
        invitations.append(
            Invitation(
                id=id_,
                workspace=survey.workspace,
                survey=survey,
                template_id=survey.template_id,
                answer_token=new_link_token(),
                unsubscribe_token=new_link_token(),
                created_at=NOW,
                **of_invitation,
            )
        )
    Mail.objects.bulk_create(mails)
    Invitation.objects.bulk_create(invitations)
    return Invitation.objects.select_related("mail").exclude(id=survey.id)


@pytest.mark.slow
def test_filter_and_column_agree_with_the_status_of_every_combination():
    rows = every_combination()
    statuses = {one.id: status_of(one) for one in rows}

    columns = dict(rows.annotate(status=status_column()).values_list("id", "status"))
    filtered = {
        id_: status
        for status in Status
        for id_ in with_status(rows, status).values_list("id", flat=True)
    }
    counts = [with_status(rows, status).count() for status in Status]

    of_mail, of_invitation = 2 ** len(OF_MAIL), 2 ** len(OF_INVITATION)
    without_mail = of_invitation * 2 ** len(OF_OFFER)
    assert len(statuses) == len(State) * of_mail * of_invitation + without_mail
    assert columns == statuses
    assert filtered == statuses
    assert sum(counts) == len(statuses)
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
