"""A large file is taken only from somebody who has signed in."""

import asyncio

import pytest
from django.test import Client

from afterword import asgi
from afterword.web.deadline import Deadline
from tests.factories import a_member

FOR_FILES = asgi.door("POST", "/customers/import")
FOR_ALL_ELSE = asgi.door("POST", "/customers")


def opened(cookie: str) -> Deadline:
    """Return what answers whoever brings a file of customers."""
    headers = [(b"host", b"localhost"), (b"cookie", cookie.encode())]
    scope = {"method": "POST", "path": "/customers/import", "headers": headers}
    return asyncio.run(asgi.opened(scope))


@pytest.mark.parametrize("cookie", ["", "sessionid=", "sessionid=x", "sessionid=is-nobodys"])
@pytest.mark.django_db(transaction=True)
def test_a_stranger_may_bring_no_more_than_anywhere(cookie):
    assert opened(cookie) is FOR_ALL_ELSE


@pytest.mark.django_db(transaction=True)
def test_whoever_has_signed_in_may_bring_a_large_file():
    browser = Client()
    browser.force_login(a_member().user)
    key = browser.cookies["sessionid"].value

    assert opened(f"a=b; sessionid={key}") is FOR_FILES

    browser.logout()
    assert opened(f"sessionid={key}") is FOR_ALL_ELSE
