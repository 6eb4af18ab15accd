"""Setup: what is shown to copy, and the key that is made on the spot."""

import json
import re
from base64 import b64decode
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from afterword.campaigns.editor.snippets import fill
from afterword.events.sources.segment.mapping import campaigns_mapped
from afterword.workspaces.models import Role, Scope, Token, hash_token
from tests.factories import a_campaign, a_member

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[4]
SHOWN = ROOT / "src/afterword/campaigns/templates/campaigns/snippets/segment_function.js"


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace, name="After an order", events=["Ordered", 'Paid, "ok"'])


def page(client, campaign):
    return unescape(client.get(f"/campaigns/{campaign.id}/setup").content.decode())


def make_key(client, campaign, scope="ingest"):
    return client.post(f"/campaigns/{campaign.id}/key", {"scope": scope})


def test_what_is_to_copy_has_the_real_address_and_events(client, campaign, settings):
    settings.BASE_URL = "https://ask.example.com"

    content = page(client, campaign)

    assert "curl https://ask.example.com/v1/track -u YOUR_TOKEN:" in content
    assert 'host: "https://ask.example.com"' in content
    assert 'writeKey: "YOUR_BROWSER_TOKEN"' in content
    assert 'value="Ordered, Paid, "ok""' in content
    assert "https://ask.example.com/segment/destination" in content


def test_what_names_no_event_is_shown_an_example_and_says_so(client, campaign):
    named = page(client, campaign)
    campaign.events = []
    campaign.save()

    unnamed = page(client, campaign)

    said = "the names of your events between commas, such as"
    assert said not in named
    assert f"{said} <code>Order Completed</code>" in unnamed


def test_a_key_is_made_on_the_spot_filled_in_and_shown_once(client, campaign):
    answer = make_key(client, campaign)

    token = Token.objects.get()
    secret = answer.context["secret"]
    assert (token.scope, token.name) == (Scope.INGEST, "After an order")
    assert bytes(token.hash) == hash_token(secret)
    content = unescape(answer.content.decode())
    assert f"-u {secret}:" in content
    assert "YOUR_TOKEN" not in content
    assert "YOUR_BROWSER_TOKEN" in content
    assert secret not in page(client, campaign)
    assert "no-store" in answer.headers["Cache-Control"]


def test_switched_on_beside_a_key_it_comes_back_to_setup(client, campaign):
    content = make_key(client, campaign).content.decode()

    assert f'name="then" value="/campaigns/{campaign.id}/setup"' in content


def test_a_browser_key_goes_into_the_browsers_snippet_alone(client, campaign):
    answer = make_key(client, campaign, "browser")

    content = unescape(answer.content.decode())
    assert Token.objects.get().scope == Scope.BROWSER
    assert f'writeKey: "{answer.context["secret"]}"' in content
    assert "-u YOUR_TOKEN:" in content


@pytest.mark.django_db(transaction=True)  # as it is outside of tests
def test_each_key_has_a_name_of_its_own(client, campaign):
    for _ in range(3):
        make_key(client, campaign)

    names = Token.objects.order_by("created_at").values_list("name", flat=True)
    assert list(names) == ["After an order", "After an order 2", "After an order 3"]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ANALYST])
def test_who_may_not_make_keys_is_told_who_does(campaign, role):
    client = Client()
    client.force_login(a_member(campaign.workspace, role).user)

    assert make_key(client, campaign).status_code == 403
    assert "an owner or admin of the workspace makes one" in page(client, campaign)
    assert not Token.objects.exists()


def test_an_outsider_makes_no_key(campaign):
    client = Client()
    client.force_login(a_member().user)

    assert make_key(client, campaign).status_code == 404
    assert not Token.objects.exists()


def test_the_webhooks_headers_are_what_the_destination_reads(campaign):
    shown = fill("https://ask.example.com", campaign.id, campaign.events, "aw_key", "")

    assert b64decode(shown["basic"]) == b"aw_key:"
    for event in campaign.events:
        assert campaigns_mapped(shown["settings"].encode(), event) == [str(campaign.id)]


def test_what_is_shown_for_the_api_is_a_program_with_the_key_in_it(client, member):
    campaign = a_campaign(member.workspace, service="api", events=[])

    answer = make_key(client, campaign, "write")

    content = unescape(answer.content.decode())
    assert content.count(f'"X-Api-Key": "{answer.context["secret"]}"') == 2
    assert content.count(f'{campaign.id}", "email": "ann@example.com"') == 2
    [program] = re.findall(
        r'<pre id="snippet-survey-python"[^>]*><code>(.*?)</code>', content, re.S
    )
    compile(program, "snippet", "exec")


def test_rudderstack_gets_the_headers_that_segments_webhooks_do(client, campaign):
    content = make_key(client, campaign).content.decode()

    headers = re.findall(r"X-Segment-Settings: (\S+)</code>", content)
    assert len(headers) == 2
    assert campaigns_mapped(headers[0].encode(), "Ordered") == [str(campaign.id)]
    assert headers[0] == headers[1]


def test_the_shown_function_is_the_one_to_paste():
    assert SHOWN.read_text() == (ROOT / "integrations/segment/function.js").read_text()


def test_a_commands_body_is_json_in_a_shells_quotes():
    shown = fill("http://a.test", UUID(int=1), ["It's done"], "", "")

    text = shown["curl_body"].replace("'\"'\"'", "'")
    assert json.loads(re.sub(r"^'|'$", "", text))["event"] == "It's done"
