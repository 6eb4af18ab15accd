"""What caches may keep: of all addresses there are, nothing that belongs to somebody."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from afterword.workspaces.models import Scope
from tests import factories

pytestmark = pytest.mark.django_db


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Yield every address there is, with its parts to fill in as `<name>`."""
    for each in resolver.url_patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield re.sub(r"<\w+:(\w+)>", r"<\1>", address)
        else:
            yield from addresses(each, address)


REGULAR = {
    "/accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
        "/accounts/password/reset/key/1-x/"
    )
}
ALL = sorted({REGULAR.get(address, address) for address in addresses(get_resolver())})
FOR_EVERYBODY = {"/logos/<logo_id>", "/in-app/v1.js"}
SHOWN_AT_LEAST = 30  # of the addresses that a GET answers with 200


@pytest.fixture
def seen() -> dict[str, HttpResponseBase]:
    """What an owner, or a program that may read, gets at each address."""
    member = factories.a_member()
    survey = factories.a_sent_survey(factories.a_campaign(member.workspace))
    assert survey.survey.customer
    parts = {
        "campaign_id": survey.survey.campaign_id,
        "template_id": survey.template_id,
        "customer_id": survey.survey.customer_id,
        "survey_id": survey.id,
        "token": survey.answer_token,
        "metric": "nps",
        "reminder_id": 1,
        "property_id": 1,
    }
    _, secret = factories.a_token(member.workspace, Scope.READ)
    browser = Client(headers={"X-Api-Key": secret})
    browser.force_login(member.user)
    return {
        address: browser.get(
            re.sub(r"<(\w+)>", lambda part: str(parts.get(part[1], uuid4())), address)
        )
        for address in ALL
    }


def test_no_cache_keeps_what_is_somebodys(seen: dict[str, HttpResponseBase]):
    assert sum(answer.status_code == 200 for answer in seen.values()) >= SHOWN_AT_LEAST
    kept = {
        address: answer.get("Cache-Control")
        for address, answer in seen.items()
        if address not in FOR_EVERYBODY
        and not {"no-store", "private"} <= set(answer.get("Cache-Control", "").split(", "))
    }

    assert kept == {}


def test_the_sign_in_page_is_what_strangers_keep_nothing_of_either():
    for address in ("/", "/outbox/export.csv", "/accounts/login/", "/nowhere"):
        assert "no-store" in Client().get(address)["Cache-Control"]
