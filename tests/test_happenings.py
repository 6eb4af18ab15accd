"""Who makes something so notes it in the same transaction, once, where somebody listens."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from afterword.feedback.answering.answer import record_answer
from afterword.feedback.hits.note import confirm, judge, note_shown
from afterword.feedback.models import Hit, HitKind, Response
from afterword.feedback.stopping.unsubscribe import resubscribe, unsubscribe
from afterword.happenings.listen import listen
from afterword.happenings.models import Happening, HappeningKind
from afterword.sending import account_mail, outcomes
from afterword.sending.brake import FEWEST, apply_brakes
from afterword.sending.hand_over import Accepted, Beginning, Group, commit
from afterword.sending.models import Brake, DeliveryKind, Mail, State
from afterword.sending.outcomes import Report
from afterword.sending.rescue import rescue
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import release, suppress
from afterword.surveys.models import Invitation
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_member,
    a_reminder_of,
    a_sent_reminder_of,
    a_sent_survey,
    a_survey,
    a_workspace,
    many_like,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
K = HappeningKind


def listens(workspace_id: UUID) -> None:
    for kind in HappeningKind:
        listen(workspace_id, kind, "a test")


def noted() -> list[tuple[str, UUID]]:
    return list(Happening.objects.order_by("id").values_list("kind", "subject_id"))


def heard_survey(**fields) -> Invitation:
    """A survey that was sent, in a workspace where everything is listened for."""
    survey = a_sent_survey(**fields)
    listens(survey.workspace_id)
    return survey


def report(survey: Invitation, kind: DeliveryKind, key: str = "key") -> None:
    outcomes.note([Report(survey.id, kind, NOW, "webhook", "", f"{kind} {key}")], NOW)


def answers(survey: Invitation) -> tuple[HappeningKind, UUID]:
    return K.FEEDBACK_NEW, record_answer(survey, 9, None, NOW, submitted=False).id


def answers_otherwise(survey: Invitation) -> tuple[HappeningKind, UUID]:
    Response.objects.create(
        workspace_id=survey.workspace_id,
        survey=survey.survey,
        campaign_id=survey.survey.campaign_id,
        metric="nps",
        score=3,
        created_at=NOW,
        updated_at=NOW,
    )
    return K.FEEDBACK_CHANGED, record_answer(survey, 9, None, NOW, submitted=False).id


def is_sent(survey: Invitation) -> tuple[HappeningKind, UUID]:
    Mail.objects.filter(id=survey.id).update(state=State.HANDING_OVER, sent_at=None)
    assert commit(Group(sent=[Accepted(survey.id, 1, "250 OK")]), NOW)
    return K.SURVEY_SENT, survey.id


def proves_sent(survey: Invitation) -> tuple[HappeningKind, UUID]:
    """A worker died; what came since shows that the mail arrived."""
    Mail.objects.filter(id=survey.id).update(
        state=State.HANDING_OVER, sent_at=None, delivered_at=NOW, lease_until=NOW - MINUTE
    )
    rescue(NOW)
    return K.SURVEY_SENT, survey.id


def is_opened(survey: Invitation) -> tuple[HappeningKind, UUID]:
    report(survey, DeliveryKind.OPENED)
    return K.SURVEY_OPENED, survey.id


def is_clicked(survey: Invitation) -> tuple[HappeningKind, UUID]:
    report(survey, DeliveryKind.CLICKED)
    return K.SURVEY_CLICKED, survey.id


def is_visited(survey: Invitation) -> tuple[HappeningKind, UUID]:
    note_shown(survey.answer_token, a_hit(survey).id, NOW)
    return K.SURVEY_CLICKED, survey.id


def bounces(survey: Invitation) -> tuple[HappeningKind, UUID]:
    report(survey, DeliveryKind.SOFT_BOUNCED)
    return K.SURVEY_BOUNCED, survey.id


def leaves(survey: Invitation) -> tuple[HappeningKind, UUID]:
    unsubscribe(survey, NOW, how="a test")
    return K.CUSTOMER_UNSUBSCRIBED, customer_of(survey)


def comes_back(survey: Invitation) -> tuple[HappeningKind, UUID]:
    Suppression.objects.create(
        workspace_id=survey.workspace_id,
        pattern=survey.survey.email,
        reason=SuppressionReason.UNSUBSCRIBED,
        at=NOW,
    )
    assert survey.survey.customer
    survey.survey.customer.unsubscribed_at = NOW
    survey.survey.customer.save()
    resubscribe(survey, NOW)
    return K.CUSTOMER_RESUBSCRIBED, customer_of(survey)


def is_no_address(survey: Invitation) -> tuple[HappeningKind, UUID]:
    suppress(
        survey.workspace_id, survey.survey.email, SuppressionReason.HARD_BOUNCED, how="", now=NOW
    )
    return K.CUSTOMER_HARD_BOUNCED, customer_of(survey)


def is_paused(survey: Invitation) -> tuple[HappeningKind, UUID]:
    many_like(survey, FEWEST)
    Mail.objects.filter(stream_id=survey.survey.campaign_id).update(bounced_at=NOW)
    apply_brakes(NOW, [survey.survey.campaign_id])
    return K.SENDING_PAUSED, Brake.objects.get(level="paused").id


def a_hit(survey: Invitation, at=NOW, **fields) -> Hit:
    of = {"workspace_id": survey.workspace_id, "invitation": survey, "kind": HitKind.PAGE}
    return Hit.objects.create(at=at, method="GET", **{**of, **fields})


def customer_of(survey: Invitation) -> UUID:
    assert survey.survey.customer_id
    return survey.survey.customer_id


WRITERS: list[Callable[[Invitation], tuple[HappeningKind, UUID]]] = [
    answers, answers_otherwise, is_sent, proves_sent, is_opened, is_clicked, is_visited, bounces,
    leaves, comes_back, is_no_address, is_paused,
]  # fmt: skip


@pytest.mark.parametrize("happens", WRITERS)
def test_what_happens_is_noted_once(happens):
    survey = heard_survey()

    said = happens(survey)

    assert noted() == [said]
    assert Happening.objects.get().workspace_id == survey.workspace_id


@pytest.mark.parametrize("happens", WRITERS)
def test_what_is_undone_did_not_happen(happens):
    survey = heard_survey()

    with transaction.atomic():
        happens(survey)
        transaction.set_rollback(True)

    assert noted() == []


@pytest.mark.parametrize("happens", WRITERS)
def test_where_nobody_listens_only_a_new_answer_is_noted(happens):
    survey = a_sent_survey()
    listens(a_workspace().id)

    happens(survey)

    assert [kind for kind, _ in noted()] == [K.FEEDBACK_NEW] * (happens is answers)


@pytest.mark.parametrize("is_heard", [True, False])
def test_the_hand_over_asks_nothing_more(is_heard, django_assert_num_queries):
    """Neither of the database for a group of mails, nor of its reminders."""
    first = a_sent_survey()
    reminder = a_reminder_of(first, state=State.HANDING_OVER, attempt=1, handed_over=1)
    survey = a_survey(first.survey.campaign, state=State.HANDING_OVER, attempt=1, handed_over=1)
    fresh = a_survey(first.survey.campaign, state=State.CLAIMED, attempt=1)
    accepted = [Accepted(one.id, 1, "250 OK") for one in (reminder, survey, first)]
    if is_heard:
        listens(first.workspace_id)

    with django_assert_num_queries(1):
        commit(Group([Beginning(fresh.id, 1, "", "")], accepted), NOW)

    sent = {(K.SURVEY_SENT, one.id) for one in (reminder, survey)}
    assert set(noted()) == (sent if is_heard else set())


def test_an_answer_that_stays_the_same_is_not_noted_again():
    survey = heard_survey()
    [id_] = {
        record_answer(survey, 9, comment, NOW, submitted=submitted).id
        for comment, submitted in ((None, False), (None, False), ("Fine", True), ("Fine", True))
    }

    assert noted() == [(K.FEEDBACK_NEW, id_), (K.FEEDBACK_CHANGED, id_)]


def test_sending_the_form_changes_an_answer():
    survey = heard_survey()
    record_answer(survey, 9, None, NOW, submitted=False)
    record_answer(survey, 9, "", NOW, submitted=True)

    assert [kind for kind, _ in noted()] == [K.FEEDBACK_NEW, K.FEEDBACK_CHANGED]


@pytest.mark.parametrize(
    "kind", [DeliveryKind.OPENED, DeliveryKind.CLICKED, DeliveryKind.SOFT_BOUNCED]
)
def test_only_the_first_report_of_its_kind_is_noted(kind):
    survey = heard_survey()

    for key in ("a", "b", "b"):
        report(survey, kind, key)

    assert len(noted()) == 1


def test_what_a_machine_opened_nobody_did():
    report(heard_survey(), DeliveryKind.MACHINE_OPENED)

    assert noted() == []


def test_a_reminder_is_told_apart_from_its_survey():
    survey = heard_survey()
    reminder = a_sent_reminder_of(survey)

    for one in (survey, reminder):
        report(one, DeliveryKind.OPENED)

    assert noted() == [(K.SURVEY_OPENED, survey.id), (K.SURVEY_OPENED, reminder.id)]


def test_a_report_says_what_became_of_survey_and_customer():
    survey = heard_survey()

    report(survey, DeliveryKind.HARD_BOUNCED)
    report(survey, DeliveryKind.COMPLAINED)

    assert noted() == [
        (K.SURVEY_BOUNCED, survey.id),
        (K.CUSTOMER_HARD_BOUNCED, customer_of(survey)),
        (K.SURVEY_COMPLAINED, survey.id),
        (K.CUSTOMER_UNSUBSCRIBED, customer_of(survey)),
    ]


def test_a_report_may_prove_that_a_mail_was_sent():
    survey = heard_survey()
    Mail.objects.filter(id=survey.id).update(state=State.QUEUED, sent_at=None)

    report(survey, DeliveryKind.DELIVERED)

    assert noted() == [(K.SURVEY_SENT, survey.id)]


def test_mail_about_an_account_is_nothing_that_happens():
    mail = Mail.objects.create(
        kind=account_mail.PASSWORD_RESET_KIND.name,
        about=str(uuid4()),
        stream_kind="account",
        stream_id=uuid4(),
        recipient="ann@example.com",
        created_at=NOW,
        due_at=NOW,
        state=State.SENT,
        sent_at=NOW,
        handed_over=1,
    )

    outcomes.note([Report(mail.id, DeliveryKind.HARD_BOUNCED, NOW, "smtp", "", "key")], NOW)

    assert noted() == []


def test_a_hit_is_a_click_once_however_it_is_known():
    survey = heard_survey()
    hit = a_hit(survey)

    note_shown(survey.answer_token, hit.id, NOW)
    confirm(survey, hit.id, NOW)
    confirm(survey, a_hit(survey).id, NOW)

    assert noted() == [(K.SURVEY_CLICKED, survey.id)]


def test_a_machines_hit_is_no_click():
    survey = heard_survey()
    hit = a_hit(survey)
    a_hit(survey, kind=HitKind.TRAP)
    judge(survey.id, NOW)

    note_shown(survey.answer_token, hit.id, NOW)

    assert noted() == []


def test_who_may_not_be_asked_for_another_reason_too_does_not_unsubscribe_twice():
    customer = a_customer(a_workspace())
    listens(customer.workspace_id)
    for reason in (SuppressionReason.COMPLAINED, SuppressionReason.UNSUBSCRIBED):
        suppress(customer.workspace_id, customer.address, reason, how="", now=NOW)

    for suppression in Suppression.objects.order_by("reason"):
        release(suppression, how="", now=NOW)

    assert noted() == [
        (K.CUSTOMER_UNSUBSCRIBED, customer.id),
        (K.CUSTOMER_RESUBSCRIBED, customer.id),
    ]


def test_leaving_one_campaign_is_not_leaving():
    survey = heard_survey()

    unsubscribe(survey, NOW, how="a test", only_like_this=True)

    assert noted() == []


def test_a_member_sees_what_happened_in_their_workspace_alone():
    member = a_member()
    mine = record_answer(a_sent_survey(a_campaign(member.workspace)), 9, "", NOW, submitted=True)
    record_answer(a_sent_survey(), 9, "", NOW, submitted=True)

    assert Happening.objects.visible_to(member).get().subject_id == mine.id
