import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from afterword.events.arrival import check, clean, kind_of, opts_out, read, storable
from afterword.events.sources.segment.batch import MAX_PART, split_batch
from afterword.events.sources.segment.payload import PayloadError, Problem, names_of, read_call

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def call(envelope: dict[str, Any] | None = None, /, **fields: Any) -> Any:
    body = {"type": "track", "event": "Ordered", "messageId": "m", **fields}
    return read_call(json.dumps(body), json.dumps(envelope) if envelope else "", NOW)


# ---- reading a stored call


def test_a_call_has_what_was_sent():
    read = call(userId="u", anonymousId="a", properties={"total": 5}, traits={"plan": "pro"})

    assert (read.type, read.names, read.message_id) == ("track", ("Ordered",), "m")
    assert (read.user_id, read.anonymous_id) == ("u", "a")
    assert (read.properties, read.traits) == ({"total": 5}, {"plan": "pro"})


def test_a_call_reads_the_same_from_text_and_bytes():
    body = '{"type":"identify","userId":"ü","messageId":"m"}'

    assert read_call(body, "", NOW) == read_call(body.encode(), "", NOW)


def test_an_action_is_a_type():
    assert read_call('{"action":"identify","messageId":"m","userId":1}', "", NOW).type == "identify"


@pytest.mark.parametrize(
    ("sent", "text"), [(17, "17"), (17.0, "17"), (1.5, "1.5"), (" u ", "u"), (None, ""), ("", "")]
)
def test_ids_become_text(sent, text):
    assert call(userId=sent, anonymousId="a").user_id == text


@pytest.mark.parametrize("nothing", [None, [], "text", 5, [1]])
def test_what_is_no_object_is_an_empty_one(nothing):
    read = call(properties=nothing, traits=nothing, context=nothing)

    assert (read.properties, read.traits, read.context) == ({}, {}, {})


def test_a_call_overrides_the_context_of_its_batch():
    read = call({"context": {"ip": "1", "app": "x"}}, context={"ip": "2"})

    assert read.context == {"ip": "2", "app": "x"}


def test_traits_override_those_of_the_context():
    context = {"traits": {"plan": "free", "city": "Brno"}}

    assert call(context=context, traits={"plan": "pro"}).traits == {"plan": "pro", "city": "Brno"}


@pytest.mark.parametrize("envelope", ["", "{}", "null", "[]", "{", '{"context":5}'])
def test_an_envelope_that_says_nothing_does_no_harm(envelope):
    assert read_call('{"type":"track","event":"x","messageId":"m"}', envelope, NOW).context == {}


def test_addresses_come_in_the_order_of_their_weight():
    read = call(
        userId="d@x.cz",
        properties={"email": " a@x.cz "},
        traits={"email": "b@x.cz"},
        context={"traits": {"email": "c@x.cz"}},
    )

    assert read.email_candidates == ["a@x.cz", "b@x.cz", "c@x.cz"]


@pytest.mark.parametrize("sent", [None, "", "  ", 5, True, ["a@x.cz"], {"a": 1}])
def test_what_is_no_text_is_no_address(sent):
    read = call(userId="u", properties={"email": sent}, traits={"email": "b@x.cz"})

    assert read.email_candidates == ["b@x.cz"]


def test_a_text_that_is_no_address_stays_a_candidate():
    assert call(properties={"email": "nonsense"}).email_candidates == ["nonsense"]


def test_one_address_is_one_candidate():
    read = call(userId="a@x.cz", properties={"email": "a@x.cz"})

    assert read.email_candidates == ["a@x.cz"]


# ---- when it happened


def test_a_wrong_clock_is_corrected():
    read = call(timestamp="2026-11-23T08:59:50Z", sentAt="2026-11-23T09:00:00Z")

    assert read.occurred_at == NOW - timedelta(seconds=10)


