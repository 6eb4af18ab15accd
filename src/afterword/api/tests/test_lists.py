from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from afterword.api.tests.conftest import Get
from afterword.api.tests.rows import a_decision, a_response
from afterword.customers.models import Customer
from afterword.sending.models import State
from afterword.workspaces.models import Scope, Workspace
from tests import factories
from tests.factories import NOW

PAGED = ["/customers", "/feedback", "/outbox", "/decisions"]
ARRAYS = dict(zip(PAGED, ["subscribers", "responses", "surveys", "decisions"], strict=True))


def fill(workspace: Workspace, rows: int = 5) -> None:
    """So many customers, each surveyed, answered and decided on, one day apart."""
    campaign = factories.a_campaign(workspace, name="After an order")
    for day in range(rows):
        at = NOW + timedelta(days=day)
        customer = factories.a_customer(workspace, email=f"{day}@example.com", tags=["vip"])
        Customer.objects.filter(id=customer.id).update(created_at=at)
        survey = factories.a_sent_survey(campaign, customer=customer, created_at=at)
        a_response(survey, 9, at)
        detail = {"survey_id": str(survey.id), "due_at": at}
        a_decision(
            workspace,
            "scheduled",
            email=customer.email,
            message_id=f"message {day}",
            at=at,
            campaign=campaign,
            customer=customer,
            detail=detail,
        )


def emails(body: Any, path: str) -> list[str]:
    return [row["email"] for row in body["data"][ARRAYS[path]]]


@pytest.mark.parametrize("path", PAGED)
def test_the_newest_come_first(workspace: Workspace, get: Get, path: str):
    fill(workspace)

    status, body = get(path)

    assert (status, body["message"], body["code"]) == (200, "Success.", 200)
    assert emails(body, path) == [f"{day}@example.com" for day in (4, 3, 2, 1, 0)]
    usual = "-surveyCreatedDate" if path == "/outbox" else "-createdDate"
    pages = {"page": 1, "pages": 1, "limit": 20, "sort": usual, "total": 5}
    assert pages.items() <= body["data"].items()


@pytest.mark.parametrize("path", PAGED)
def test_pages_neither_repeat_nor_skip(workspace: Workspace, get: Get, path: str):
    fill(workspace)

    pages = [get(path, page=page, limit=2)[1] for page in (1, 2, 3, 4)]

    seen = [email for page in pages for email in emails(page, path)]
    assert seen == [f"{day}@example.com" for day in (4, 3, 2, 1, 0)]
    assert pages[3]["data"]["pages"] == 3


def test_customers_tell_the_page_at_the_top_too(workspace: Workspace, get: Get):
    _, body = get("/customers", limit=1)

    told = {"page": 1, "pages": 0, "limit": 1, "sort": "-createdDate", "total": 0}
    assert told.items() <= body.items()
    assert told.items() <= body["data"].items()


@pytest.mark.parametrize("path", PAGED)
def test_an_order_can_be_chosen(workspace: Workspace, get: Get, path: str):
    fill(workspace, 3)
    sort = "surveyCreatedDate" if path == "/outbox" else "createdDate"

    _, body = get(path, sort=sort)

    assert emails(body, path) == ["0@example.com", "1@example.com", "2@example.com"]


def test_what_has_no_date_comes_last(workspace: Workspace, get: Get):
    factories.a_customer(workspace, email="never@example.com")
    factories.a_customer(workspace, email="asked@example.com", last_surveyed_at=NOW)

    for sort in ("lastSurveyDate", "-lastSurveyDate"):
        _, body = get("/customers", sort=sort)
        assert emails(body, "/customers")[-1] == "never@example.com"


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (("2026-11-03", "2026-11-04"), [3, 2]),
        (("2026-11-03T12:00:00Z", "2026-11-03T12:00:00Z"), [2]),
        (("2026-11-03T13:00:00+01:00", ""), [4, 3, 2]),
        (("", int((NOW + timedelta(days=1)).timestamp())), [1, 0]),
        ((int((NOW + timedelta(days=4)).timestamp()) * 1000, ""), [4]),
        (("11/05/2026", ""), [4]),
        (("20261105", ""), [4]),
        (("0", "1"), []),
    ],
)
def test_dates_are_read_in_several_forms(
    workspace: Workspace, get: Get, path: str, dates: tuple[object, object], days: list[int]
):
    fill(workspace)

    status, body = get(path, startDate=dates[0], endDate=dates[1])

    assert status == 200, body
    assert emails(body, path) == [f"{day}@example.com" for day in days]


@pytest.mark.parametrize("path", PAGED)
def test_an_address_is_found_however_it_is_written(workspace: Workspace, get: Get, path: str):
    fill(workspace, 3)

    assert emails(get(path, email=" 1@EXAMPLE.com")[1], path) == ["1@example.com"]
    assert emails(get(path, email="nobody")[1], path) == []


@pytest.mark.parametrize("path", ["/feedback", "/outbox", "/decisions"])
def test_a_campaign_is_told_from_others(workspace: Workspace, get: Get, path: str):
    fill(workspace, 1)
    other = factories.a_campaign(workspace)
    survey = factories.a_sent_survey(other)
    a_response(survey, 3)
    a_decision(workspace, "sampled_out", email=survey.survey.email, campaign=other)

    assert emails(get(path, campaignId=other.id)[1], path) == [survey.survey.email]
    assert emails(get(path, campaignId=uuid4())[1], path) == []


