"""What is written into the log, and what is not."""

import logging

import pytest

from afterword.core.ids import new_id, new_link_token
from afterword.core.signed_ids import sign
from afterword.running.logs import LINE, Formatter


def line(message: str, *arguments: object, **fields: object) -> str:
    record = logging.makeLogRecord(
        {"name": "django.request", "msg": message, "args": arguments, **fields}
    )
    return Formatter(LINE).format(record)


@pytest.mark.parametrize("path", ["/s/{}", "/s/{}?score=9", "/s/{}/more", "/u/{}", "/o/{}.gif"])
def test_no_token_of_a_link_is_logged(path):
    token = sign("open", new_id()) if path.startswith("/o/") else new_link_token()
    address = path.format(token)
    try:
        raise ValueError(f"Could not read https://ask.example.com{address}")
    except ValueError as error:
        failed = (type(error), error, error.__traceback__)

    said = line("Forbidden: %s", address) + line("Failed: %s", address, exc_info=failed)

    assert token not in said
    assert said.count(path.format("***")) == 3


def test_other_addresses_are_logged_as_they_are():
    said = line("Not Found: %s", "/campaigns/0192f0c1-7b1e-7000-8000-000000000000/s/short")

    assert said.endswith("/campaigns/0192f0c1-7b1e-7000-8000-000000000000/s/short")