def test_the_batch_says_when_it_was_sent():
    read = call({"sentAt": "2026-11-23T12:30:00Z"}, timestamp="2026-11-23T12:29:00Z")

    assert read.occurred_at == NOW - timedelta(minutes=1)


def test_the_original_timestamp_counts():
    read = call(
        originalTimestamp="2026-11-23T08:00:00Z",
        timestamp="2026-11-23T11:00:00Z",
        sentAt="2026-11-23T08:00:00Z",
    )

    assert read.occurred_at == NOW


def test_an_import_sent_with_an_old_clock_keeps_its_time():
    read = call(timestamp="2026-11-20T00:00:00Z", sentAt="2026-11-21T00:00:00Z")

    assert read.occurred_at == datetime(2026, 11, 20, tzinfo=UTC)


def test_without_sent_at_the_timestamp_stands():
    assert call(timestamp="2020-01-01T00:00:00Z").occurred_at == datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "timestamp",
    [None, "", "soon", True, {}, [], "0000-00-00T00:00:00Z", 1e30, "2015-2-02T00:30:08Z"],
)
def test_a_time_that_cannot_be_read_is_that_of_receipt(timestamp):
    assert call(timestamp=timestamp, sentAt="2026-11-23T11:00:00Z").occurred_at == NOW


def test_a_little_future_is_believed_and_more_is_not():
    assert call(timestamp="2026-11-23T12:04:00Z").occurred_at == NOW + timedelta(minutes=4)
    assert call(timestamp="2026-11-23T12:06:00Z").occurred_at == NOW
    assert call(timestamp="9999-12-31T23:59:59Z").occurred_at == NOW


def test_times_at_the_edge_of_the_calendar_do_not_overflow():
    for timestamp in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"):
        for sent_at in ("2026-11-23T02:00:00Z", "2026-11-23T22:00:00Z"):
            assert call(timestamp=timestamp, sentAt=sent_at).occurred_at <= NOW


@pytest.mark.parametrize(
    "timestamp",
    [
        "2026-11-23T11:05:21.188Z",
        "2026-11-23T11:05:21.188000+00:00",
        "2026-11-23T12:05:21.188774146+01:00",
    ],
)
def test_the_forms_that_clients_send_are_read(timestamp):
    expected = datetime(2026, 11, 23, 11, 5, 21, tzinfo=UTC)
    assert call(timestamp=timestamp).occurred_at.replace(microsecond=0) == expected


# ---- opting out


@pytest.mark.parametrize(
    ("call_says", "batch_says", "out"),
    [
        (None, None, False),
        ({}, {}, False),
        ({"All": True}, None, False),
        ({"All": False}, None, True),
        ({"all": False}, None, True),
        ({"All": False, "Afterword": True}, None, False),
        ({"All": False, "Retently": {"campaign": 1}}, None, False),
        ({"All": False, "Afterword": None}, None, True),
        ({"Afterword": False}, None, True),
        ({"Retently": False}, None, True),
        ({"afterword": False}, None, False),
        ({"Mixpanel": False}, None, False),
        (None, {"All": False}, True),
        ({"All": True}, {"All": False}, False),
        ({"Afterword": True}, {"All": False}, False),
        ([], "All", False),
        ("no", 5, False),
    ],
)
def test_integrations_may_keep_a_call_from_us(call_says, batch_says, out):
    assert opts_out(call_says, batch_says) is out


# ---- a call as it arrives


def problem_of(raw: bytes, kind: str = "track") -> Problem:
    with pytest.raises(PayloadError) as caught:
        check(read(raw), kind)
    return caught.value.problem


