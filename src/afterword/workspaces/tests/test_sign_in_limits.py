"""Wrong passwords: whoever guesses has to wait, and nobody else."""

from dataclasses import replace
from ipaddress import ip_network

import pytest
from django.core.cache import cache
from django.test import Client

from afterword.configuration import configuration
from afterword.web import callers
from tests.factories import a_member

pytestmark = pytest.mark.django_db

PROXY = "10.0.0.1"
RIGHT = "correct horse battery"


@pytest.fixture(autouse=True)
def _proxy(monkeypatch: pytest.MonkeyPatch):
    cache.clear()
    trusting = replace(configuration(), trusted_proxies=(ip_network(PROXY),))
    monkeypatch.setattr(callers, "configuration", lambda: trusting)


def sign_in(email: str, password: str, forwarded_for: str = "", peer: str = PROXY) -> int:
    """Return 302 where it worked, and 200 where it did not."""
    browser = Client(REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded_for})
    answer = browser.post("/accounts/login/", {"login": email, "password": password})
    return answer.status_code


def guess(email: str, forwarded_for: str = "", times: int = 10) -> None:
    for _ in range(times):
        sign_in(email, "wrong", forwarded_for)


def test_whoever_guesses_has_to_wait():
    email = a_member().user.email

    guess(email, "192.0.2.1")

    assert sign_in(email, RIGHT, "192.0.2.1") == 200


def test_a_stranger_does_not_lock_a_person_out():
    email = a_member().user.email

    guess(email, "192.0.2.1")

    assert sign_in(email, RIGHT, "192.0.2.2") == 302


@pytest.mark.slow
def test_one_persons_mistakes_are_not_those_of_everybody_at_the_same_address():
    forgetful, neighbour = a_member().user.email, a_member().user.email

    guess(forgetful, times=40)  # the proxy does not say for whom

    assert sign_in(neighbour, RIGHT) == 302


def test_another_address_that_a_client_makes_up_does_not_help_to_guess():
    email = a_member().user.email

    for number in range(10):
        sign_in(email, "wrong", f"198.51.100.{number}, 192.0.2.1")

    assert sign_in(email, RIGHT, "198.51.100.99, 192.0.2.1") == 200


def test_a_client_that_is_no_proxy_is_not_believed():
    email = a_member().user.email

    for number in range(10):
        sign_in(email, "wrong", f"198.51.100.{number}", peer="192.0.2.1")

    assert sign_in(email, RIGHT, peer="192.0.2.1") == 200


def test_another_name_for_the_server_does_not_help_to_guess():
    email = a_member().user.email

    for name in ("localhost", "127.0.0.1", "testserver", "127.0.0.1:1", "127.0.0.1:2"):
        browser = Client(headers={"Host": name, "X-Forwarded-For": "192.0.2.1"}, REMOTE_ADDR=PROXY)
        browser.post("/accounts/login/", {"login": email, "password": "wrong"})

    assert sign_in(email, RIGHT, "192.0.2.1") == 200


def test_a_flood_is_told_to_wait(settings):
    limits = settings.ACCOUNT_RATE_LIMITS
    assert limits["login"] == "300/m/ip"  # which an office full of people does not reach
    settings.ACCOUNT_RATE_LIMITS = {**limits, "login": "20/m/ip"}

    statuses = [sign_in("", "", "192.0.2.77") for _ in range(21)]

    assert statuses == [200] * 20 + [429]
