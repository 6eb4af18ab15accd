"""What is written into the log, and what is not."""

import logging
import sys
import time

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from afterword.core.ids import new_id, new_link_token
from afterword.core.signed_ids import sign
from afterword.running.logs import LINE, Formatter
from afterword.workspaces.members import password_link
from afterword.workspaces.models import User


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


TOKEN = "pX3_-uY9kQwErTy0aSdFgH"


@pytest.mark.parametrize(
    ("secret", "around"),
    [
        (TOKEN, "Not Found: /S/{}"),
        (TOKEN, "Not Found: /s//{}"),
        (TOKEN, "Not Found: /v1/s/u/{}/x"),
        ("3f2b8c1e-7b1e-4000-8000-0192f0c17b1e", "Unprocessable Content: /hooks/{}"),
        (TOKEN, "Bad Request: https://ask.example.com/s/{}?score=9"),
        (TOKEN, "token={}, again"),
        (sign("open", new_id()), "bounces+{}@mail.example.com is unknown"),
        (sign("open", new_id()).upper(), "/O/{}.GIF"),
        (f"cxy012-{'0a' * 16}", "/accounts/password/reset/key/0192f0c17b1e7000-{}"),
        (f"aw_{'0123456789abcdef' * 2}"[:32], "?api_key={}"),
        ("ann.o'hara+x@acme.example"[:-13], "<{}@acme.example> was refused"),
        ("ännchen", "no mailbox {}@xn--bcher-kva.example"),
        ("hush", "postgresql://me:{}@db.example/afterword"),
        ("Ann", "DETAIL:  Failing row contains (7, {}\nof Acme, null)."),
    ],
    ids=lambda part: part if "{}" in part else "",  # some secrets are new each time
)
def test_what_gives_somebody_away_is_masked_wherever_it_stands(secret: str, around: str):
    said = line("%s", around.format(secret))

    assert secret not in said
    assert "***" in said


@pytest.mark.parametrize(
    "text",
    [
        "Not Found: /campaigns/0192f0c1-7b1e-7000-8000-000000000000/s/short",
        "ConnectionRefusedError: [Errno 111]",  # a name of 22 characters
        "TransactionManagementError",
        "afterword.workspaces.migrations.0004_one_address_an_account",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "@login_required",
    ],
)
def test_other_words_are_logged_as_they_are(text: str):
    assert line("%s", text).endswith(f" {text}")


def test_a_refused_row_does_not_tell_its_values(db: None):
    address = "@".join(("ann", "acme.example"))  # as no line of code in the traceback has it
    User.objects.create_user(address)
    try:
        with transaction.atomic():
            User.objects.create_user(address)
    except IntegrityError:
        said = line("Failed", exc_info=sys.exc_info())

    assert "ann@" not in said
    assert "@acme" not in said
    assert said.count("DETAIL:  ***") == 2
    assert said.count("duplicate key value violates unique constraint") == 2
    assert "The above exception was the direct cause of the following exception" in said


def test_a_link_that_sets_a_password_is_not_logged(db: None, caplog: pytest.LogCaptureFixture):
    caplog.handler.setFormatter(Formatter(LINE))
    link = password_link(User.objects.create_user("ann@acme.example"))
    path = link.removeprefix(settings.BASE_URL)
    key = path.strip("/").rpartition("/")[2].partition("-")[2]
    browser = Client(enforce_csrf_checks=True)

    browser.post(path)
    browser.post(path.rstrip("/"))
    browser.get(path.upper())

    assert "***" in caplog.text
    assert key.lower() not in caplog.text.lower()


@pytest.mark.parametrize("piece", ["a", "A", "a-", "a@", "Abc", "/s/", "DETAIL: x", "aw_0"])
def test_a_long_line_takes_no_longer_than_its_length(piece: str):
    started = time.thread_time()

    line("%s", piece * (30_000 // len(piece)))

    assert time.thread_time() - started < 1


def test_what_is_refused_is_no_line_but_a_forged_form_is(client, caplog):
    refused = client.get("/nothing-here")
    assert (refused.status_code, caplog.messages) == (404, [])

    Client(enforce_csrf_checks=True).post("/accounts/login/")
    assert [record.name for record in caplog.records] == ["django.security.csrf"]


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_asked_by_get_alone(path):
    answer = Client(enforce_csrf_checks=True).post(path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
