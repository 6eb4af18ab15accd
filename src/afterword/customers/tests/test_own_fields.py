import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.core.text import clean_text
from afterword.customers.own_fields import OWN_FIELDS, read_own_fields, read_tags
from tests.strategies import ANY_TEXT, JSON

# ---- the customer's own fields


@pytest.mark.parametrize(("spelling", "column"), OWN_FIELDS.items())
def test_every_spelling_fills_its_column(spelling, column):
    assert read_own_fields({spelling: " Ann "}) == {column: "Ann"}


def test_only_what_was_sent_and_says_something_is_filled():
    sent = {"firstName": "Ann", "lastName": " ", "city": None, "plan": "pro", "title": "Dr"}

    assert read_own_fields(sent) == {"first_name": "Ann"}


def test_the_first_spelling_that_says_something_counts():
    assert read_own_fields({"first_name": "Bo", "firstName": "Ann"}) == {"first_name": "Ann"}
    assert read_own_fields({"firstName": "", "first_name": "Bo"}) == {"first_name": "Bo"}


def test_a_company_that_is_an_object_is_left_alone():
    assert read_own_fields({"company": {"name": "Acme"}}) == {}
    assert read_own_fields({"company": "Acme"}) == {"company_name": "Acme"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (420, "420"),
        (4.0, "4"),
        ("New\r\nYork", "New York"),
        ("\tNew\x00York\x07", "New York"),
        ("x" * 300, "x" * 200),
        ("x" * 199 + " y", "x" * 199),
        ("Ann\ud800", "Ann\ufffd"),
        ("Jose\u0301", "José"),
        ("Dvořák", "Dvořák"),
    ],
)
def test_an_own_field_is_one_short_line(value, text):
    assert read_own_fields({"city": value}) == {"city": text}


@pytest.mark.parametrize("value", [True, [], ["Ann"], {}, math.nan, 10**400, "\x00", "\r\n"])
def test_what_is_no_line_of_text_fills_nothing(value):
    assert read_own_fields({"city": value}) == {}


@given(st.dictionaries(st.sampled_from([*OWN_FIELDS]), JSON | ANY_TEXT))
def test_own_fields_are_always_storable_lines(sent):
    for line in read_own_fields(sent).values():
        assert 0 < len(line) <= 200
        assert line == line.strip()
        assert line.splitlines() == [line]
        assert clean_text(line) == line


# ---- tags


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("foo, bar, baz", ["foo", "bar", "baz"]),
        (["a, b", "c", "c"], ["a, b", "c"]),
        (["a", None, ["b"], {"c": 1}, 5], ["a", "5"]),
        (["a\nb"], ["a b"]),
        (["x" * 300], ["x" * 200]),
        (None, []),
        ("", []),
        ({"a": 1}, []),
        (3, ["3"]),
    ],
)
def test_tags_are_read_leaving_out_what_cannot_be_one(value, tags):
    assert read_tags(value) == tags


@given(JSON)
def test_tags_are_always_different_storable_texts(value):
    tags = read_tags(value)

    assert len(set(tags)) == len(tags)
    assert all(tag and clean_text(tag) == tag and len(tag) <= 200 for tag in tags)