def test_the_number_of_queries_is_the_same_for_any_page(
    workspace: Workspace, client: Client, django_assert_num_queries: Any
):
    fill(workspace, 7)
    factories.a_property(workspace, "plan")
    _, secret = factories.a_token(workspace, Scope.READ)

    def ask(path: str, limit: int) -> None:
        client.get(f"/api/v2{path}", {"limit": limit}, headers={"X-Api-Key": secret})

    for path in PAGED:
        with_properties = path != "/decisions"
        for limit in (1, 7):
            with django_assert_num_queries(3 + with_properties):
                ask(path, limit)
    for path in ("/campaigns", "/nps/score"):
        with django_assert_num_queries(2):
            ask(path, 1)


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"page": "0"}, "page: "),
        ({"page": "-1"}, "page: "),
        ({"page": "9" * 30}, "page: "),
        ({"page": "one"}, "page: "),
        ({"limit": "1001"}, "less than or equal to 1000"),
        ({"limit": "0"}, "limit: "),
        ({"sort": "password"}, "sort: use one of "),
        ({"sort": "--email"}, "sort: use one of "),
        ({"sort": "\x00"}, "sort: "),
        ({"email": "a\x00@b.test"}, "email: take the NUL character out"),
        ({"startDate": "yesterday"}, "startDate: give a date such as 2026-01-31"),
        ({"startDate": "\x00"}, "startDate: give a date"),
        ({"endDate": "9999-99-99"}, "endDate: give a date"),
        ({"endDate": "9" * 30}, "endDate: give a date"),
        ({"endDate": "9" * 400}, "endDate: give a date"),
        ({"startDate": "0001-01-01T00:00:00+14:00"}, "startDate: give a date"),
        ({"attributes[0][name]": "plan"}, "attributes: "),
    ],
    ids=str,
)
def test_bad_parameters_are_explained(
    workspace: Workspace, get: Get, path: str, parameters: dict[str, str], word: str
):
    status, body = get(path, **parameters)

    assert status == 400
    assert (body["code"], body["data"]) == (400, None)
    assert word in body["message"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/feedback", "campaignId"),
        ("/outbox", "campaignId"),
        ("/decisions", "campaignId"),
        ("/nps/score", "campaignId"),
        ("/feedback", "customerId"),
        ("/outbox", "channel"),
        ("/outbox", "sentBy"),
        ("/outbox", "status"),
        ("/decisions", "reason"),
    ],
)
@pytest.mark.parametrize("value", ["42", "\x00", "é" * 400])
def test_bad_filters_are_explained(get: Get, path: str, name: str, value: str):
    status, body = get(path, **{name: value})

    assert status == 400
    assert body["message"].startswith(f"{name}: ")


def test_a_reason_that_does_not_exist_names_those_that_do(get: Get):
    _, body = get("/decisions", reason="bored")

    assert "'throttled'" in body["message"]


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize(
    "parameters",
    [
        {"page": 10**12, "limit": 1000},
        {"startDate": "0001-01-01", "endDate": "9999-12-31"},
        {"startDate": "9999-12-31T23:59:59.999999Z"},
        {"email": "", "campaignId": "", "startDate": "", "sort": ""},
        {"unknown": "\x00"},
    ],
    ids=str,
)
def test_odd_parameters_are_answered(
    workspace: Workspace, get: Get, path: str, parameters: dict[str, object]
):
    fill(workspace, 1)

    assert get(path, **parameters)[0] == 200


def test_too_many_parameters_are_refused(workspace: Workspace, client: Client):
    _, secret = factories.a_token(workspace, Scope.READ)
    query = "&".join(f"a{number}=1" for number in range(2000))

    answer = client.get(f"/api/v2/customers?{query}", headers={"X-Api-Key": secret})

    assert answer.status_code == 400
    assert answer.json()["code"] == 400


@pytest.mark.parametrize("path", ["/customers", "/feedback"])
@pytest.mark.parametrize("key", ["1", "%00", "nothing", "0" * 32, "a%2Fb"])
def test_an_id_that_is_not_there_is_not_found(get: Get, path: str, key: str):
    status, body = get(f"{path}/{key}")

    assert (status, body["code"], body["data"]) == (404, 404, None)


def test_a_state_is_told_in_capitals(workspace: Workspace, get: Get):
    campaign = factories.a_campaign(workspace)
    for state in State:
        factories.a_survey(campaign, state=state)

    _, body = get("/outbox")

    statuses = {survey["status"] for survey in body["data"]["surveys"]}
    assert statuses == {
        "QUEUED",
        "HELD",
        "SENDING",
        "SENT",
        "BOUNCED",
        "DISMISSED",
        "CANCELLED",
        "FAILED",
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("RESPONDED", "answered@example.com"),
        ("answered", "answered@example.com"),
        ("Bounced", "bounced@example.com"),
        ("SENT", "sent@example.com"),
    ],
)
def test_surveys_are_found_by_their_status(workspace: Workspace, get: Get, asked: str, found: str):
    campaign = factories.a_campaign(workspace)
    for name, fields in (
        ("answered", {"answered_at": NOW, "unsubscribed_at": NOW}),
        ("bounced", {"state": State.BOUNCED, "bounced_at": NOW}),
        ("sent", {"machine_opened_at": NOW}),
    ):
        customer = factories.a_customer(workspace, email=f"{name}@example.com")
        factories.a_sent_survey(campaign, customer=customer, **fields)

    _, body = get("/outbox", status=asked)

    assert emails(body, "/outbox") == [found]
    assert body["data"]["total"] == 1


def test_a_status_that_does_not_exist_names_those_that_do(get: Get):
    _, body = get("/outbox", status="lost")

    assert body["message"].startswith("status: use one of QUEUED, HELD, SENDING, SENT, ")
