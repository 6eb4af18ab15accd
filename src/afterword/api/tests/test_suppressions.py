from typing import Any

import pytest

from afterword.customers.models import Customer
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.workspaces.models import Scope
from tests import factories
from tests.factories import NOW

Reason = SuppressionReason


def live(workspace) -> set[tuple[str, str]]:
    rows = Suppression.objects.filter(workspace=workspace, ended_at=None)
    return {(row.pattern, row.reason) for row in rows}


def test_an_address_is_put_on_the_list_shown_and_taken_off(call, get, workspace):
    customer = factories.a_customer(workspace, email="ann@example.com")

    status, made = call("POST", "/suppressions/emails", {"email": "Ann@Example.com", "note": "Ask"})
    customer.refresh_from_db()
    assert (status, made["data"]["email"], made["data"]["note"]) == (200, "ann@example.com", "Ask")
    assert customer.suppressed_at
    assert call("POST", "/suppressions/emails", {"email": "ann@example.com"})[1] == made

    _, listed = get("/suppressions/emails")
    assert listed["data"]["emails"] == [made["data"]]
    assert listed["data"]["total"] == 1

    status, _ = call("DELETE", f"/suppressions/emails/{made['data']['id']}")
    assert status == 200
    assert Customer.objects.get().suppressed_at is None
    assert get("/suppressions/emails")[1]["data"]["emails"] == []
    assert call("DELETE", f"/suppressions/emails/{made['data']['id']}")[0] == 404


def test_a_domain_is_put_on_the_list_shown_and_taken_off(call, get):
    body = {"pattern": "*.Example.com", "category": "corporate", "note": "Ours"}

    _, made = call("POST", "/suppressions/domains", body)
    assert made["data"]["pattern"] == "*.example.com"
    assert made["data"]["category"] == "corporate"
    assert get("/suppressions/domains")[1]["data"]["domains"] == [made["data"]]
    assert get("/suppressions/emails")[1]["data"]["emails"] == []
    assert call("DELETE", f"/suppressions/emails/{made['data']['id']}")[0] == 404
    assert call("DELETE", f"/suppressions/domains/{made['data']['id']}")[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "mended"),
    [
        ("emails", {}, "email"),
        ("emails", {"email": "example.com"}, "write it as ann@example.com"),
        ("emails", {"email": "a\x00@example.com"}, "write it as ann@example.com"),
        ("emails", {"email": "ann@example.com", "note": "x" * 501}, "note"),
        ("domains", {"pattern": "ann@example.com"}, "write it as example.com"),
        ("domains", {"pattern": "example.com", "category": "bad"}, "category"),
    ],
)
def test_what_cannot_be_listed_is_refused_with_how_to_mend_it(call, workspace, path, body, mended):
    status, answer = call("POST", f"/suppressions/{path}", body)

    assert status == 400
    assert mended in answer["message"]
    assert not live(workspace)


def test_other_reasons_are_listed_on_request_and_bounces_may_end(call, get, workspace):
    suppress(workspace.id, "ann@example.com", Reason.HARD_BOUNCED, how="report", now=NOW)

    assert get("/suppressions/emails")[1]["data"]["emails"] == []
    [row] = get("/suppressions/emails", reason="hard_bounced")[1]["data"]["emails"]
    assert row["reason"] == "hard_bounced"
    assert call("DELETE", f"/suppressions/emails/{row['id']}")[0] == 200
    assert not live(workspace)


@pytest.mark.parametrize("reason", [Reason.UNSUBSCRIBED, Reason.COMPLAINED])
def test_what_a_person_said_is_not_deleted(call, get, workspace, reason):
    suppress(workspace.id, "ann@example.com", reason, how="link", now=NOW)
    [row] = get("/suppressions/emails", reason=reason)[1]["data"]["emails"]

    assert call("DELETE", f"/suppressions/emails/{row['id']}")[0] == 409
    assert live(workspace) == {("ann@example.com", reason)}


