"""Keys never stand in the clear, however they were written."""

import json
import time
from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.events.masking import masked

KEY = "aw_83f89580816336190285b89545576"  # always the same, as test names hold it
ESCAPED = "".join(f"\\u{ord(letter):04x}" for letter in KEY)
PERCENT = "".join(f"%{ord(letter):02X}" for letter in KEY)


def basic(before: str, after: str = ":") -> str:
    return b64encode(f"{before}{KEY}{after}".encode()).decode()


@pytest.mark.parametrize(
    "sent",
    [
        f'{{"writeKey": "{KEY}", "event": ',
        f"{{'writeKey': '{KEY}'}}",
        f'{{"write_key":"{KEY}"}}',
        f'{{"api_key":"{KEY}"}}',
        f'{{"properties": {{"X-Api-Key": "{KEY}"}}}}',
        f'{{"Authorization": "Bearer {KEY}"}}',
        f'{{"note": "first line\\n{KEY}"}}',
        f'"\\u0061{KEY[1:]}"',
        f'"a\\u0077{KEY[2:]}"',
        f'"aw\\u005F{KEY[3:]}"',
        f'"{ESCAPED}"',
        json.dumps(json.dumps(ESCAPED)),
        f"writeKey={KEY}&event=x",
        f"data={quote_plus(json.dumps({'writeKey': KEY}))}",
        PERCENT,
        quote(PERCENT),
        f'{{"Authorization": "Basic {basic("")}"}}',
        basic("", ""),
        basic("u"),
        basic("me"),
        basic("ann:"),
        f"{KEY}:",
        f'{{"event": "x" {KEY}',
        f"...{KEY[:9]}",
        f'{{"k": "{KEY}"}}'.encode("utf-16-le").decode().replace("\0", "\ufffd"),
        f'{{"k": "{KEY}"}}'.encode("utf-16-le").decode("latin-1").replace("\0", "\ufffd"),
        f'{{"k": "{KEY}"}}'.encode("utf-32-le").decode("latin-1").replace("\0", "\ufffd"),
    ],
)
def test_a_key_is_hidden_wherever_it_stands(sent):
    shown = masked(sent)

    assert "…" in shown
    for form in (KEY, ESCAPED, PERCENT):
        for start in range(3, len(form) - 6, 6):
            assert form[start : start + 6] not in shown
    assert basic("")[4:20] not in shown


def test_what_is_no_key_stays():
    for text in ('{"event": "Order Completed"}', "draw_line", "https://a.example/raw_data?x=1"):
        assert masked(text) == text


def test_keys_of_other_systems_are_hidden_by_their_name():
    assert masked('{"writeKey": "s3cret-of-segment", "event": 1}') == (
        '{"writeKey": "…", "event": 1}'
    )


@given(st.text(alphabet="aw_\\u061%25YXdf\ufffd\"'=:k ", max_size=8_000))
def test_nothing_sent_takes_long(text):
    began = time.thread_time()
    masked(text)
    assert time.thread_time() - began < 2
