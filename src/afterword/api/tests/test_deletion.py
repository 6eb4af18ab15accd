from datetime import timedelta

import pytest
from django.utils import timezone

from afterword.api.tests.conftest import Call, Get
from afterword.api.tests.rows import a_response
from afterword.customers.models import Customer
from afterword.feedback.models import Response
from afterword.privacy.models import Erasure
from afterword.sending.models import State
from afterword.surveys.models import Survey
from afterword.workspaces.models import Workspace
from tests import factories


def answered(workspace: Workspace) -> Customer:
    survey = factories.a_sent_survey(factories.a_campaign(workspace))
    a_response(survey, 4, comment="Slow")
    customer = survey.survey.customer
    assert customer
    return customer


def test_a_deleted_customer_leaves_answers_and_surveys(workspace: Workspace, call: Call):
    customer = answered(workspace)
    waiting = factories.a_survey(factories.a_campaign(workspace), customer=customer)

    status, said = call("DELETE", f"/customers/{customer.id}")

    assert status == 200
    assert said["data"] == {"id": str(customer.id), "receipt": None}
    assert not Customer.objects.exists()
    assert Response.objects.get().comment == "Slow"
    assert factories.mail_of(waiting).state == State.CANCELLED


def test_erasing_leaves_nothing_and_answers_with_the_receipt(workspace: Workspace, call: Call):
    customer = answered(workspace)

    status, said = call("DELETE", f"/customers/{customer.id}?erase=true")

    receipt = said["data"]["receipt"]
    assert status == 200
    assert receipt["id"] == str(Erasure.objects.get().id)
    assert (receipt["counts"]["answers"], receipt["counts"]["customers"]) == (1, 1)
    assert not receipt["keepsScores"]
    assert not any(model.objects.exists() for model in (Customer, Response, Survey))


def test_scores_are_kept_of_nobody_where_that_is_wished(workspace: Workspace, call: Call):
    customer = answered(workspace)

    _, said = call("DELETE", f"/customers/{customer.id}?erase=true&keepScores=true")

    assert said["data"]["receipt"]["keepsScores"]
    kept = Response.objects.get()
    assert (kept.score, kept.comment, kept.customer) == (4, "", None)


def test_while_a_mail_to_them_is_on_its_way_nothing_is_erased(workspace: Workspace, call: Call):
    customer = factories.a_customer(workspace)
    factories.a_survey(
        factories.a_campaign(workspace),
        customer=customer,
        state=State.HANDING_OVER,
        lease_until=timezone.now() + timedelta(minutes=1),
    )

    status, said = call("DELETE", f"/customers/{customer.id}?erase=true")

    assert status == 409
    assert "Try again in a minute" in said["message"]
    assert Customer.objects.exists()


@pytest.mark.parametrize(
    ("query", "words"),
    [("erase=perhaps", "erase: "), ("keepScores=true", "keepScores: ")],
)
def test_what_cannot_be_meant_is_refused(workspace: Workspace, call: Call, query: str, words: str):
    customer = factories.a_customer(workspace)

    status, said = call("DELETE", f"/customers/{customer.id}?{query}")

    assert (status, words in said["message"]) == (400, True)
    assert Customer.objects.exists()


@pytest.mark.parametrize("query", ["", "?erase=true"])
def test_others_and_junk_are_not_found(workspace: Workspace, call: Call, query: str):
    stranger = factories.a_customer(factories.a_workspace())

    assert call("DELETE", f"/customers/{stranger.id}{query}")[0] == 404
    assert call("DELETE", f"/customers/1{query}")[0] == 404
    assert Customer.objects.exists()


def test_a_token_that_reads_deletes_nothing(workspace: Workspace, get: Get, client):
    customer = factories.a_customer(workspace)
    _, secret = factories.a_token(workspace)

    answer = client.delete(f"/api/v2/customers/{customer.id}", headers={"X-Api-Key": secret})

    assert answer.status_code == 403
    assert Customer.objects.exists()
