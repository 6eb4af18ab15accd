"""The address that a survey's bounces go to."""

from dataclasses import replace
from uuid import uuid4

import pytest

from afterword.core import signed_ids
from afterword.mail.message.return_path import return_path, survey_of


@pytest.fixture
def bounce_address(settings):
    address = "bounces@mail.example.com"
    settings.CONFIGURATION = replace(settings.CONFIGURATION, bounce_address=address)


def test_without_a_bounce_address_bounces_go_to_the_sender():
    assert return_path(uuid4(), "surveys@example.com") == "surveys@example.com"


def test_a_bounce_address_tells_the_survey(bounce_address):
    survey_id = uuid4()

    address = return_path(survey_id, "surveys@example.com")

    local, _, domain = address.partition("@")
    assert (domain, local[:8], len(local)) == ("mail.example.com", "bounces+", 48)
    assert survey_of(address) == survey_of(address.upper()) == survey_id


@pytest.mark.parametrize(
    "wrapped",
    ["SRS0=HHH=TT=mail.example.com={}@forwarder.example", "prvs=12345678={}@mail.example.com"],
)
def test_it_is_read_inside_what_forwarders_make_of_it(bounce_address, wrapped):
    survey_id = uuid4()
    local = return_path(survey_id, "").partition("@")[0]

    assert survey_of(wrapped.format(local)) == survey_id


def test_nobody_else_can_make_one():
    signed = signed_ids.sign("bounce", uuid4())
    forged = ("b" if signed[0] == "a" else "a") + signed[1:]

    assert survey_of(f"bounces+{forged}@mail.example.com") is None
    assert survey_of(f"bounces+{signed_ids.sign('open', uuid4())}@mail.example.com") is None
    assert survey_of(f"bounces+{uuid4()}@mail.example.com") is None
    assert survey_of("bounces@mail.example.com") is None
    assert survey_of(f"bounces@{signed}.example.com") is None
    assert survey_of("") is None
    assert survey_of(f"{'a' * 100_000}+{signed}@x") is None
