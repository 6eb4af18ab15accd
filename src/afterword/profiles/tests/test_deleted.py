from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from afterword.core.clock import database_now
from afterword.customers.models import Customer, Identity
from afterword.decisions.reasons import Reason
from afterword.feedback.answering.answer import record_answer
from afterword.feedback.links.claim import Claim
from afterword.feedback.links.open import Coming, open_link
from afterword.feedback.models import Response, ResponseFacts
from afterword.feedback.risk.models import AtRisk
from afterword.privacy.erase import erase
from afterword.privacy.removal import Wish
from afterword.privacy.traces import Who
from afterword.profiles.deleted import forget_old
from afterword.profiles.models import DeletedCustomer
from afterword.sending.models import State
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.surveys.models import Invitation, Survey
from afterword.workspaces.models import Role
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_decision,
    a_member,
    a_property,
    a_sent_survey,
    a_survey,
    an_event,
    mail_of,
)

pytestmark = pytest.mark.django_db
LINKED = ("surveys", "responses", "events", "decisions")


@pytest.fixture
def member(client):
    member = a_member(role=Role.MEMBER)
    client.force_login(member.user)
    return member


@pytest.fixture
def ann(member):
    """Somebody with a row in everything that leads to customers and a merged row's id."""
    for name, kind in (("exact", "number"), ("half", "number"), ("is_vip", "boolean")):
        a_property(member.workspace, name, kind)
    ann = a_customer(
        member.workspace,
        email="ann@example.com",
        first_name="Ann",
        tags=["vip"],
        properties={"exact": 123456789012345678901, "half": 0.5, "is_vip": True},
    )
    empty = a_customer(member.workspace, email=None, merged_into=ann)
    for number, owner in enumerate((ann, empty)):
        Identity.objects.create(
            workspace=member.workspace, kind="user", external_id=f"id {number}",
            is_trusted=True, customer=owner, said_at=NOW,
        )  # fmt: skip
    campaign = a_campaign(member.workspace)
    event = an_event(member.workspace, customer=ann, email=ann.email)
    a_decision(event, Reason.SCHEDULED, campaign)
    an_event(member.workspace, customer=empty)
    record_answer(a_sent_survey(campaign, customer=ann), 9, "Good", NOW, submitted=True)
    a_survey(campaign, customer=ann)
    AtRisk.objects.create(
        customer=ann, workspace=member.workspace, since=NOW, reason="worst", metric="nps",
        score=0, judged_at=NOW,
    )  # fmt: skip
    return ann


def state(customer):
    """What there is of somebody, in a form that can be compared."""
    row = Customer.objects.filter(id=customer.id).values().get()
    linked = {name: set(getattr(customer, name).values_list("id", flat=True)) for name in LINKED}
    ids = set(Identity.objects.values_list("external_id", "customer_id"))
    return row, linked, ids, AtRisk.objects.values().get(), Customer.objects.count()


def delete(client, customer):
    return client.post(reverse("profiles:delete", args=[customer.id]), follow=True)


def undo(client, customer):
    page = client.post(reverse("profiles:deletion_undo", args=[customer.id]), follow=True)
    return " ".join(page.content.decode().split())


def test_somebody_who_was_deleted_comes_back_with_all_that_was_theirs(client, ann):
    before = state(ann)

    page = delete(client, ann).content.decode()
    gone = Customer.objects.count(), Response.objects.get().customer
    said = undo(client, ann)

    assert reverse("profiles:deletion_undo", args=[ann.id]) in page
    assert gone == (0, None)
    assert "Ann is back" in said
    assert state(ann) == before
    assert not DeletedCustomer.objects.exists()


def test_what_was_cancelled_stays_cancelled(client, member, ann):
    waiting = a_survey(a_campaign(member.workspace), customer=ann)

    delete(client, ann)
    undo(client, ann)

    assert mail_of(waiting).state == State.CANCELLED
    assert mail_of(waiting).customer == ann


