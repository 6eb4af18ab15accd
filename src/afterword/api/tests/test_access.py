from typing import Any

import pytest
from django.test import Client

from afterword.api.tests.conftest import Get
from afterword.api.tests.rows import a_response
from afterword.workspaces.models import Scope, Workspace
from afterword.workspaces.tokens import revoke
from tests import factories

PING = "/api/v2/ping"
LISTS = [
    "/customers",
    "/companies",
    "/feedback",
    "/outbox",
    "/campaigns",
    "/decisions",
    "/nps/score",
]
EVERYWHERE = ["/ping", *LISTS, "/customers/1", "/feedback/1"]


@pytest.mark.parametrize(
    "sent",
    [
        {"headers": {"X-Api-Key": "{}"}},
        {"headers": {"Authorization": "api_key={}"}},
        {"headers": {"Authorization": "Bearer {}"}},
        {"headers": {"Authorization": "bearer  {}"}},
        {"query_params": {"api_key": "{}"}},
    ],
    ids=str,
)
def test_a_token_is_taken_from_each_of_its_places(
    workspace: Workspace, client: Client, sent: dict[str, Any]
):
    token, secret = factories.a_token(workspace, Scope.READ)
    filled = {how: {k: v.format(secret) for k, v in pair.items()} for how, pair in sent.items()}

    answer = client.get(PING, **filled)  # type: ignore[arg-type]

    assert answer.json() == {
        "message": "Success.",
        "code": 200,
        "data": {
            "workspace": "Acme",
            "workspaceId": str(workspace.id),
            "token": token.name,
            "scope": "read",
        },
    }


@pytest.mark.parametrize("key", ["", "aw_unknown", "\x00", "a" * 5000, "žluťoučký"])
@pytest.mark.parametrize("path", EVERYWHERE)
def test_without_a_known_token_nothing_is_said(db: None, client: Client, path: str, key: str):
    answer = client.get(f"/api/v2{path}", {"api_key": key})

    assert answer.status_code == 401
    body = answer.json()
    assert (body["code"], body["data"]) == (401, None)
    assert "X-Api-Key" in body["message"]


@pytest.mark.parametrize("scope", [Scope.READ, Scope.WRITE])
@pytest.mark.parametrize("path", ["/ping", *LISTS])
def test_read_and_write_tokens_read(workspace: Workspace, client: Client, path: str, scope: Scope):
    _, secret = factories.a_token(workspace, scope)

    answer = client.get(f"/api/v2{path}", headers={"X-Api-Key": secret})

    assert answer.status_code == 200


@pytest.mark.parametrize("scope", [Scope.INGEST, Scope.BROWSER])
@pytest.mark.parametrize("path", EVERYWHERE)
def test_tokens_for_events_do_not_read(
    workspace: Workspace, client: Client, path: str, scope: Scope
):
    _, secret = factories.a_token(workspace, scope)

    answer = client.get(f"/api/v2{path}", headers={"X-Api-Key": secret})

    assert answer.status_code == 403
    assert answer.json() == {
        "message": f"This token has the scope {scope.value}; use one with the scope read or write.",
        "code": 403,
        "data": None,
    }


def test_a_revoked_token_is_refused_at_once(workspace: Workspace, client: Client):
    token, secret = factories.a_token(workspace, Scope.READ)
    assert client.get(PING, headers={"X-Api-Key": secret}).status_code == 200

    revoke(token)

    assert client.get(PING, headers={"X-Api-Key": secret}).status_code == 401


def test_another_workspace_is_not_seen(db: None, get: Get):
    campaign = factories.a_campaign()
    survey = factories.a_sent_survey(campaign)
    assert survey.survey.customer
    response = a_response(survey, 9)

    assert get("/customers")[1]["total"] == 0
    assert get("/feedback")[1]["data"]["total"] == 0
    assert get("/outbox")[1]["data"]["total"] == 0
    assert get("/campaigns")[1]["campaigns"] == []
    assert get("/decisions")[1]["data"]["total"] == 0
    assert get("/nps/score")[1]["data"]["totalResponses"] == 0
    assert get("/nps/score", campaignId=campaign.id)[1]["data"]["totalResponses"] == 0
    assert get(f"/customers/{survey.survey.customer.id}")[0] == 404
    assert get(f"/feedback/{response.id}")[0] == 404


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/customers/", "/v3", "/nps/score/x"])
def test_an_unknown_address_is_answered_in_the_envelope(db: None, client: Client, path: str):
    answer = client.get(f"/api/v2{path}")

    assert answer.status_code == 404
    assert answer.json()["code"] == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_method_that_is_not_there_is_answered_in_the_envelope(
    db: None, client: Client, method: str
):
    answer = getattr(client, method)("/api/v2/customers")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"
    assert answer.json()["message"] == "This address takes only GET."


def test_the_description_is_public(db: None, client: Client):
    described = client.get("/api/v2/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        f"/api/v2{path}"
        for path in [
            "/ping",
            "/customers",
            "/customers/{customer_id}",
            "/customers/unsubscribe",
            "/customers/resubscribe",
            "/companies",
            "/companies/{company}",
            "/suppressions/emails",
            "/suppressions/emails/{email_id}",
            "/suppressions/domains",
            "/suppressions/domains/{domain_id}",
            "/feedback",
            "/feedback/{feedback_id}",
            "/outbox",
            "/campaigns",
            "/decisions",
            "/survey",
            "/{metric}/score",
        ]
    }
    assert described["components"]["securitySchemes"]["TokenAuth"]["name"] == "X-Api-Key"
