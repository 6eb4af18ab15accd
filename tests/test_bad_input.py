"""Bad input over HTTP: the right answer, no failure, no neighbour lost, and all of it shown."""

import json
import re
import zlib
from collections import Counter
from html import unescape
from itertools import count
from typing import Any

import httpx
import pytest

from tests.running_afterword import RunningAfterword, Workspace, a_campaign, eventually

pytestmark = pytest.mark.xdist_group("shared-afterword")

EVENT = "Order Completed"
MIB = 1024 * 1024
DEEP = b"[" * 10_000 + b"]" * 10_000
HEADER = 10  # bytes, with which gzip begins
# 256 MiB, of which each is packed alike; its end, which nobody should get to, is missing.
_packer = zlib.compressobj(9, wbits=31)
_first = _packer.compress(bytes(MIB)) + _packer.flush(zlib.Z_FULL_FLUSH)
BOMB = _first + _first[HEADER:] * 255
_numbers = count(1)


@pytest.fixture(scope="session")
def shop(afterword: RunningAfterword) -> Workspace:
    """Its one campaign listens, and asks nobody: decisions are what counts here."""
    return afterword.workspace("Bad input", a_campaign("never-drawn", EVENT, sample_percent=0))


@pytest.fixture(scope="session")
def neighbour(afterword: RunningAfterword) -> Workspace:
    return afterword.workspace("Neighbour", a_campaign("never-drawn", EVENT, sample_percent=0))


def a_track(**fields: Any) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "type": "track",
        "event": EVENT,
        "messageId": f"bad-input-{number}",
        "properties": {"email": f"shopper{number}@example.com"},
        **fields,
    }


def a_batch(*raw: bytes) -> bytes:
    return b'{"batch": [' + b", ".join(raw) + b"]}"


def post(shop: Workspace, path: str, body: bytes, **headers: str) -> httpx.Response:
    headers = {"Content-Type": "application/json", **headers}
    return shop.afterword.http.post(path, content=body, headers=headers, auth=(shop.ingest_key, ""))


# ---- requests

REFUSED: dict[str, tuple[str, bytes, dict[str, str], int, str]] = {
    "an empty body": ("/v1/track", b"", {}, 400, "invalid_json"),
    "no JSON": ("/v1/track", b'{"event": "Order Compl', {}, 400, "invalid_json"),
    "a batch cut off": ("/v1/batch", b'{"batch": [{"type": "track"', {}, 400, "invalid_json"),
    "NaN": ("/v1/track", b'{"event": "a", "properties": {"x": NaN}}', {}, 400, "invalid_json"),
    "no object": ("/v1/track", b"[]", {}, 400, "not_an_object"),
    "a batch that is a list": ("/v1/batch", b"[]", {}, 400, "not_an_object"),
    "a batch of no list": ("/v1/batch", b'{"batch": {}}', {}, 400, "batch_not_a_list"),
    "no batch at all": ("/v1/batch", b"{}", {}, 400, "batch_not_a_list"),
    "no UTF-8": ("/v1/track", b'{"event": "\xff"}', {}, 400, "invalid_utf8"),
    "nested 10,000 deep": ("/v1/track", b'{"properties": %b}' % DEEP, {}, 400, "too_deep"),
    "an event too large": ("/v1/track", b'{"event": "%b"}' % (b"x" * 33_000), {}, 400, "too_large"),
    "a body over the cap": ("/v1/batch", b" " * (2 * MIB), {}, 400, "too_large"),
    "a bomb": ("/v1/batch", BOMB, {"Content-Encoding": "gzip"}, 400, "too_large"),
    "gzip cut off": ("/v1/batch", BOMB[:999], {"Content-Encoding": "gzip"}, 400, "invalid_gzip"),
    "no gzip": ("/v1/batch", b"{}", {"Content-Encoding": "gzip"}, 400, "invalid_gzip"),
}


