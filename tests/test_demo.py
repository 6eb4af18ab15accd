"""What a first start makes, and what it tells."""

import json
import shlex
from dataclasses import replace

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from afterword.configuration import Bind, configuration
from afterword.demo import CUSTOMER, EXAMPLE, first_steps
from afterword.workspaces.models import Member, Scope, Token, Workspace, hash_token
from tests import factories

CONFIGURATION = replace(
    configuration(),
    workspace="Acme",
    bind=Bind("0.0.0.0", 8123),
    url="https://ask.acme.test",
    mail=None,
)

pytestmark = pytest.mark.django_db


def told(name: str, text: str) -> str:
    [line] = [line for line in text.splitlines() if line.strip().startswith(name)]
    return line.strip().removeprefix(name).strip()


def test_a_first_start_makes_a_workspace_with_a_campaign_that_is_on():
    first_steps(CONFIGURATION)

    workspace = Workspace.objects.get()
    assert workspace.name == "Acme"
    assert dict(workspace.properties.values_list("name", "type")) == {
        "subscription_name": "text",
        "signup_date": "date",
        "order_total": "number",
        "plan_features": "collection",
    }
    campaign = workspace.campaigns.exclude(activated_at=None).get()
    assert campaign.events == ["Order Completed", "Place order"]
    assert not campaign.delay
    assert campaign.template
    assert campaign.template.logo
    assert campaign.template.logo.media_type == "image/png"
    assert EXAMPLE["event"] in campaign.events


def test_the_sign_in_works(client: Client):
    text = first_steps(CONFIGURATION)

    user = authenticate(email=told("as", text), password=told("password", text))

    member = Member.objects.get()
    assert member.user == user
    assert member.role == "owner"
    assert told("Sign in", text) == "https://ask.acme.test/"


def test_the_example_is_one_command_of_a_shell():
    text = first_steps(CONFIGURATION)

    curl, _, user, address, _, header, _, body = shlex.split("curl " + told("curl", text))

    token = Token.objects.get(hash=hash_token(user.removesuffix(":")))
    assert curl == "curl"
    assert (token.scope, user) == (Scope.INGEST, told("API token", text) + ":")
    assert address == "http://127.0.0.1:8123/v1/track"
    assert header == "Content-Type: application/json"
    assert json.loads(body)["properties"]["email"] == CUSTOMER
    assert "https://ask.acme.test/mailbox" in text


def test_a_later_start_makes_and_tells_nothing():
    first_steps(CONFIGURATION)

    assert first_steps(CONFIGURATION) == ""
    assert Token.objects.count() == 1


def test_a_workspace_of_ones_own_is_enough():
    factories.a_workspace()

    assert first_steps(CONFIGURATION) == ""
    assert Workspace.objects.count() == 1
