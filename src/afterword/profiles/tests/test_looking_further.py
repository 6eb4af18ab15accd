"""A page of the list looks for so long, says how far it came, and the next one goes on."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from afterword.profiles.listing import found, search, walk
from afterword.workspaces.models import Role
from tests.factories import NOW, a_customer, a_member, a_property, a_workspace

pytestmark = pytest.mark.django_db

PRO: dict[str, Any] = {"field": "plan", "operator": "is", "value": "pro", "group": ""}
ORDERS = ["added", "-added", "name", "-name", "company", "-last_survey"]


@pytest.fixture
def no_time(monkeypatch):
    """Each page looks at four customers: one step of two, and one more."""
    monkeypatch.setattr(walk, "FIRST", 2)
    monkeypatch.setattr(found, "WALK_SECONDS", 0)
    monkeypatch.setattr(found, "MORE_SECONDS", 0)


@pytest.fixture
def workspace(client):
    """Eleven customers, of whom the third and the tenth newest are pro."""
    member = a_member()
    client.force_login(member.user)
    a_property(member.workspace, "plan")
    for n in range(11):
        one = a_customer(
            member.workspace, email=f"c{n}@example.com", first_name="Same", company_name=str(n % 3),
            properties={"plan": "pro" if n in (2, 9) else "free"},
        )  # fmt: skip
        one.created_at = NOW - timedelta(days=n // 2)  # two of the same moment
        one.save(update_fields=["created_at"])
    a_customer(a_workspace(), properties={"plan": "pro"})
    return member.workspace


def pages(client, **query):
    """Go on to the end of the list; return each page's context."""
    context = client.get("/customers", query).context
    yield context
    while after := context["after"]:
        context = client.get("/customers", {**query, "after": after}).context
        yield context


def emails(context):
    return [line.customer.email for line in context["lines"]]


def test_a_page_says_how_far_it_looked_and_the_next_goes_on(client, workspace, no_time):
    first, second, third = pages(client, **PRO)

    assert (emails(first), first["looked_at"]) == (["c2@example.com"], 4)
    assert (emails(second), second["looked_at"]) == ([], 4)
    assert (emails(third), third["looked_at"]) == (["c9@example.com"], 0)


@pytest.mark.parametrize("order", ORDERS)
def test_in_any_order_everybody_is_met_once(client, workspace, no_time, order):
    met = [email for page in pages(client, **PRO, order=order) for email in emails(page)]

    assert sorted(met) == ["c2@example.com", "c9@example.com"]
    if order.endswith("added"):
        assert met == sorted(met, reverse=order == "added")


def test_a_full_page_goes_on_after_its_last(client, workspace, monkeypatch):
    monkeypatch.setattr(found, "PAGE", 3)
    monkeypatch.setattr(walk, "FIRST", 2)
    free = {**PRO, "value": "free"}

    shown = [email for page in pages(client, **free) for email in emails(page)]

    assert len(shown) == len(set(shown)) == 9
    assert not any(page["looked_at"] for page in pages(client, **free))


def test_the_page_says_so_in_words(client, workspace, no_time):
    found_one = client.get("/customers", PRO)
    found_none = client.get("/customers", {**PRO, "after": found_one.context["after"]})

    assert "4 customers were looked at for this page" in found_one.content.decode()
    assert "Look further" in found_one.content.decode()
    words = found_none.content.decode()
    assert "None among the 4 customers that were looked at for this page." in words
    [goes_on] = re.findall(r'hx-get="([^"]+)" hx-trigger="load" hx-target="#found"', words)
    query = parse_qs(urlsplit(goes_on.replace("&amp;", "&")).query)
    assert query["after"] == [found_none.context["after"]]
    assert query["field"] == ["plan"]


def test_a_search_goes_on_where_no_index_helps(client, workspace, no_time, monkeypatch):
    monkeypatch.setattr(search, "FEW", 1)  # many wait for their search texts

    met = [email for page in pages(client, q="c9@exam") for email in emails(page)]

    assert met == ["c9@example.com"]


def test_a_search_that_its_index_answers_needs_no_more_pages(client, workspace, no_time):
    [page] = pages(client, q="c9@exam")

    assert (emails(page), page["looked_at"]) == (["c9@example.com"], 0)


def test_a_wrong_filter_looks_at_nobody(client, workspace, no_time):
    [page] = pages(client, field="gone", operator="is", value="x", group="")

    assert (emails(page), page["looked_at"]) == ([], 0)


@pytest.mark.parametrize("after", ["7.junk", "99999999999.x", "٣.x", ".", "-1.x"])
def test_a_junk_cursor_is_the_first_page(client, workspace, after):
    assert emails(client.get("/customers", {**PRO, "after": after}).context) == [
        "c2@example.com",
        "c9@example.com",
    ]


def test_who_only_reads_looks_further_too(client, workspace, no_time):
    analyst = a_member(workspace, role=Role.ANALYST)
    client.force_login(analyst.user)

    assert len(list(pages(client, **PRO))) == 3
