"""What becomes of surveys whose worker is gone."""

from datetime import timedelta
from uuid import uuid4

import pytest

from afterword.customers.models import Customer
from afterword.sending.claim import claim_due
from afterword.sending.hand_over import DOUBT, Accepted
from afterword.sending.lease import LEASE, Held
from afterword.sending.models import Mail, State
from afterword.sending.rescue import FIVE, MOST_ORPHANED, rescue, suspect
from tests.factories import NOW, a_survey, mail_of, reload

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def held(state: State, **fields):
    return a_survey(state=state, worker=uuid4(), lease_until=NOW - SECOND, attempt=1, **fields)


def test_what_was_only_claimed_is_queued_at_once():
    survey = held(State.CLAIMED)

    rescue(NOW)

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).worker, mail_of(survey).lease_until) == (
        State.QUEUED,
        None,
        None,
    )


def test_what_five_workers_died_of_is_set_aside_and_the_rest_of_their_claims_is_not():
    survey, other = a_survey(), a_survey()
    states = []
    for n in range(MOST_ORPHANED):
        now = NOW + n * 2 * LEASE
        claimed = claim_due(
            uuid4(), now, 10, [survey.survey.campaign_id, other.survey.campaign_id]
        ).mails
        suspect(next(Held(one.id, one.attempt) for one in claimed if one.id == survey.id))
        rescue(now + LEASE + SECOND)
        survey = reload(survey)
        states.append(mail_of(survey).state)

    other = reload(other)
    assert states == [State.QUEUED] * 4 + [State.PARKED]
    assert (mail_of(survey).server_reply, mail_of(survey).ended_at) == (FIVE, now + LEASE + SECOND)
    assert (mail_of(survey).worker, mail_of(survey).lease_until, mail_of(survey).handed_over) == (
        None,
        None,
        0,
    )
    assert (mail_of(other).state, mail_of(other).orphaned) == (State.QUEUED, 0)


def test_who_has_it_now_is_not_suspected_by_what_an_earlier_worker_left():
    survey = held(State.CLAIMED)

    suspect(Held(survey.id, mail_of(survey).attempt - 1))

    survey = reload(survey)
    assert mail_of(survey).orphaned == 0


def test_a_worker_lost_during_the_hand_over_is_counted_otherwise():
    survey = held(State.HANDING_OVER, handed_over=1, orphaned=MOST_ORPHANED - 1)

    rescue(NOW)
    rescue(NOW + DOUBT + SECOND)

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).orphaned) == (State.QUEUED, MOST_ORPHANED - 1)


@pytest.mark.parametrize("how_many", [1, 20])
def test_the_number_of_queries_does_not_depend_on_how_many_are_rescued(
    django_assert_num_queries, how_many
):
    for n in range(how_many):
        held(State.CLAIMED, orphaned=n % (MOST_ORPHANED + 1))

    with django_assert_num_queries(3):
        rescue(NOW)

    assert not Mail.objects.filter(state=State.CLAIMED).exists()


def test_without_evidence_it_is_in_doubt_for_a_while_and_then_sent_once_more():
    survey = held(State.HANDING_OVER, handed_over=1)

    rescue(NOW)
    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).worker) == (State.HANDING_OVER, None)

    rescue(NOW + DOUBT - SECOND)
    survey = reload(survey)
    assert mail_of(survey).state == State.HANDING_OVER

    rescue(NOW + DOUBT + SECOND)
    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).handed_over) == (State.QUEUED, 1)


def test_the_second_time_it_is_set_aside():
    survey = held(State.HANDING_OVER, handed_over=2)

    rescue(NOW)
    rescue(NOW + DOUBT + SECOND)

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).ended_at) == (State.PARKED, NOW + DOUBT + SECOND)


def test_a_journal_says_that_it_was_sent():
    survey = held(State.HANDING_OVER, handed_over=1)

    rescue(NOW, lambda ids: [Accepted(id_, 1, "250 queued") for id_ in ids])

    customer = Customer.objects.get()
    assert (mail_of(survey).state, mail_of(survey).server_reply) == (State.SENT, "250 queued")
    assert customer.last_surveyed_at == NOW


def test_a_journal_of_an_earlier_attempt_says_nothing_of_this_one():
    survey = held(State.HANDING_OVER, handed_over=1)

    rescue(NOW, lambda ids: [Accepted(id_, 0, "250 queued") for id_ in ids])

    survey = reload(survey)
    assert mail_of(survey).state == State.HANDING_OVER


@pytest.mark.parametrize(
    "sign",
    ["answered_at", "unsubscribed_at", "delivered_at", "opened_at", "machine_opened_at",
     "clicked_at", "complained_at"],
)  # fmt: skip
def test_what_can_only_happen_to_a_mail_that_arrived_is_evidence(sign):
    survey = held(State.HANDING_OVER, handed_over=1, **{sign: NOW})

    rescue(NOW)

    survey = reload(survey)
    assert mail_of(survey).state == State.SENT


def test_a_fetched_link_is_evidence_even_if_a_machine_fetched_it():
    survey = held(State.HANDING_OVER, handed_over=1)
    survey.hits.create(workspace=survey.workspace, at=NOW, kind="page", method="HEAD")

    rescue(NOW)

    survey = reload(survey)
    assert mail_of(survey).state == State.SENT