@pytest.mark.parametrize(
    "fields",
    [
        '"userId":"u"',
        '"userId":17',
        '"anonymousId":1.5',
        '"userId":null,"anonymousId":"a"',
        '"userId":"","anonymousId":"a"',
        '"properties":{"email":"ann@example.com"}',
        '"traits":{"email":"ann@example.com"}',
        '"context":{"traits":{"email":"ann@example.com"}}',
        '"userId":"u","properties":[]',
        '"userId":"u","properties":null',
        '"userId":"u","context":5,"integrations":"none","traits":"x"',
    ],
)
def test_lenient_forms_of_a_track_pass(fields):
    check(read(b'{"event":"Ordered",%b}' % fields.encode()), "track")


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ({"name": "Pricing"}, ("Viewed Pricing Page", "Pricing")),
        (
            {"name": " Pricing", "category": "Docs"},
            ("Viewed Docs Pricing Page", "Viewed Pricing Page", "Docs Pricing", "Pricing"),
        ),
        ({"name": "Pricing", "category": 5}, ("Viewed Pricing Page", "Pricing")),
        ({"name": "  "}, ()),
        ({"name": ["Pricing"]}, ()),
        ({"category": "Docs"}, ()),
        ({"name": "x" * 189}, ()),
    ],
)
def test_a_page_goes_by_several_names(sent, names):
    assert names_of(read(json.dumps(sent).encode()), "page") == names


@pytest.mark.parametrize("properties", ["5", "true", "false", "0", '""', '"a"', "[1]", "[[]]"])
def test_properties_that_are_no_object_do_not_pass(properties):
    raw = b'{"event":"Ordered","userId":"u","properties":%b}' % properties.encode()

    assert problem_of(raw) is Problem.INVALID_PROPERTIES


def test_brackets_in_texts_are_no_depth():
    raw = b'{"event":"Ordered","userId":"u","properties":{"a":"' + b'[{\\"' * 100 + b'"}}'

    check(read(raw), "track")


def test_a_call_may_be_as_deep_and_as_long_as_the_limit():
    start = b'{"event":"Ordered","userId":"u","properties":'
    deep = start + b'{"a":' * 62 + b"[]" + b"}" * 62 + b"}"
    check(read(deep), "track")
    assert problem_of(start + b'{"a":' * 63 + b"[]" + b"}" * 63 + b"}") is Problem.TOO_DEEP

    long = b'{"event":"Ordered","userId":"u","a":"%b"}'
    check(read(long % (b"x" * (32 * 1024 + 2 - len(long)))), "track")
    assert problem_of(long % (b"x" * (32 * 1024 + 3 - len(long)))) is Problem.TOO_LARGE


def test_a_stored_call_is_as_sent_unless_something_is_missing():
    whole = b'{"type":"track","event":"x","messageId":"m" } '
    assert storable(whole, read(whole), "track", "x") == whole

    bare = b' {"event":" x "} '
    stored = json.loads(storable(bare, read(bare), "track", "x"))
    assert stored["type"] == "track"
    assert stored["event"] == "x"
    assert len(stored["messageId"]) == 36


# ---- batches taken apart


def test_a_batch_keeps_the_text_of_its_calls():
    for broken in (b"", b",NaN"):
        sent = split_batch(
            b'{"batch" : [ {"a" : "]\\"}"} , [1, 2],"x"%b ], "writeKey":"k"}' % broken
        )

        assert sent.items[:3] == [b'{"a" : "]\\"}"}', b"[1, 2]", b'"x"']
        assert sent.write_key == "k"


@pytest.mark.parametrize("broken", [b"", b",NaN"])
def test_parts_of_an_envelope_that_cannot_be_used_are_left_out(broken):
    long = b'"' + b"x" * MAX_PART + b'"'
    for context in (b"[" * 5_000 + b"]" * 5_000, b"1e999", b"null", long):
        body = b'{"context":%b,"sentAt":"now","integrations":{"All":false},"batch":[1%b]}'
        sent = split_batch(body % (context, broken))

        assert json.loads(sent.envelope) == {"sentAt": "now", "integrations": {"All": False}}
        assert sent.integrations == {"All": False}