def test_people_are_unsubscribed_known_or_not(call, workspace):
    customer = factories.a_customer(workspace, email="ann@example.com")
    body = {
        "message": "By phone",
        "subscribers": [{"email": "Ann@example.com"}, {"email": "b@c.de"}],
    }

    status, first = call("POST", "/customers/unsubscribe", body)
    _, second = call("POST", "/customers/unsubscribe", body)

    customer.refresh_from_db()
    assert status == 200
    assert first["data"]["subscribers"] == [
        {"email": "ann@example.com", "status": "unsubscribed"},
        {"email": "b@c.de", "status": "unsubscribed"},
    ]
    assert {one["status"] for one in second["data"]["subscribers"]} == {"already_unsubscribed"}
    assert customer.unsubscribed_at
    assert {(row.how, row.note) for row in Suppression.objects.all()} == {("API", "By phone")}


def test_a_thousand_are_unsubscribed_with_as_many_queries_as_one(
    call, django_assert_max_num_queries
):
    people = [{"email": f"c{number}@example.com"} for number in range(1000)]

    with django_assert_max_num_queries(12):
        status, _ = call("POST", "/customers/unsubscribe", {"subscribers": people})

    assert status == 200
    assert call("POST", "/customers/unsubscribe", {"subscribers": [*people, *people]})[0] == 400
    assert call("POST", "/customers/unsubscribe", {"subscribers": []})[0] == 400


def test_resubscribing_needs_the_persons_word(call, workspace):
    suppress(workspace.id, "ann@example.com", Reason.UNSUBSCRIBED, how="link", now=NOW)
    people = {"subscribers": [{"email": "ann@example.com"}]}

    for said in ({}, {"message": ""}, {"message": " "}):
        status, answer = call("POST", "/customers/resubscribe", {**people, **said})
        assert status == 400
        assert "message" in answer["message"]
    assert live(workspace)

    _, answer = call("POST", "/customers/resubscribe", {**people, "message": "In the shop, 3 Nov"})
    assert answer["data"]["subscribers"] == [{"email": "ann@example.com", "status": "resubscribed"}]
    assert not live(workspace)
    assert Suppression.objects.get().ended_note == "In the shop, 3 Nov"


def test_a_program_takes_no_complaint_back(call, workspace):
    for reason in (Reason.UNSUBSCRIBED, Reason.COMPLAINED):
        suppress(workspace.id, "ann@example.com", reason, how="link", now=NOW)
    people = [{"email": "ann@example.com"}, {"email": "bob@example.com"}]

    _, answer = call("POST", "/customers/resubscribe", {"subscribers": people, "message": "Yes"})

    statuses = [one["status"] for one in answer["data"]["subscribers"]]
    assert statuses == ["complained", "not_unsubscribed"]
    assert len(live(workspace)) == 2


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/suppressions/emails"),
        ("post", "/suppressions/domains"),
        ("delete", "/suppressions/emails/1"),
        ("delete", "/suppressions/domains/1"),
        ("post", "/customers/unsubscribe"),
        ("post", "/customers/resubscribe"),
    ],
)
@pytest.mark.parametrize("scope", [None, Scope.READ, Scope.INGEST, Scope.BROWSER])
def test_only_a_write_token_changes_anything(workspace, client, method, path, scope):
    secret = factories.a_token(workspace, scope)[1] if scope else "nonsense"

    answer = getattr(client, method)(f"/api/v2{path}", headers={"X-Api-Key": secret})

    assert answer.status_code == (403 if scope else 401)


def test_an_outsider_sees_and_ends_nothing(call, get):
    stranger = factories.a_workspace()
    suppress(stranger.id, "ann@example.com", Reason.LISTED, how="member", now=NOW)
    row = Suppression.objects.get()

    assert get("/suppressions/emails")[1]["data"]["emails"] == []
    assert call("DELETE", f"/suppressions/emails/{row.id}")[0] == 404
    assert live(stranger)


def test_a_body_that_is_nested_too_deeply_is_malformed(call):
    nested: list[Any] = []
    for _ in range(200):
        nested = [nested]

    code, answer = call("POST", "/customers/unsubscribe", {"subscribers": nested})

    assert (code, answer["message"]) == (
        400,
        "The JSON is nested deeper than 64 levels. Send an object.",
    )
