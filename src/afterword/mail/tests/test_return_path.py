"""The address that a mail's bounces go to."""

from dataclasses import replace
from uuid import uuid4

import pytest

from afterword.core import signed_ids
from afterword.mail.message.return_path import mail_of, return_path


@pytest.fixture
def bounce_address(settings):
    address = "bounces@mail.example.com"
    settings.CONFIGURATION = replace(settings.CONFIGURATION, bounce_address=address)


def test_without_a_bounce_address_bounces_go_to_the_sender():
    assert return_path(uuid4(), "surveys@example.com") == "surveys@example.com"


def test_a_bounce_address_tells_the_mail(bounce_address):
    mail_id = uuid4()

    address = return_path(mail_id, "surveys@example.com")

    local, _, domain = address.partition("@")
    assert (domain, local[:8], len(local)) == ("mail.example.com", "bounces+", 48)
    assert mail_of(address) == mail_of(address.upper()) == mail_id


@pytest.mark.parametrize(
    "wrapped",
    ["SRS0=HHH=TT=mail.example.com={}@forwarder.example", "prvs=12345678={}@mail.example.com"],
)
def test_it_is_read_inside_what_forwarders_make_of_it(bounce_address, wrapped):
    mail_id = uuid4()
    local = return_path(mail_id, "").partition("@")[0]

    assert mail_of(wrapped.format(local)) == mail_id


def test_nobody_else_can_make_one():
    signed = signed_ids.sign("bounce", uuid4())
    forged = ("b" if signed[0] == "a" else "a") + signed[1:]

    assert mail_of(f"bounces+{forged}@mail.example.com") is None
    assert mail_of(f"bounces+{signed_ids.sign('open', uuid4())}@mail.example.com") is None
    assert mail_of(f"bounces+{uuid4()}@mail.example.com") is None
    assert mail_of("bounces@mail.example.com") is None
    assert mail_of(f"bounces@{signed}.example.com") is None
    assert mail_of("") is None
    assert mail_of(f"{'a' * 100_000}+{signed}@x") is None