# ---- whatever is sent

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.sampled_from(["track", "identify", "a@example.com", "2026-11-23T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
USUAL: dict[str, list[Any]] = {
    "type": ["track", "identify"],
    "action": ["track"],
    "event": ["Ordered", " Ordered"],
    "userId": ["u", 17, "ann@example.com"],
    "anonymousId": ["a"],
    "properties": [{"email": "ann@example.com"}, {}],
    "traits": [{"email": "ann@example.com"}],
    "context": [{"traits": {"email": "ann@example.com"}}],
    "integrations": [{"All": False}],
    "messageId": ["m"],
    "timestamp": ["2026-11-23T00:00:00Z"],
    "originalTimestamp": ["9999-12-31T23:59:59Z"],
    "sentAt": ["2026-11-23T00:00:00Z"],
    "writeKey": ["k"],
}
calls = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(usual) | json_values for name, usual in USUAL.items()}
)
json_like = calls.map(lambda value: json.dumps(value).encode())
mutilated = st.tuples(json_like, st.integers(0, 200), st.binary(max_size=3)).map(
    lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + 1 :]
)
anything = st.binary() | json_like | mutilated


def received(body: bytes) -> str | None:
    """Take a call through ingest to where a worker reads it; return its messageId."""
    body = clean(body)
    sent = read(body)
    kind = kind_of(sent)
    check(sent, kind)
    opts_out(sent.integrations)
    name = sent.event if isinstance(sent.event, str) else ""
    stored = storable(body, sent, kind, name).decode()
    assert "\0" not in stored
    read_back = read_call(stored, "", NOW)
    assert read_back.type == kind
    for text in (*read_back.names, read_back.message_id, read_back.user_id, *read_back.properties):
        assert "\0" not in text
        text.encode()  # no lone surrogates
    assert 0 < len(read_back.message_id) <= 100
    assert read_back.occurred_at <= NOW + timedelta(minutes=5)
    return read_back.message_id


@given(anything)
@example(b"[" * 100_000)
@example(b"9" * 5_000)
@example(b'{"type":"track","event":"x","userId":' + b"9" * 4_000 + b"}")
@example(b'{"type":"track","event":"\\ud800","userId":"\\u0000u"}')
@example(b'{"type":"track","event":"x","userId":"\\\\u0000"}')
def test_nothing_sent_does_worse_than_a_payload_error(body):
    with suppress(PayloadError):
        received(body)


@given(anything)
@example(b'{"batch":[' + b"[" * 100_000)
@example(b'{"batch":["')
@example(b'{"batch":[1],"batch":[2,NaN]}')
def test_no_batch_does_worse_than_a_payload_error(body):
    for each in (body, b'{"batch":%b}' % body, b'{"batch":[%b]}' % body):
        with suppress(PayloadError):
            split_batch(clean(each)).envelope.decode()


def is_balanced(text: bytes) -> bool:
    """Whether brackets and quotes close, so that the text cannot swallow what follows it."""
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


poison = st.sampled_from(
    [
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"9" * 5_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"{]",
        b"[}",
        b'{"a" "b"}',
        b"{'a':1}",
        b'{"a":tru}',
        b'{"\\x":1}',
        b'"\\ud800"',
        b"{,}",
        b'{"a":[1,,2]}',
        b"01",
        b"+1",
    ]
) | json_like.filter(is_balanced)


@given(st.lists(poison, max_size=4), st.lists(poison, max_size=4))
def test_a_good_neighbour_always_survives(before, after):
    good = b'{"type":"track","event":"Ordered","userId":"u","messageId":"good"}'
    body = b'{"sentAt":1,"batch":[%b],"writeKey":"k"}' % b" , ".join([*before, good, *after])

    batch = split_batch(clean(body))

    assert len(batch.items) == len(before) + 1 + len(after)
    assert batch.write_key == "k"
    assert received(batch.items[len(before)]) == "good"


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"])
def test_a_time_that_go_says_where_it_knows_none_is_the_receipt(said):
    received_at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    body = json.dumps({"type": "track", "event": "E", "messageId": "m", "timestamp": said})
    assert read_call(body, "", received_at).occurred_at == received_at
