from typing import Any

import pytest

from afterword.api.tests.conftest import Get
from afterword.api.tests.rows import a_response
from afterword.customers.models import Company
from afterword.workspaces.models import Workspace
from tests import factories
from tests.factories import NOW


def a_company(workspace: Workspace, name: str = "Acme", **fields: Any) -> Company:
    return Company.objects.create(
        **{"workspace": workspace, "name": name, "key": name.lower(), **fields}
    )


@pytest.fixture
def acme(workspace: Workspace) -> Company:
    """A company with two other names and a customer of each, who answered."""
    acme = a_company(workspace)
    names = [
        a_company(workspace, "acme.com", key="@acme.com", merged_into=acme),
        a_company(workspace, "Acme Ltd", merged_into=acme),
    ]
    campaign = factories.a_campaign(workspace)
    for score, company in zip((9, 10, 3), [acme, *names], strict=True):
        customer = factories.a_customer(workspace, company=company)
        a_response(factories.a_sent_survey(campaign, customer=customer), score, NOW)
    return acme


def test_a_company_is_shown_with_its_scores_over_all_its_names(get: Get, acme: Company):
    _, listed = get("/companies")
    _, alone = get(f"/companies/{acme.id}")

    [shown] = listed["data"]["companies"]
    assert alone["data"]["companies"] == [shown]
    assert shown.pop("createdDate")
    assert shown == {
        "id": str(acme.id),
        "domain": "acme.com",
        "domains": ["acme.com"],
        "companyName": "Acme",
        "aliases": ["Acme Ltd"],
        "industryName": "",
        "tags": [],
        "cxMetrics": {"NPS": 34, "CSAT": None, "CES": None, "STAR": None},
        "contactsCount": 3,
    }


def test_a_domain_finds_the_company_that_it_leads_to(get: Get, acme: Company):
    status, found = get("/companies/ACME.com")

    assert status == 200
    assert found["data"]["companies"][0]["id"] == str(acme.id)


def test_customers_and_answers_say_which_company(get: Get, acme: Company):
    _, customers = get("/customers")
    _, answers = get("/feedback")

    found = customers["data"]["subscribers"] + answers["data"]["responses"]
    assert {one["companyId"] for one in found} == {str(acme.id)}


def test_an_excluded_company_is_not_listed(get: Get, acme: Company):
    Company.objects.filter(id=acme.id).update(excluded_at=NOW)

    assert get("/companies")[1]["data"]["companies"] == []


@pytest.mark.parametrize("sort", ["companyName", "-companyName", "createdDate"])
def test_companies_are_sorted(workspace: Workspace, get: Get, sort: str):
    for name in ("a", "B"):
        a_company(workspace, name)

    _, listed = get("/companies", sort=sort)

    names = [one["companyName"] for one in listed["data"]["companies"]]
    assert names == (["B", "a"] if sort.startswith("-") else ["a", "B"])


@pytest.mark.parametrize("sought", ["nowhere.test", "1", "%00", "x" * 300])
def test_what_is_not_there_is_not_found(get: Get, acme: Company, sought: str):
    assert get(f"/companies/{sought}")[0] == 404


def test_those_of_another_workspace_are_not_there(get: Get):
    elsewhere = a_company(factories.a_workspace())
    a_company(elsewhere.workspace, "acme.com", key="@acme.com", merged_into=elsewhere)

    assert get("/companies")[1]["data"]["companies"] == []
    assert get(f"/companies/{elsewhere.id}")[0] == 404
    assert get("/companies/acme.com")[0] == 404
