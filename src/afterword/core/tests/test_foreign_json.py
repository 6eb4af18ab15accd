"""JSON of strangers is read, or refused as malformed, and never worse."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.core.foreign_json import MAX_DEPTH, Malformed, read


@pytest.mark.parametrize(
    "sent",
    [b"", b"{", b"[1] x", b"NaN", b'"\xff"', b'"\\ud800"', b"[" * 5_000, b'{"a":' * 5_000],
)
def test_what_is_not_json_or_too_deep_is_malformed(sent):
    with pytest.raises(Malformed):
        read(sent)


def test_brackets_in_texts_are_no_depth():
    assert read(b'["' + b"[" * 5_000 + b'"]') == ["[" * 5_000]


def test_it_may_be_as_deep_as_the_limit():
    read(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


@given(st.binary(max_size=200) | st.text(alphabet='[]{}",:1\\u', max_size=400).map(str.encode))
def test_nothing_sent_does_worse(sent):
    with suppress(Malformed):
        read(sent)
