"""A slash too many, or one too few, at the end of an address."""

import pytest
from django.test import Client

from afterword.web.addresses import other_spelling
from tests.factories import a_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("/campaigns/", "/campaigns"),
        ("/campaigns///", "/campaigns"),
        ("/outbox/?state=sent&name=a%20b", "/outbox?state=sent&name=a%20b"),
        ("/settings/tokens/", "/settings/tokens"),
        ("/u/some-token/", "/u/some-token"),
        ("/s/h%C3%A4%3F/", "/s/h%C3%A4%3F"),
        ("/accounts/login", "/accounts/login/"),
        ("/accounts/password/reset/key/1-x", "/accounts/password/reset/key/1-x/"),
    ],
)
def test_whoever_looks_is_led_to_the_page(address: str, right: str):
    path, _, query = address.partition("?")
    for method in ("get", "head"):
        answer = getattr(Client(), method)(path, QUERY_STRING=query)

        assert (answer.status_code, answer["Location"]) == (302, right)


@pytest.mark.parametrize("address", ["/nowhere/", "/\\evil.example/", "/accounts/"])
def test_nobody_is_led_anywhere_else(address: str):
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("path", ["//evil.example/", "//campaigns/", "//", "/"])
def test_no_path_becomes_another_host(path: str):
    assert other_spelling(path) is None


def test_what_changes_something_is_not_led_on():
    browser = Client()
    browser.force_login(a_member().user)

    assert browser.post("/workspaces/switch/").status_code == 404


def test_a_row_that_is_not_there_stays_not_there():
    browser = Client()
    browser.force_login(a_member().user)

    answer = browser.get("/campaigns/0192f0c1-7b1e-7000-8000-000000000000")

    assert answer.status_code == 404
