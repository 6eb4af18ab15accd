"""Requests that real clients made, byte for byte, against the ingest application."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from afterword.core.announce import announce
from afterword.events.models import InboxItem, Rejection
from afterword.events.sources.segment.payload import Call, read_call
from afterword.events.tests.conftest import Answer, Client
from afterword.workspaces.models import Scope, Token, hash_token
from tests.factories import a_campaign

KEPT = ("track", "identify", "alias")
CAPTURES = Path(__file__).parents[4] / "tests" / "fixtures" / "segment"
KEY = "TESTwriteKEY000000000000000000x1"
# Not calls of the tracking API: a delivery to a destination, and a table.
OTHER = {"dest-partner-webhook--track-SYNTHETIC", "retry-matrix"}
NAMES = sorted(path.stem for path in CAPTURES.glob("*.json") if path.stem not in OTHER)


def requests_of(name: str) -> list[dict[str, Any]]:
    capture = json.loads((CAPTURES / f"{name}.json").read_text())
    requests: list[dict[str, Any]] = capture["requests"]
    return [each for each in requests if each["path"].startswith("/v1/")]


def calls_in(request: dict[str, Any]) -> list[dict[str, Any]]:
    body = json.loads(body_text(request)) if request["method"] == "POST" else {}
    calls: list[dict[str, Any]] = body.get("batch", [body] if body else [])
    return calls


def body_text(request: dict[str, Any]) -> str:
    text = request.get("body_text")
    return text if isinstance(text, str) else json.dumps(request.get("body_json", {}))


def replay(client: Client, request: dict[str, Any]) -> Answer:
    if request.get("content_encoding") == "gzip":
        body = b64decode(request["wire_body_base64"])
    else:
        body = request.get("body_text", "").encode()
    url = urlsplit(request["path"])
    headers = dict(request["headers"])
    return client.request(request["method"], url.path, body, headers=headers, query=url.query)


@pytest.fixture
def known_key(client: Client) -> Client:
    """A workspace with the captured key that listens for every captured event."""
    names = {call.get("event") for name in NAMES for r in requests_of(name) for call in calls_in(r)}
    workspace = a_campaign(events=sorted(filter(None, names))).workspace
    Token.objects.create(
        workspace=workspace, name="captured", scope=Scope.INGEST, hash=hash_token(KEY)
    )
    announce()
    return client


def test_there_are_captures_of_every_client():
    assert {name.split("--")[0] for name in NAMES} == {
        "browser-ajs",
        "browser-ajs-snippet",
        "node-segment",
        "py-segment",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_captured_session_is_understood(known_key, name):
    expected = []
    for request in requests_of(name):
        answer = replay(known_key, request)

        assert answer.status == 200, (request["path"], answer.body)
        if request["method"] == "POST":
            assert answer.body == b'{"success": true}'
            expected += [call for call in calls_in(request) if call["type"] in KEPT]

    items = InboxItem.objects.order_by("id")
    calls = [read_call(item.body, item.envelope, item.received_at) for item in items]
    assert [json.loads(item.body) for item in items] == expected
    assert [call.message_id for call in calls] == [sent["messageId"] for sent in expected]
    assert [call.names for call in calls] == [
        (sent["event"],) if "event" in sent else () for sent in expected
    ]
    assert not Rejection.objects.exists()
    for call, sent in zip(calls, expected, strict=True):
        check_call(call, sent)


def check_call(call: Call, sent: dict[str, Any]) -> None:
    assert call.user_id == str(sent.get("userId") or "")
    assert call.anonymous_id == str(sent.get("anonymousId") or "")
    assert call.properties == (sent.get("properties") or {})
    assert call.occurred_at.utcoffset() is not None
    email = (sent.get("properties") or {}).get("email") or (sent.get("traits") or {}).get("email")
    if email:
        assert call.email_candidates[0] == email


def test_the_browser_library_finds_its_key_in_the_settings(known_key):
    (request, *_) = requests_of("browser-ajs--track")

    answer = replay(known_key, request)

    assert answer.json["integrations"]["Segment.io"]["apiKey"] == KEY
