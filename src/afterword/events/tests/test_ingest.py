import asyncio
import gzip
import json
import zlib
from base64 import b64encode
from typing import Any

import psycopg
import pytest

from afterword.core.announce import announce
from afterword.core.line import conninfo
from afterword.events import asgi, inbox, tally
from afterword.events.models import EventCount, InboxItem, Rejection
from afterword.events.sources.segment import batch
from afterword.events.sources.segment.payload import read_call
from afterword.events.tests.conftest import Client
from afterword.workspaces.models import Scope, Workspace
from afterword.workspaces.tokens import revoke
from tests.factories import a_campaign, a_token, a_workspace

SUCCESS = b'{"success": true}'
ORDERED = "Order Completed"


class Sender:
    """A workspace that listens for ORDERED, a token of it, and the ingest application."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.workspace: Workspace = a_campaign(events=[ORDERED]).workspace
        self.token, self.key = a_token(self.workspace)

    def post(self, path: str, body: Any, **options: Any) -> Any:
        return self.client.post(path, body, **{"key": self.key, **options})

    def accepts(self, path: str, body: Any, **options: Any) -> None:
        answer = self.post(path, body, **options)
        assert (answer.status, answer.body) == (200, SUCCESS)

    def rejections(self) -> list[str]:
        """Return the codes of what was rejected, once they are written."""
        flush(self.client)
        return list(Rejection.objects.order_by("id").values_list("code", flat=True))


def flush(client: Client) -> None:
    """Write counts and rejections now."""
    client.loop.run_until_complete(ingest()._tally.flush())


def ingest() -> asgi.Ingest:
    assert asgi._ingest
    return asgi._ingest


@pytest.fixture
def sender(client: Client) -> Sender:
    return Sender(client)


def track(**fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": ORDERED, "userId": "u1", "messageId": "m1", **fields}


def stored() -> list[dict[str, Any]]:
    return [json.loads(item.body) for item in InboxItem.objects.order_by("id")]


def error_of(answer: Any) -> tuple[int, str]:
    body = answer.json
    assert body["success"] is False
    assert body["message"] == body["error"]
    return answer.status, body["code"]


# ---- what is stored


def test_a_matched_track_is_in_the_inbox_before_its_200(sender):
    sender.accepts("/v1/track", track(properties={"email": "ann@example.com"}))

    (item,) = InboxItem.objects.all()
    assert item.workspace_id == sender.workspace.id
    assert item.token_id == sender.token.id
    assert item.is_trusted
    assert item.envelope == ""
    assert json.loads(item.body)["properties"] == {"email": "ann@example.com"}


def test_a_track_nobody_listens_for_is_counted_and_dropped(sender):
    for _ in range(3):
        sender.accepts("/v1/track", track(event="Page Scrolled"))
    sender.accepts("/v1/track", track())

    flush(sender.client)
    assert [item["event"] for item in stored()] == [ORDERED]
    counts = {count.name: (count.matched, count.unmatched) for count in EventCount.objects.all()}
    assert counts == {"Page Scrolled": (0, 3), ORDERED: (1, 0)}


def test_counts_add_up_over_flushes_and_are_written_by_themselves(sender):
    sender.accepts("/v1/track", track(event="Seen"))
    flush(sender.client)
    sender.accepts("/v1/track", track(event="Seen"))

    assert sender.client.work(lambda: EventCount.objects.filter(name="Seen", unmatched=2).exists())


def test_names_beyond_the_thousandth_are_counted_together(sender, monkeypatch):
    monkeypatch.setattr(tally, "MAX_NAMES", 2)

    for name in ("a", "b", "c", "d", "a", ORDERED):
        sender.accepts("/v1/track", track(event=name))

    flush(sender.client)
    counts = dict(EventCount.objects.values_list("name", "unmatched"))
    assert counts == {"a": 2, "b": 1, tally.OTHER_NAMES: 2, ORDERED: 0}


def test_a_switched_off_campaign_listens_all_the_same(client):
    workspace = a_campaign(events=[ORDERED], activated_at=None).workspace
    _, key = a_token(workspace)

    client.post("/v1/track", track(), key=key)

    assert len(stored()) == 1


def test_an_event_name_matches_as_sent_and_then_trimmed(sender):
    sender.accepts("/v1/track", track(event=f" {ORDERED}\n"))
    sender.accepts("/v1/track", track(event=ORDERED.lower()))

    assert [read_body(item).names for item in InboxItem.objects.all()] == [(ORDERED,)]


def read_body(item: InboxItem) -> Any:
    return read_call(item.body, item.envelope, item.received_at)


def test_who_somebody_is_is_stored_and_other_types_are_not(sender):
    for kind in ("identify", "page", "screen", "group", "alias"):
        call = {"userId": "u1", "previousId": "a1", "messageId": kind, "name": "Home"}
        sender.accepts(f"/v1/{kind}", call)

    assert [item["messageId"] for item in stored()] == ["identify", "alias"]
    assert sender.rejections() == []


@pytest.mark.parametrize("ids", [{"userId": "u1"}, {"previousId": "a1"}, {}])
def test_an_alias_needs_both_ids(sender, ids):
    sender.accepts("/v1/alias", ids)

    assert stored() == []
    assert sender.rejections() == ["no_user_anon_id"]


VIEWED = [("page", "Viewed Pricing Page"), ("screen", "Viewed Pricing Screen")]


@pytest.mark.parametrize(("kind", "name"), VIEWED)
@pytest.mark.parametrize("plain", [True, False])
def test_a_page_that_a_campaign_listens_for_is_stored(client, kind, name, plain):
    _, key = a_token(a_campaign(events=["Pricing" if plain else name]).workspace)
    page = {"userId": "u1", "messageId": "m1", "name": " Pricing "}

    assert client.post(f"/v1/{kind[0]}", page, key=key).status == 200
    batch = [{**page, "type": kind, "messageId": "m2"}, {**page, "type": kind, "name": "Home"}]
    assert client.post("/v1/batch", {"batch": batch}, key=key).status == 200

    assert [item["messageId"] for item in stored()] == ["m1", "m2"]
    assert {read_body(item).names for item in InboxItem.objects.all()} == {(name, "Pricing")}
    flush(client)
    counts = EventCount.objects.values_list("name", "matched", "unmatched")
    assert set(counts) == {(name, 2, 0), (name.replace("Pricing", "Home"), 0, 1)}


def test_a_page_is_checked_only_where_somebody_listens(client):
    _, key = a_token(a_campaign(events=["Pricing"]).workspace)

    for name in ("Pricing", "Home", "x" * 200, 5, None, ""):
        assert client.post("/v1/page", {"name": name}, key=key).status == 200

    flush(client)
    assert [row.code for row in Rejection.objects.all()] == ["no_user_anon_id"]
    assert [row.name for row in EventCount.objects.all()] == ["Viewed Home Page"]


def test_a_call_without_a_message_id_gets_one(sender):
    sender.accepts("/v1/track", track(messageId=None))
    sender.accepts("/v1/track", track(messageId=17))
    for _ in range(2):
        sender.accepts("/v1/track", track(messageId="x" * 101))

    made, number, long, again = (item["messageId"] for item in stored())
    assert len(made) == 36
    assert number == "17"
    assert long == again
    assert len(long) == 64


def test_a_token_of_a_browser_is_not_trusted(sender):
    _, key = a_token(sender.workspace, Scope.BROWSER)

    sender.accepts("/v1/t", track(), key=key)

    assert not InboxItem.objects.get().is_trusted


def test_a_call_that_opts_out_is_counted_but_not_stored(sender):
    sender.accepts("/v1/track", track(integrations={"All": False}))
    sender.accepts("/v1/track", track(integrations={"Afterword": False}))
    sender.accepts(
        "/v1/batch",
        {
            "batch": [track(), track(integrations={"Retently": True})],
            "integrations": {"all": False},
        },
    )

    assert [item.get("integrations") for item in stored()] == [{"Retently": True}]
    flush(sender.client)
    assert EventCount.objects.get().unmatched == 3
    assert sender.rejections() == []


# ---- batches


def test_a_batch_is_stored_with_its_envelope(sender):
    body = {
        "batch": [track(messageId="a"), {"action": "identify", "userId": 5, "messageId": "b"}],
        "sentAt": "2026-11-23T00:00:00Z",
        "context": {"library": {"name": "go"}},
    }

    for path in ("/v1/batch", "/v1/import", "/v1/import/", "/v1/b", "/v1/batch/"):
        sender.accepts(path, body)

    assert [item["messageId"] for item in stored()] == ["a", "b"] * 5
    envelopes = {item.envelope for item in InboxItem.objects.all()}
    assert [json.loads(each) for each in envelopes] == [
        {"sentAt": "2026-11-23T00:00:00Z", "context": {"library": {"name": "go"}}}
    ]


BAD_ITEMS = [
    ("[" * 10_000 + "]" * 10_000, "too_deep"),
    ('{"a":' * 70 + "1" + "}" * 70, "too_deep"),
    ('{"type":"track","event":"x","userId":"u","properties":{"n":NaN}}', "invalid_json"),
    ('{"type":"track","event":"x","userId":"u","properties":{"n":-Infinity}}', "invalid_json"),
    ('{"type":"track","event":"x","userId":"u","properties":{"n":1e999}}', "invalid_json"),
    (
        '{"type":"track","event":"x","userId":"u","properties":{"n":' + "9" * 5000 + "}}",
        "invalid_json",
    ),
    ('{"type":"track","event":"x","userId":"u" "properties":{}}', "invalid_json"),
    ('{"type":"track","event":"x","userId":"u","pad":"' + "x" * 33_000 + '"}', "too_large"),
    ("null", "not_an_object"),
    ('"track"', "not_an_object"),
    ("[]", "not_an_object"),
    ("{}", "unknown_type"),
    ('{"type":"delete","userId":"u"}', "unknown_type"),
    ('{"type":["track"],"userId":"u"}', "unknown_type"),
    ('{"type":"track","userId":"u"}', "missing_event"),
    ('{"type":"track","event":"  ","userId":"u"}', "missing_event"),
    ('{"type":"track","event":7,"userId":"u"}', "missing_event"),
    ('{"type":"track","event":"' + "é" * 201 + '","userId":"u"}', "event_too_long"),
    ('{"type":"track","event":"x"}', "no_user_anon_id"),
    ('{"type":"track","event":"x","userId":" ","anonymousId":null}', "no_user_anon_id"),
    ('{"type":"identify","traits":{"email":"a@b.cz"}}', "no_user_anon_id"),
    ('{"type":"track","event":"x","userId":true}', "invalid_id"),
    ('{"type":"track","event":"x","userId":{}}', "invalid_id"),
    ('{"type":"track","event":"x","anonymousId":"' + "u" * 256 + '"}', "invalid_id"),
    ('{"type":"track","event":"x","userId":"u","properties":"total=5"}', "invalid_properties"),
    ('{"type":"track","event":"x","userId":"u","properties":[1]}', "invalid_properties"),
    ('{"type":"identify","userId":"u","traits":"ann"}', "invalid_properties"),
    ('{"type":"track","event":"x","userId":"u","writeKey":"someone-else"}', "wrong_key"),
]


def test_a_bad_item_is_rejected_and_its_neighbours_live(sender):
    good = json.dumps(track())

    for bad, _ in BAD_ITEMS:
        sender.accepts("/v1/batch", f'{{"batch":[{good},{bad} , {good}]}}'.encode())

    assert len(stored()) == 2 * len(BAD_ITEMS)
    assert sender.rejections() == [code for _, code in BAD_ITEMS]


def test_a_rejection_says_how_to_mend_it_and_shows_what_was_sent(sender):
    sender.accepts("/v1/track", {"type": "track", "userId": "u\0", "writeKey": sender.key})

    flush(sender.client)
    rejection = Rejection.objects.get()
    assert rejection.workspace == sender.workspace
    assert rejection.token == sender.token
    assert "`event`" in rejection.message
    assert '"userId": "u\\ufffd"' in rejection.excerpt
    assert sender.key not in rejection.excerpt


def test_rejections_are_kept_up_to_a_hundred_a_second(sender):
    sender.accepts("/v1/batch", {"batch": [5] * 500})

    assert len(sender.rejections()) == tally.MAX_REJECTIONS


def test_one_workspaces_rejections_take_no_room_from_anothers(client):
    noisy, quiet = Sender(client), Sender(client)

    noisy.accepts("/v1/batch", {"batch": [5] * 500})
    quiet.accepts("/v1/batch", {"batch": [5]})

    flush(client)
    assert Rejection.objects.filter(workspace=quiet.workspace).count() == 1


def test_items_beyond_the_limit_are_rejected_together(sender, monkeypatch):
    items = [track(messageId=f"m{number}") for number in range(batch.MAX_ITEMS + 3)]

    sender.accepts("/v1/batch", {"batch": items})

    assert InboxItem.objects.count() == batch.MAX_ITEMS
    assert sender.rejections() == ["too_many_events"]
    assert "last 3" in Rejection.objects.get().message


def test_an_item_with_the_key_of_another_workspace_is_rejected(sender):
    _, other = a_token(a_workspace())
    _, second = a_token(sender.workspace)
    items = [track(writeKey=other), track(writeKey=second), track(writeKey=sender.key), track()]

    sender.accepts("/v1/batch", {"batch": items})

    assert InboxItem.objects.filter(workspace_id=sender.workspace.id).count() == 3
    assert sender.rejections() == ["wrong_key"]


def test_an_empty_batch_is_fine(sender):
    sender.accepts("/v1/batch", {"batch": []})


# ---- the text


def test_what_postgresql_cannot_hold_is_replaced(sender):
    raw = r'{"batch":[{"type":"track","event":"Order Completed","userId":"u\u0000\ud800",'
    raw += r'"properties":{"a":"\\u0000 \ud83d\ude00 \udc00x","\u0000":1}}, NaN]}'

    sender.accepts("/v1/batch", raw.encode())

    (item,) = stored()
    assert item["userId"] == "u\ufffd\ufffd"
    assert item["properties"] == {"a": "\\u0000 😀 \ufffdx", "\ufffd": 1}


def test_a_byte_order_mark_is_skipped(sender):
    sender.accepts("/v1/track", b"\xef\xbb\xbf" + json.dumps(track()).encode())

    assert len(stored()) == 1


def test_event_names_may_be_of_any_script(client):
    events = ["Objednávka 🎉", "注文完了", "طلب"]
    _, key = a_token(a_campaign(events=events).workspace)

    for event in events:
        body = json.dumps(track(event=event), ensure_ascii=False).encode()
        assert client.post("/v1/track", body, key=key).status == 200

    assert [item["event"] for item in stored()] == events


def test_of_two_members_with_one_name_the_last_counts(sender):
    raw = b'{"event":"x","event":"Order Completed","userId":"u","__proto__":{"a":1},"$set":{}}'

    sender.accepts("/v1/track", raw)

    assert read_body(InboxItem.objects.get()).names == (ORDERED,)


# ---- requests refused


BAD_REQUESTS = [
    ("/v1/track", b"", "invalid_json"),
    ("/v1/track", b"{", "invalid_json"),
    ("/v1/track", b'{"event": NaN}', "invalid_json"),
    ("/v1/track", b'{"event":"x"} trailing', "invalid_json"),
    ("/v1/track", b"[]", "not_an_object"),
    ("/v1/track", b"\xff\xfe{}", "invalid_utf8"),
    ("/v1/track", b'{"event":"\xff"}', "invalid_utf8"),
    ("/v1/track", b'{"a":' * 65 + b"1" + b"}" * 65, "too_deep"),
    ("/v1/track", b'{"pad":"' + b"x" * 33_000 + b'"}', "too_large"),
    ("/v1/track", b"[" * 100_000, "too_large"),
    ("/v1/track", b'{"' + b"k" * 10_000_000 + b'":1}', "too_large"),
    ("/v1/batch", b"", "invalid_json"),
    ("/v1/batch", b'{"batch":[{"type":"track"}', "invalid_json"),
    ("/v1/batch", b'{"batch":["unclosed]}', "invalid_json"),
    ("/v1/batch", b"[" * 100_000, "not_an_object"),
    ("/v1/batch", b"[{}]", "not_an_object"),
    ("/v1/batch", b"{}", "batch_not_a_list"),
    ("/v1/batch", b'{"batch":{"type":"track"}}', "batch_not_a_list"),
    ("/v1/batch", b'{"batch":null}', "batch_not_a_list"),
    ("/v1/batch", b'{"batch":[]} x', "invalid_json"),
    ("/v1/batch", b" " * (1024 * 1024 + 1), "too_large"),
]


def test_a_request_that_cannot_be_read_is_a_400_and_recorded(sender):
    for path, body, code in BAD_REQUESTS:
        assert error_of(sender.post(path, body)) == (400, code), body[:50]

    assert sender.rejections() == [code for *_, code in BAD_REQUESTS]


def test_events_come_by_post_only(client):
    for path in ("/v1/track", "/v1/batch"):
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            answer = client.request(method, path)

            assert error_of(answer) == (405, "method_not_allowed")
            assert answer.headers["allow"] == "POST, OPTIONS"


def test_other_addresses_are_404(client):
    for path in ("/v1/nothing", "/v1/", "/v1/pixel/track", "/v1/track//"):
        assert error_of(client.post(path, track())) == (404, "not_found")


def test_metrics_of_the_browser_library_are_dropped(client):
    assert client.post("/v1/m", {"series": []}).body == SUCCESS


# ---- keys


def test_a_key_may_come_in_any_form_of_basic_authentication(sender):
    key = sender.key
    for header in (
        f"Basic {encoded(f'{key}:')}",
        f"basic {encoded(f'{key}:')}",
        f"BASIC  {encoded(f'{key}:')}",
        f"Basic {encoded(key)}",
        f"Basic {encoded(f'{key}:secret')}",
        f"Basic {key}",
        f"Basic {key}:",
    ):
        sender.accepts("/v1/track", track(), key="", headers={"Authorization": header})


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


def test_a_key_may_come_in_the_body(sender):
    for header in ("Bearer ey.J.x", "Basic", "Basic Og==", "Digest x", "é", ""):
        options = {"key": "", "headers": {"Authorization": header.encode("latin-1")}}

        sender.accepts("/v1/track", track(writeKey=sender.key), **options)
        sender.accepts("/v1/batch", {"batch": [track()], "writeKey": sender.key}, **options)
        items = [5, a_page(), track(writeKey=sender.key)]
        sender.accepts("/v1/batch", {"batch": items}, **options)

    assert len(stored()) == 3 * 6


def a_page() -> dict[str, Any]:
    return {"type": "page", "userId": "u"}


def test_a_key_may_come_beside_the_body(sender):
    sender.accepts("/v1/batch", {"batch": [track()]}, key="", query=f"a=b&writeKey={sender.key}")
    sender.accepts("/v1/track", track(), key="", headers={"X-Write-Key": sender.key})
    answer = sender.post("/v1/track", b"{", key="", query=f"writeKey={sender.key}")

    assert len(stored()) == 2
    assert answer.status == 400
    assert sender.rejections() == ["invalid_json"]


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Bearer {}"}, {"Authorization": "bearer  {}"}, {"X-Api-Key": "{}"}],
)
@pytest.mark.parametrize(
    ("path", "body"), [("/v1/track", track()), ("/v1/b", {"batch": [track()]})]
)
def test_a_key_may_come_as_the_api_takes_it(sender, headers, path, body):
    [(name, form)] = headers.items()

    sender.accepts(path, body, key="", headers={name: form.format(sender.key)})
    assert InboxItem.objects.get().token_id == sender.token.id
    unknown = sender.post(path, body, key="", headers={name: form.format("aw_unknown")})
    assert error_of(unknown) == (401, "unknown_key")
    assert "unknown or revoked" in unknown.json["message"]


def test_a_missing_or_unknown_key_is_401(client):
    wrong: list[dict[str, Any]] = [
        {},
        {"key": "wrong"},
        {"headers": {"Authorization": "Basic ÿ".encode("latin-1")}},
        {"query": "writeKey=wrong"},
        {"headers": {"X-Write-Key": "wrong"}},
    ]
    for options in wrong:
        for path, body in (("/v1/track", track()), ("/v1/batch", {"batch": [track()]})):
            assert error_of(client.post(path, body, **options)) == (401, "unknown_key")


def test_an_unknown_key_in_the_body_or_in_every_item_is_401(client):
    assert error_of(client.post("/v1/track", track(writeKey="x"))) == (401, "unknown_key")
    answer = client.post("/v1/batch", {"batch": [track(writeKey="x"), track()]})
    assert error_of(answer) == (401, "unknown_key")


def test_header_and_body_of_one_workspace_go_together_and_the_header_counts(sender):
    _, browser_key = a_token(sender.workspace, Scope.BROWSER)

    sender.accepts("/v1/track", track(writeKey=browser_key))

    assert InboxItem.objects.get().is_trusted


def test_header_and_body_of_two_workspaces_are_refused(sender):
    _, other = a_token(a_workspace())

    assert error_of(sender.post("/v1/track", track(writeKey=other))) == (401, "unknown_key")
    answer = sender.post("/v1/batch", {"batch": [track()], "writeKey": other})
    assert error_of(answer) == (401, "unknown_key")
    assert stored() == []


def test_tokens_for_the_api_may_not_send_events(sender):
    for scope in (Scope.READ, Scope.WRITE):
        _, key = a_token(sender.workspace, scope)

        assert error_of(sender.post("/v1/track", track(), key=key)) == (403, "wrong_scope")
        answer = sender.post("/v1/track", track(writeKey=key), key="")
        assert error_of(answer) == (403, "wrong_scope")


def test_a_header_is_checked_before_the_body_is_unpacked(client):
    answer = client.post(
        "/v1/batch", b"no gzip at all", key="wrong", headers={"Content-Encoding": "gzip"}
    )

    assert answer.status == 401


def test_a_token_works_at_once_and_stops_as_soon_as_its_end_is_heard_of(sender):
    token, key = a_token(sender.workspace)
    sender.accepts("/v1/track", track(), key=key)

    revoke(token)

    refused = sender.client.work(
        lambda: sender.post("/v1/track", track(), key=key).status == 401, seconds=2
    )
    assert refused


def test_a_new_campaign_is_listened_for_at_once(sender):
    a_campaign(sender.workspace, events=["Ticket Closed"])
    announce()

    def is_stored() -> bool:
        sender.accepts("/v1/track", track(event="Ticket Closed"))
        return bool(stored())

    assert sender.client.work(is_stored, seconds=2)


# ---- encodings


def test_gzip_in_one_or_more_members_is_unpacked(sender):
    body = json.dumps(track()).encode()
    packed = gzip.compress(body[:20]) + gzip.compress(body[20:])

    for each in (gzip.compress(body), packed, packed + bytes(3)):
        sender.accepts("/v1/track", each, headers={"Content-Encoding": "GZip"})

    assert len(stored()) == 3


def test_chunks_are_put_together(sender):
    body = gzip.compress(json.dumps(track()).encode())

    sender.accepts("/v1/track", body, headers={"Content-Encoding": "gzip"}, pieces=7)


def test_a_wrong_content_length_does_not_matter(sender):
    sender.accepts("/v1/track", track(), headers={"Content-Length": "5"})


def test_the_content_type_does_not_matter(sender):
    for kind in ("application/x-www-form-urlencoded", "text/plain", "x", ""):
        sender.accepts("/v1/track", track(), headers={"Content-Type": kind})


def gzip_bomb(size: int) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(bytes(size)) + packer.flush()


def test_bad_gzip_is_refused(sender):
    cases = [
        (gzip_bomb(64 * 1024 * 1024), "too_large"),
        (b"{}", "invalid_gzip"),
        (gzip.compress(b"{}")[:-3], "invalid_gzip"),
        (gzip.compress(b"{}") + b"more", "invalid_gzip"),
        (gzip.compress(b"") * 1000, "invalid_gzip"),
        (b"", "invalid_gzip"),
    ]
    for body, code in cases:
        answer = sender.post("/v1/batch", body, headers={"Content-Encoding": "gzip"})
        assert error_of(answer) == (400, code)

    assert sender.rejections() == [code for _, code in cases]


def test_other_encodings_are_refused(sender):
    for encoding in ("br", "deflate", "gzip, gzip", "zstd"):
        answer = sender.post("/v1/track", track(), headers={"Content-Encoding": encoding})

        assert error_of(answer) == (415, "unsupported_encoding")


@pytest.mark.parametrize("pieces", [[], [b'{"event": "Orde']])
def test_a_body_that_is_cut_off_is_a_400(sender, pieces):
    sent: list[Any] = []
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1/t", "query_string": b"", "headers": []}
    sender.client.loop.run_until_complete(sender.client.application(scope, receive, send))

    assert (sent[0]["status"], json.loads(sent[1]["body"])["code"]) == (400, "cut_off")


# ---- browsers


def test_a_preflight_allows_what_the_libraries_send(client):
    for path in ("/v1/t", "/v1/batch", "/v1/projects/x/settings", "/v1/else"):
        answer = client.request("OPTIONS", path)

        assert answer.status == 200
        assert answer.headers["access-control-allow-origin"] == "*"
        allowed = {*answer.headers["access-control-allow-headers"].split(", ")}
        assert {"authorization", "content-type", "x-retry-count", "anonymousid"} < allowed
        assert int(answer.headers["access-control-max-age"]) >= 600


def test_browsers_may_read_every_answer(sender):
    answers = [
        sender.post("/v1/track", track()),
        sender.post("/v1/track", b"{"),
        sender.post("/v1/track", track(), key="wrong"),
        sender.client.post("/v1/nothing"),
        sender.client.request("GET", f"/v1/projects/{sender.key}/settings"),
    ]

    assert {answer.headers["access-control-allow-origin"] for answer in answers} == {"*"}
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}


def test_settings_of_the_browser_library(sender):
    for slash in ("", "/"):
        answer = sender.client.request("GET", f"/v1/projects/{sender.key}/settings{slash}")

        assert answer.status == 200
        assert answer.json == {
            "integrations": {"Segment.io": {"apiKey": sender.key}},
            "metrics": {"sampleRate": 0},
        }


def test_settings_need_a_key_that_may_send(sender):
    _, key = a_token(sender.workspace, Scope.READ)

    for unknown in (key, "unknown"):
        answer = sender.client.request("GET", f"/v1/projects/{unknown}/settings")
        assert error_of(answer) == (404, "unknown_key")
    answer = sender.client.post(f"/v1/projects/{sender.key}/settings")
    assert error_of(answer) == (405, "method_not_allowed")


# ---- when it cannot be kept


def kick_out_every_connection() -> None:
    with psycopg.connect(conninfo(), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'afterword ingest' AND datname = current_database()"
        )


def test_a_lost_connection_is_a_503_and_then_made_again(sender):
    sender.accepts("/v1/track", track())
    kick_out_every_connection()

    statuses: list[int] = []

    def is_accepted() -> bool:
        statuses.append(sender.post("/v1/track", track()).status)
        return statuses[-1] == 200

    assert sender.client.work(is_accepted)
    assert {*statuses} <= {200, 503}
    assert len(stored()) == 1 + statuses.count(200)


def test_with_the_database_away_nothing_is_accepted(sender, monkeypatch):
    monkeypatch.setattr(ingest()._inbox, "_conninfo", "host=127.0.0.1 port=1 dbname=none")
    kick_out_every_connection()

    answer = sender.client.work(
        lambda: answer if (answer := sender.post("/v1/track", track())).status != 200 else None
    )

    assert error_of(answer) == (503, "unavailable")
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["access-control-expose-headers"] == "Retry-After"
    for _ in range(3):
        assert sender.post("/v1/identify", {"userId": "u"}).status == 503
    assert stored() == []


def test_counts_wait_for_a_database_that_is_away(sender, monkeypatch):
    sender.accepts("/v1/track", track(event="Seen"))
    line = ingest()._line
    there = line._conninfo
    monkeypatch.setattr(line, "_conninfo", "host=127.0.0.1 port=1 dbname=none")
    kick_out_every_connection()
    sender.accepts("/v1/track", track(event="Seen"))
    with pytest.raises(psycopg.OperationalError):
        flush(sender.client)

    monkeypatch.setattr(line, "_conninfo", there)
    sender.accepts("/v1/track", track(event="Seen"))
    flush(sender.client)

    assert EventCount.objects.get().unmatched == 3


def test_a_database_that_does_not_answer_is_a_503(sender, monkeypatch):
    sender.accepts("/v1/track", track(event="Page Scrolled"))
    monkeypatch.setattr(inbox, "PATIENCE_SECONDS", 0.2)
    with psycopg.connect(conninfo()) as connection:
        connection.execute("LOCK TABLE events_inboxitem")

        assert sender.post("/v1/track", track()).status == 503

    assert sender.client.work(lambda: sender.post("/v1/track", track()).status == 200)


def test_before_tokens_are_known_everything_is_a_503(sender):
    ingest()._listening.ready = False

    assert sender.post("/v1/track", track(event="Page Scrolled")).status == 503
    assert sender.client.request("GET", f"/v1/projects/{sender.key}/settings").status == 503


def test_a_full_inbox_is_a_429(sender, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_DEPTH", 2)
    sender.accepts("/v1/batch", {"batch": [track()] * 5})

    def refused() -> Any:
        answer = sender.post("/v1/track", track())
        return answer if answer.status != 200 else None

    answer = sender.client.work(refused)
    assert error_of(answer) == (429, "too_many_requests")
    assert int(answer.headers["retry-after"]) > 0

    InboxItem.objects.all().delete()
    assert sender.client.work(lambda: sender.post("/v1/track", track()).status == 200)


def test_too_many_rows_in_memory_are_a_503(sender, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_WAITING", 3)

    assert sender.post("/v1/batch", {"batch": [track()] * 4}).status == 503
    assert stored() == []


def test_hundreds_of_requests_at_once_are_each_stored_once(sender):
    sender.accepts("/v1/track", track(event="warm up"))

    async def send_all() -> list[Any]:
        return await asyncio.gather(
            *(
                sender.client.send("POST", "/v1/track", track(messageId=f"m{n}"), key=sender.key)
                for n in range(300)
            )
        )

    answers = sender.client.loop.run_until_complete(send_all())

    assert {answer.status for answer in answers} == {200}
    assert {item["messageId"] for item in stored()} == {f"m{n}" for n in range(300)}
    assert InboxItem.objects.count() == 300


def test_a_worker_is_woken_after_the_commit(sender):
    from procrastinate.contrib.django.models import ProcrastinateJob

    sender.accepts("/v1/track", track())

    job = sender.client.work(lambda: ProcrastinateJob.objects.filter(task_name="take_up").first())
    assert job.args == {"workspace_id": str(sender.workspace.id)}
