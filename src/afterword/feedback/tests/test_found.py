"""A page of answers with filters looks for so long, says how far it came; the next one goes on."""

from datetime import timedelta
from typing import Any

import pytest

from afterword.core import looking
from afterword.feedback import found
from afterword.feedback.answering.answer import record_answer
from afterword.workspaces.models import Role
from tests.factories import NOW, a_campaign, a_customer, a_member, a_sent_survey

pytestmark = pytest.mark.django_db

VIP: dict[str, Any] = {
    "as": "now", "field": "tags", "operator": "includes", "value": "vip", "group": "",
}  # fmt: skip


@pytest.fixture
def member(client):
    """A workspace with eight answers, of which the third and the seventh newest are a vip's."""
    member = a_member()
    client.force_login(member.user)
    campaign = a_campaign(member.workspace)
    for n in range(8):
        tags = ["vip"] if n in (2, 6) else []
        survey = a_sent_survey(campaign, customer=a_customer(member.workspace, tags=tags))
        record_answer(survey, n, "", NOW - timedelta(days=n), submitted=True)
    return member


@pytest.fixture
def no_time(monkeypatch):
    """Each page looks at two answers."""
    monkeypatch.setattr(looking, "FIRST", 2)
    monkeypatch.setattr(looking, "SECONDS", -1)


def pages(client, **query):
    """Go on to the end of the list; return each page's scores, and how many were looked at."""
    after = ""
    while True:
        context = client.get("/feedback", {**query, "after": after}).context
        yield [one.score for one in context["responses"]], context["looked_at"]
        if not (after := context["after"]):
            return


def test_a_page_says_how_far_it_looked_and_the_next_goes_on(client, member, no_time):
    assert list(pages(client, **VIP)) == [([], 2), ([2], 4), ([], 2), ([6], 0)]


def test_in_time_all_are_found_on_one_page(client, member, monkeypatch):
    monkeypatch.setattr(looking, "FIRST", 1)
    monkeypatch.setattr(looking, "SECONDS", 60)

    assert list(pages(client, **VIP)) == [([2, 6], 0)]


def test_a_full_page_goes_on_after_its_last(client, member, monkeypatch):
    monkeypatch.setattr(looking, "FIRST", 3)
    monkeypatch.setattr(found, "PAGE", 2)
    others = {**VIP, "operator": "does not include"}

    assert list(pages(client, **others)) == [([0, 1], 0), ([3, 4], 0), ([5, 7], 0)]


def test_without_filters_nothing_is_looked_for(client, member, no_time):
    assert list(pages(client)) == [(list(range(8)), 0)]


def test_it_says_so_in_words(client, member, no_time):
    first = client.get("/feedback", VIP)
    second = client.get("/feedback", {**VIP, "after": first.context["after"]})

    assert "None among the 2 answers that were looked at for this page." in first.content.decode()
    assert "4 answers were looked at for this page" in second.content.decode()
    assert "Look further" in second.content.decode()


@pytest.mark.parametrize("after", ["7.junk", "99999999999.x", "٣.x", "."])
def test_a_junk_cursor_is_the_first_page(client, member, after):
    context = client.get("/feedback", {**VIP, "after": after}).context

    assert [one.score for one in context["responses"]] == [2, 6]


def test_who_only_reads_looks_further_too(client, member, no_time):
    client.force_login(a_member(member.workspace, role=Role.ANALYST).user)

    assert len(list(pages(client, **VIP))) == 4
