import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.core.text import clean_json, clean_text
from tests.strategies import ANY_TEXT


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("plain", "plain"),
        ("nul\x00", "nul\ufffd"),
        ("ž\x00", "ž\ufffd"),
        ("\ud800", "\ufffd"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("😀\ud800", "😀\ufffd"),
        ("\ufeffa", "\ufeffa"),
        ("e\u0301", "é"),
    ],
)
def test_text_is_made_storable(value, clean):
    assert clean_text(value) == clean


@given(ANY_TEXT)
def test_clean_text_is_utf_8_without_nul_and_stays_as_it_is(value):
    clean = clean_text(value)

    assert b"\x00" not in clean.encode()
    assert clean_text(clean) == clean


def test_keys_and_texts_of_json_are_cleaned_at_every_depth():
    value = {"a\x00": [{"b": "\ud800"}, 1, None, True, 1.5]}

    assert clean_json(value) == {"a\ufffd": [{"b": "\ufffd"}, 1, None, True, 1.5]}


@given(
    st.recursive(
        st.none() | st.integers() | ANY_TEXT,
        lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
        max_leaves=10,
    )
)
def test_clean_json_can_be_stored(value):
    assert b"\\u0000" not in json.dumps(clean_json(value), ensure_ascii=False).encode()