def test_who_unsubscribed_meanwhile_is_not_mailed_again(client, member, ann):
    delete(client, ann)
    suppress(member.workspace_id, ann.email, SuppressionReason.UNSUBSCRIBED, how="link", now=NOW)

    undo(client, ann)

    ann.refresh_from_db()
    assert ann.unsubscribed_at == NOW


def test_what_was_answered_meanwhile_is_theirs(client, member, ann):
    survey = a_sent_survey(a_campaign(member.workspace), customer=ann)
    delete(client, ann)
    response = record_answer(survey, 3, "Bad", NOW, submitted=True)
    assert response.customer is None

    undo(client, ann)

    response = Response.objects.get(id=response.id)
    assert response.customer == ann
    assert ResponseFacts.objects.get(response=response).facts["tags"] == ["vip"]


@pytest.mark.parametrize(("email", "is_theirs"), [("ann@example.com", True), ("", False)])
def test_what_was_answered_by_a_link_meanwhile_is_theirs(client, member, ann, email, is_theirs):
    campaign = a_campaign(member.workspace, channel="link", type="regular", events=[])
    delete(client, ann)
    claim = Claim(email, {}) if email else None
    opened = open_link(campaign, Coming(claim), timezone.now())
    assert isinstance(opened, Invitation)
    response = record_answer(opened, 3, "Bad", timezone.now(), submitted=True)

    undo(client, ann)

    survey = Survey.objects.get(id=opened.survey_id)
    response.refresh_from_db()
    assert (survey.customer == ann, response.customer == ann) == (is_theirs, is_theirs)


def test_properties_come_back_as_they_are_defined_by_now(client, member, ann):
    seats = a_property(member.workspace, "seats", "text")
    a_property(member.workspace, "plan", "text")
    gone = a_property(member.workspace, "gone", "text")
    ann.properties = {"seats": "12", "plan": "pro", "gone": "x"}
    ann.save()
    delete(client, ann)
    gone.delete()
    seats.type = "number"
    seats.save()

    undo(client, ann)

    ann.refresh_from_db()
    assert ann.properties == {"seats": 12, "plan": "pro"}


def test_it_is_refused_once_an_event_has_made_them_anew(client, member, ann):
    delete(client, ann)
    new = a_customer(member.workspace, email=ann.email)

    said = undo(client, ann)

    assert "There is a new customer with ann@example.com by now" in said
    assert Customer.objects.get() == new


def test_an_id_that_is_somebody_elses_by_now_stays_theirs(client, member, ann):
    delete(client, ann)
    bob = a_customer(member.workspace)
    Identity.objects.create(
        workspace=member.workspace, kind="user", external_id="id 0", is_trusted=True,
        customer=bob, said_at=NOW,
    )  # fmt: skip

    undo(client, ann)

    assert Identity.objects.get(external_id="id 0").customer == bob
    assert Identity.objects.filter(customer__email=ann.email).count() == 0


def test_it_cannot_be_undone_after_some_minutes_and_nothing_is_kept(client, ann):
    delete(client, ann)
    DeletedCustomer.objects.update(at=timezone.now() - timedelta(minutes=16))

    assert "too late to undo" in undo(client, ann)
    forget_old(timezone.now())
    assert not DeletedCustomer.objects.exists()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.OWNER])
def test_analysts_and_outsiders_bring_nobody_back(client, ann, role):
    delete(client, ann)
    workspace = ann.workspace if role is Role.ANALYST else None
    client.force_login(a_member(workspace, role=role).user)

    undo(client, ann)

    assert not Customer.objects.exists()


def test_only_who_deleted_them_may_undo_it(client, member, ann):
    delete(client, ann)
    client.force_login(a_member(member.workspace).user)

    assert "too late to undo" in undo(client, ann)
    assert not Customer.objects.exists()


def test_who_is_erased_cannot_be_brought_back(client, member, ann):
    delete(client, ann)

    receipt = erase(Who(member.workspace, ann.email), Wish(False), None, database_now())

    assert receipt.counts["deleted_customers"] == 1
    assert "too late to undo" in undo(client, ann)
