"""What is reported of a mail, in whatever order and however often."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterword.core.ids import new_id
from afterword.customers.models import Customer
from afterword.sending import outcomes
from afterword.sending.models import DeliveryEvent, DeliveryKind, Mail, State
from afterword.sending.outcomes import Report, note
from afterword.suppressions.models import Suppression
from afterword.surveys.models import Invitation
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_sent_reminder_of,
    a_sent_survey,
    a_survey,
    a_workspace,
    mail_of,
    reload,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=5)
COLUMNS = {
    Mail: ("state", "bounce", "server_reply", "delivered_at", "bounced_at", "complained_at"),
    Invitation: ("opened_at", "machine_opened_at", "clicked_at", "unsubscribed_at"),
}


def noted(invitation):
    """What the rows say: of a mail, and of the invitation that it is."""
    found: dict[str, object] = {}
    for model, columns in COLUMNS.items():
        found |= model._default_manager.values(*columns).get(id=invitation.id)
    return found


def reported(survey, kind, minutes=1, words="", *, source="webhook", key=""):
    at = NOW + timedelta(minutes=minutes)
    return Report(survey.id, DeliveryKind(kind), at, source, words, key or f"{kind}-{minutes}")


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("delivered", "delivered_at"),
        ("opened", "opened_at"),
        ("machine_opened", "machine_opened_at"),
        ("clicked", "clicked_at"),
        ("complained", "complained_at"),
        ("unsubscribed", "unsubscribed_at"),
    ],
)
def test_each_kind_is_noted_when_it_was_first_so(kind, column):
    survey = a_sent_survey()

    new = note([reported(survey, kind, 7), reported(survey, kind, 3)], LATER)

    assert (new, noted(survey)["state"]) == (2, State.SENT)
    assert noted(survey)[column] == NOW + timedelta(minutes=3)


def test_a_hard_bounce_stops_all_mail_to_the_address():
    customer = a_customer(a_workspace())
    survey = a_sent_survey(a_campaign(customer.workspace), customer=customer)

    note([reported(survey, "hard_bounced", 1, "550 5.1.1 no such user")], LATER)

    survey = reload(survey)
    customer.refresh_from_db()
    suppression = Suppression.objects.get()
    assert (mail_of(survey).state, mail_of(survey).bounce) == (State.BOUNCED, "hard")
    assert mail_of(survey).bounced_at == NOW + timedelta(minutes=1)
    assert mail_of(survey).server_reply == "550 5.1.1 no such user"
    assert customer.hard_bounced_at == LATER
    assert (suppression.reason, suppression.pattern) == ("hard_bounced", customer.email)
    assert (suppression.note, suppression.survey_id) == ("550 5.1.1 no such user", survey.id)


def test_delivered_after_a_hard_bounce_does_not_undo_it():
    survey = a_sent_survey()
    note([reported(survey, "hard_bounced")], LATER)

    note([reported(survey, "delivered", 2)], LATER)

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).bounce) == (State.BOUNCED, "hard")
    assert mail_of(survey).delivered_at
    assert Suppression.objects.count() == 1


def test_a_delay_is_only_told():
    survey = a_sent_survey()
    before = noted(survey)

    note([reported(survey, "delayed", 1, "4.4.1 will keep trying")], LATER)

    assert noted(survey) == before
    assert DeliveryEvent.objects.get().words == "4.4.1 will keep trying"


def test_a_complaint_and_a_providers_unsubscribe_stop_mail_for_good():
    workspace = a_workspace()
    campaign = a_campaign(workspace)
    complaining, leaving = a_sent_survey(campaign), a_sent_survey(campaign)

    note([reported(complaining, "complained"), reported(leaving, "unsubscribed")], LATER)

    for survey, reason in ((complaining, "complained"), (leaving, "unsubscribed")):
        customer = Customer.objects.get(email=survey.survey.email)
        assert mail_of(survey).state == State.SENT
        assert customer.unsubscribed_at == LATER
        assert Suppression.objects.get(pattern=survey.survey.email).reason == reason


def three_surveys(workspace=None):
    customer = a_customer(workspace or a_workspace())
    campaign = a_campaign(customer.workspace)
    return customer, [
        a_sent_survey(campaign, customer=customer, sent_at=NOW - timedelta(days=9 - 3 * n))
        for n in range(3)
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_three_soft_bounces_in_a_row_suppress_in_whatever_order_they_are_heard(order):
    customer, surveys = three_surveys()

    for heard, n in enumerate(order, 1):
        note([reported(surveys[n], "soft_bounced", 1, "mailbox full")], LATER)
        assert Suppression.objects.exists() is (heard == 3)

    customer.refresh_from_db()
    assert customer.suppressed_at == LATER
    assert Suppression.objects.get().reason == "soft_bounced"
    assert customer.hard_bounced_at is None


def test_a_survey_that_arrived_in_between_breaks_the_row():
    customer, surveys = three_surveys()
    a_sent_survey(
        a_campaign(customer.workspace), customer=customer, sent_at=NOW - timedelta(days=4)
    )

    note([reported(survey, "soft_bounced") for survey in surveys], LATER)

    assert not Suppression.objects.exists()


def test_the_same_address_elsewhere_does_not_count():
    customer, surveys = three_surveys()
    elsewhere = a_workspace()
    other = a_customer(elsewhere, email=customer.email)
    note([reported(survey, "soft_bounced") for survey in surveys[:2]], LATER)

    note([reported(a_sent_survey(a_campaign(elsewhere), customer=other), "soft_bounced")], LATER)

    assert not Suppression.objects.exists()


def test_an_address_that_was_let_go_again_gets_three_new_surveys():
    customer, surveys = three_surveys()
    note([reported(survey, "soft_bounced") for survey in surveys], LATER)
    Suppression.objects.update(ended_at=LATER, ended_how="page")
    campaign = a_campaign(customer.workspace)

    for n in range(1, 4):
        then = LATER + timedelta(days=n)
        survey = a_sent_survey(campaign, customer=customer, sent_at=then)
        note([Report(survey.id, DeliveryKind.SOFT_BOUNCED, then, "report", "", "k")], then)
        assert Suppression.objects.filter(ended_at=None).exists() is (n == 3)


def test_one_report_repeated_has_one_effect():
    survey = a_sent_survey()
    report = reported(survey, "hard_bounced", words="550 no")

    assert note([report] * 3, LATER) == 1
    Suppression.objects.update(ended_at=LATER, ended_how="page")
    assert note([report] * 2, LATER + timedelta(hours=1)) == 0

    assert DeliveryEvent.objects.count() == 1
    assert Suppression.objects.count() == 1


def test_the_same_key_of_another_survey_is_another_report():
    surveys = [a_sent_survey(), a_sent_survey()]

    assert note([reported(survey, "delivered", key="same") for survey in surveys], LATER) == 2


KINDS = st.sampled_from([kind.value for kind in DeliveryKind])
HEARD = st.lists(st.tuples(KINDS, st.integers(1, 4)), min_size=1, max_size=6)


@settings(
    max_examples=settings().max_examples * 3 // 5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(heard=HEARD, data=st.data())
def test_any_order_any_grouping_and_any_repetition_end_in_the_same(heard, data):
    shuffled = data.draw(st.permutations(heard * 2))
    cut = data.draw(st.integers(0, len(shuffled)))
    campaign = a_campaign()
    plain, mixed = a_sent_survey(campaign), a_sent_survey(campaign)

    for kind, minutes in sorted(heard):
        note([reported(plain, kind, minutes, f"{kind} {minutes}")], LATER)
    for part in (shuffled[:cut], shuffled[cut:]):
        note([reported(mixed, kind, minutes, f"{kind} {minutes}") for kind, minutes in part], LATER)

    assert noted(plain) == noted(mixed)
    reasons = [
        set(
            Suppression.objects.filter(pattern=survey.survey.email).values_list("reason", flat=True)
        )
        for survey in (plain, mixed)
    ]
    assert reasons[0] == reasons[1]


@pytest.mark.parametrize("state", [State.QUEUED, State.HELD, State.CLAIMED, State.PARKED])
def test_a_bounce_of_a_doubtful_mail_is_proof_that_it_went_out(state):
    worker = uuid4()
    survey = a_survey(state=state, attempt=1, handed_over=1, worker=worker, lease_until=LATER)

    note([reported(survey, "soft_bounced", words="4.4.7 expired", source="report")], LATER)

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).worker, mail_of(survey).lease_until) == (
        State.BOUNCED,
        None,
        None,
    )
    assert mail_of(survey).sent_at == LATER


def test_a_bounce_may_be_faster_than_the_servers_own_answer():
    survey = a_survey(
        state=State.HANDING_OVER, attempt=1, handed_over=1, worker=uuid4(), lease_until=LATER
    )

    note([reported(survey, "hard_bounced", source="report")], LATER)

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).worker, mail_of(survey).lease_until) == (
        State.BOUNCED,
        None,
        None,
    )


@pytest.mark.parametrize("state", [State.QUEUED, State.HELD, State.PARKED])
def test_a_doubtful_mail_that_arrived_is_not_sent_again(state):
    ended_at = NOW if state == State.PARKED else None
    survey = a_survey(state=state, attempt=1, handed_over=1, ended_at=ended_at)

    note([reported(survey, "delivered")], LATER)

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).sent_at, mail_of(survey).ended_at) == (
        State.SENT,
        LATER,
        None,
    )


def test_a_report_about_a_mail_that_was_refused_does_not_change_when_it_ended():
    survey = a_survey(state=State.PARKED, attempt=1, ended_at=NOW)

    note([reported(survey, "delivered")], LATER)

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).ended_at) == (State.PARKED, NOW)


def test_a_mail_in_a_living_workers_hands_stays_there_when_it_arrives():
    survey = a_survey(
        state=State.HANDING_OVER, attempt=1, handed_over=1, worker=uuid4(), lease_until=LATER
    )

    note([reported(survey, "delivered")], LATER)

    before = mail_of(survey).worker
    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).worker) == (State.HANDING_OVER, before)
    assert mail_of(survey).delivered_at


@pytest.mark.parametrize("kind", ["hard_bounced", "delivered"])
@pytest.mark.parametrize("state", [State.QUEUED, State.DISMISSED, State.CANCELLED])
def test_what_was_never_handed_over_keeps_its_state(state, kind):
    survey = a_survey(state=state)

    note([reported(survey, kind)], LATER)

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).sent_at) == (state, None)


def test_an_answer_of_the_mail_server_is_no_proof_of_sending():
    survey = a_survey(state=State.BOUNCED, attempt=1)

    note([reported(survey, "hard_bounced", source="smtp", words="550 5.1.1 no")], LATER)

    survey = reload(survey)
    assert (mail_of(survey).state, mail_of(survey).bounce, mail_of(survey).sent_at) == (
        State.BOUNCED,
        "hard",
        None,
    )


def test_words_are_bounded_and_clean_and_clocks_are_not_believed():
    survey = a_sent_survey()
    report = Report(
        survey.id, DeliveryKind.DELIVERED, NOW + timedelta(days=900), "report", "a\0b\n" * 999, "k"
    )
    early = report._replace(at=NOW - timedelta(days=900), key="early")

    note([report], LATER)
    survey = reload(survey)
    assert mail_of(survey).delivered_at == LATER
    note([early], LATER)

    survey = reload(survey)
    assert mail_of(survey).delivered_at == survey.created_at
    event = DeliveryEvent.objects.get(key="k")
    assert len(event.words) == 1000
    assert "\0" not in event.words
    assert "\n" not in event.words


def test_what_is_about_no_survey_of_ours_is_passed_over():
    survey = a_sent_survey()
    lost = reported(survey, "delivered")._replace(mail_id=new_id())

    assert note([lost, reported(survey, "delivered")], LATER) == 1
    assert note([lost], LATER) == 0
    assert note([], LATER) == 0


@pytest.mark.parametrize("how_many", [4, 40])
def test_the_number_of_queries_does_not_depend_on_the_batch(
    django_assert_max_num_queries, how_many
):
    campaign = a_campaign()
    kinds = ["hard_bounced", "soft_bounced", "complained", "unsubscribed"]
    reports = [reported(a_sent_survey(campaign), kinds[n % len(kinds)]) for n in range(how_many)]

    # Two savepoints with their releases, lock, insert, update, the invitations and surveys, three
    # in a row, and of the suppressions: lock, insert, and one for each of two columns of customers;
    # and what happened to mails and to customers.
    with django_assert_max_num_queries(16):
        note(reports, LATER)

    assert Suppression.objects.count() == how_many * 3 // 4
    assert Mail.objects.filter(state=State.BOUNCED).count() == how_many // 2


def test_a_report_about_a_reminder_counts_for_the_reminder():
    survey = a_sent_survey()
    reminder = a_sent_reminder_of(survey)

    note([reported(reminder, "delivered")], LATER)

    survey = reload(survey)
    reminder = reload(reminder)
    assert (mail_of(survey).delivered_at, bool(mail_of(reminder).delivered_at)) == (None, True)


def test_reports_about_one_mail_are_bounded(monkeypatch):
    monkeypatch.setattr(outcomes, "MOST_REPORTS", 2)
    survey, other = a_sent_survey(), a_sent_survey()
    note([reported(survey, "delayed", minute) for minute in range(2)], LATER)

    assert note([reported(survey, "delayed", 9), reported(other, "delivered")], LATER) == 1