def check_refusal(answer: httpx.Response, status: int, code: str) -> None:
    """The clients need `code`, `message` and `error`; without them some retry for ever."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    said = answer.json()
    assert (said["success"], said["code"]) == (False, code)
    assert said["message"]
    assert said["error"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_cannot_be_read_is_refused_in_json(shop: Workspace, name: str):
    path, body, headers, status, code = REFUSED[name]

    check_refusal(post(shop, path, body, **headers), status, code)


def test_a_bomb_is_refused_quickly(shop: Workspace):
    answer = post(shop, "/v1/batch", BOMB, **{"Content-Encoding": "gzip"})

    assert answer.elapsed.total_seconds() < 1


def test_an_unknown_encoding_is_refused(shop: Workspace):
    answer = post(shop, "/v1/track", b"{}", **{"Content-Encoding": "br"})

    check_refusal(answer, 415, "unsupported_encoding")


@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch", "/v1/import", "/v1/b", "/v1/t"])
def test_without_a_known_key_nothing_is_taken(shop: Workspace, path: str):
    http, track = shop.afterword.http, a_track()
    body = {**track, "batch": [track]}

    for answer in (
        http.post(path, json=body),
        http.post(path, json=body, auth=("not-a-key", "")),
        http.post(path, json={**body, "writeKey": "not-a-key"}),
        http.post(path, content=BOMB, headers={"Content-Encoding": "gzip"}, auth=("no", "")),
    ):
        check_refusal(answer, 401, "unknown_key")


def test_a_token_that_may_only_read_may_not_send(shop: Workspace):
    answer = shop.afterword.http.post("/v1/track", json=a_track(), auth=(shop.read_key, ""))

    check_refusal(answer, 403, "wrong_scope")


def test_keys_of_two_workspaces_in_one_request_are_refused(shop: Workspace, neighbour: Workspace):
    track = a_track(writeKey=neighbour.ingest_key)

    answer = post(shop, "/v1/track", json.dumps(track).encode())

    check_refusal(answer, 401, "unknown_key")
    assert shop.rows("decisions", messageId=track["messageId"]) == []
    assert neighbour.rows("decisions", messageId=track["messageId"]) == []


def test_other_methods_and_addresses_are_refused_in_json(shop: Workspace):
    http = shop.afterword.http

    check_refusal(http.get("/v1/track"), 405, "method_not_allowed")
    check_refusal(http.post("/v1/fly", json={}), 404, "not_found")


# ---- calls in a batch

BAD_CALLS: dict[str, tuple[bytes, str]] = {
    "null": (b"null", "not_an_object"),
    "a text": (b'"track"', "not_an_object"),
    "a list": (b"[]", "not_an_object"),
    "no JSON": (b'{"type": "track", oops}', "invalid_json"),
    "NaN": (b'{"type": "track", "event": "a", "properties": {"x": NaN}}', "invalid_json"),
    "a number too large": (b'{"type": "track", "event": "a", "timestamp": 1e400}', "invalid_json"),
    "no type": (b"{}", "unknown_type"),
    "another type": (b'{"type": "fly"}', "unknown_type"),
    "a number for a type": (b'{"type": 5}', "unknown_type"),
    "no event": (b'{"type": "track", "userId": "u1"}', "missing_event"),
    "a number for an event": (b'{"type": "track", "userId": "u1", "event": 5}', "missing_event"),
    "an event's name too long": (
        b'{"type": "track", "userId": "u1", "event": "%b"}' % (b"x" * 201),
        "event_too_long",
    ),
    "nobody's": (b'{"type": "track", "event": "Order Completed"}', "no_user_anon_id"),
    "true for a userId": (b'{"type": "track", "event": "a", "userId": true}', "invalid_id"),
    "a text for properties": (
        b'{"type": "track", "event": "a", "userId": "u1", "properties": "x"}',
        "invalid_properties",
    ),
    "nested 10,000 deep": (b'{"type": "track", "properties": %b}' % DEEP, "too_deep"),
    "too large": (b'{"type": "track", "event": "%b"}' % (b"x" * 33_000), "too_large"),
    "an unknown key": (b'{"type": "track", "writeKey": "not-a-key"}', "wrong_key"),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_a_bad_call_takes_no_neighbour_with_it(shop: Workspace, name: str):
    before, after = a_track(), a_track()
    call, _ = BAD_CALLS[name]

    answer = post(
        shop, "/v1/batch", a_batch(json.dumps(before).encode(), call, json.dumps(after).encode())
    )

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    decided = shop.decisions_on([before["messageId"], after["messageId"]])
    assert set(decided.values()) == {"sampled_out"}


def test_a_call_with_the_key_of_another_workspace_gets_into_neither(
    shop: Workspace, neighbour: Workspace
):
    before, after = a_track(), a_track()
    foreign = a_track(writeKey=neighbour.ingest_key)

    assert shop.send(before, foreign, after).json() == {"success": True}

    shop.decisions_on([before["messageId"], after["messageId"]])
    assert shop.rows("decisions", messageId=foreign["messageId"]) == []
    assert neighbour.rows("decisions", messageId=foreign["messageId"]) == []


# ---- calls that can be read, with values that cannot be used as they are

ODD: dict[str, tuple[bytes, str]] = {
    "NUL": (rb'{"email": "%b", "firstName": "A\u0000nn"}', "sampled_out"),
    "a lone surrogate": (rb'{"email": "%b", "firstName": "A\ud800nn"}', "sampled_out"),
    "wrong types": (rb'{"email": "%b", "firstName": [1, {}], "tags": 7}', "sampled_out"),
    "large numbers": (rb'{"email": "%b", "amount": 1e300, "firstName": 7e40}', "sampled_out"),
    "no address": (rb'{"firstName": "Ann"}', "waiting_for_address"),
    "an address of a wrong type": (rb'{"email": {"a": 1}}', "waiting_for_address"),
    "an impossible address": (rb'{"email": "ann at example"}', "invalid_email"),
    "two addresses": (rb'{"email": "ann@example.com, bob@example.com"}', "invalid_email"),
    "a header in an address": (
        rb'{"email": "ann@example.com\r\nBcc: bob@example.com"}',
        "invalid_email",
    ),
    "NUL in an address": (rb'{"email": "a\u0000nn@example.com"}', "invalid_email"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_values_are_decided_like_any_others(shop: Workspace, name: str):
    number = next(_numbers)
    before, message_id, after = a_track(), f"odd-{number}", a_track()
    properties, reason = ODD[name]
    address = f"odd{number}@example.com".encode()
    call = b'{"type": "track", "event": "%b", "userId": "odd-%d", "messageId": "%b", ' % (
        EVENT.encode(),
        number,
        message_id.encode(),
    ) + b'"properties": %b}' % properties.replace(b"%b", address)

    answer = post(
        shop, "/v1/batch", a_batch(json.dumps(before).encode(), call, json.dumps(after).encode())
    )

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    shop.decisions_on([before["messageId"], after["messageId"]])
    assert shop.decision_on(message_id)["reason"] == reason


# ---- what the pages show of it


def test_the_events_page_shows_everything_that_was_rejected(afterword: RunningAfterword):
    shop = afterword.workspace("Bad input shown", a_campaign("never-drawn", EVENT))
    for path, body, headers, _, _ in REFUSED.values():
        post(shop, path, body, **headers)
    post(shop, "/v1/batch", a_batch(*(call for call, _ in BAD_CALLS.values())))
    codes = [code for *_, code in REFUSED.values()] + [code for _, code in BAD_CALLS.values()]

    with shop.signed_in() as browser:
        eventually(lambda: len(rejections(browser)) >= len(codes))
        shown = rejections(browser)

    assert Counter(shown) == Counter(codes)


def rejections(browser: httpx.Client) -> list[str]:
    """The codes on the pages of what was rejected."""
    found: list[str] = []
    address: str | None = "/events/rejected"
    while address:
        page = browser.get(address).text
        found += re.findall(r'<code class="record-name">(\w+)</code>', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"/events/rejected{unescape(older[1])}" if older else None
    return found


def test_the_events_page_shows_why_nobody_was_asked(shop: Workspace):
    impossible = a_track(properties={"email": "<ann> at example"})
    nobody = a_track(properties={}, userId="an unknown user")
    shop.send(impossible, nobody)
    shop.decisions_on([impossible["messageId"], nobody["messageId"]])

    with shop.signed_in() as browser:
        about = [
            browser.get("/events", params={"messageId": call["messageId"]}).text
            for call in (impossible, nobody)
        ]

    assert "Invalid e-mail address" in about[0]
    assert "&lt;ann&gt; at example" in about[0]
    assert "No e-mail address" in about[1]
