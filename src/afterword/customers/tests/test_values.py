import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from afterword.customers.values import Problem, PropertyType, convert, same
from tests.strategies import JSON

TEXT, NUMBER, DATE, COLLECTION, BOOLEAN = PropertyType


def _message(value: object, kind: PropertyType) -> str:
    problem = convert(value, kind)
    assert isinstance(problem, Problem), problem
    return problem.message


# ---- every type


@pytest.mark.parametrize("kind", PropertyType)
@pytest.mark.parametrize("value", [None, "", "  ", "\r\n\t", "\u00a0", [], {}])
def test_nothing_sent_means_unassign(kind, value):
    assert convert(value, kind) is None


@pytest.mark.parametrize("kind", PropertyType)
def test_a_type_may_be_given_as_its_plain_name(kind):
    plain = cast(PropertyType, kind.value)

    assert convert("1", plain) == convert("1", kind)


@given(JSON, st.sampled_from(PropertyType))
@example([["deep"]], TEXT)
@example(10**5000, TEXT)
@example(-(10**5000), NUMBER)
@example(10**5000, COLLECTION)
@example(10**5000, DATE)
@example("9" * 5000, NUMBER)
def test_whatever_is_sent_the_result_can_be_stored(value, kind):
    converted = convert(value, kind)

    shown = converted.message if isinstance(converted, Problem) else converted
    stored = json.dumps(shown, ensure_ascii=False, allow_nan=False).encode()
    assert b"\\u0000" not in stored


@given(JSON, st.sampled_from(PropertyType))
def test_what_was_converted_converts_to_itself(value, kind):
    converted = convert(value, kind)

    if not isinstance(converted, Problem):
        assert convert(converted, kind) == converted


@given(st.text(min_size=90), st.sampled_from([NUMBER, DATE]))
def test_a_problem_is_short_and_on_one_line(value, kind):
    converted = convert(value, kind)

    if isinstance(converted, Problem):
        assert len(converted.message) < 200
        assert "\n" not in converted.message


def test_a_problem_says_what_was_expected_and_what_came():
    assert _message("soon", NUMBER) == 'Expected a number such as 39.95; got "soon".'
    assert _message([1, 2], NUMBER).endswith("got a list of 2.")
    assert _message({"a": 1}, TEXT).endswith("got an object.")
    assert _message(True, NUMBER).endswith("got true.")
    assert _message("x" * 5000, DATE).endswith('got "' + "x" * 79 + '…".')


# ---- text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" pro\n", "pro"),
        ("a, b", "a, b"),
        (42, "42"),
        (42.0, "42"),
        (39.95, "39.95"),
        (1e21, "1e+21"),
        (2**60 + 1, str(2**60 + 1)),
        (10**308, "1" + "0" * 308),
        (0, "0"),
        (True, "true"),
        (False, "false"),
        ("a\x00b", "a\ufffdb"),
        ("a\ud800b", "a\ufffdb"),
        ("e\u0301", "é"),
    ],
)
def test_scalars_become_text(value, text):
    assert convert(value, TEXT) == text


@pytest.mark.parametrize(
    "value", [["a"], {"a": 1}, float("nan"), float("inf"), 10**400, "x" * 10_001, b"a"]
)
def test_what_is_no_text_is_a_problem(value):
    assert "a text of at most 10,000 characters" in _message(value, TEXT)


def test_ten_thousand_characters_fit():
    assert convert("x" * 10_000, TEXT) == "x" * 10_000


# ---- numbers


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        (-7.5, -7.5),
        (0, 0),
        (2**53 + 1, 2**53 + 1),
        ("39.95", 39.95),
        (" 42 ", 42),
        ("-3", -3),
        ("+3", 3),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("007", 7),
        ("9007199254740993", 9007199254740993),
        ("1,234", 1234),
        ("1,234.50", 1234.5),
        ("1,234,567", 1234567),
        ("1,5", 1.5),
        ("1,50", 1.5),
        ("12345,67", 12345.67),
        ("0,125", 0.125),
        ("-0,5", -0.5),
        ("1.234,50", 1234.5),
        ("1.234.567,5", 1234567.5),
        ("1.234", 1.234),
    ],
)
def test_numbers_are_read_as_people_and_programs_write_them(value, number):
    converted = convert(value, NUMBER)

    assert converted == number
    assert type(converted) is type(number)


@pytest.mark.parametrize(
    "value",
    [
        "abc",
        "1 2",
        "12abc",
        "1,2345",
        "1,23,456",
        "1,234,5",
        "12,34.5",
        "1.2.3",
        "$5",
        "12%",
        "1_000",
        "٤٢",
        "0x10",
        "--1",
        ".",
        "-",
        "e5",
        "nan",
        "Infinity",
        "1e999",
        "9" * 310,
        True,
        False,
        float("nan"),
        float("-inf"),
        10**309,
        [1],
        {"a": 1},
        b"1",
    ],
)
def test_what_is_no_number_is_a_problem(value):
    assert "a number" in _message(value, NUMBER)


@given(st.integers(-(10**308), 10**308))
def test_a_whole_number_survives_as_number_and_as_text(number):
    assert convert(number, NUMBER) == convert(str(number), NUMBER) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_decimal_survives_as_number_and_as_text(number):
    assert convert(number, NUMBER) == convert(repr(number), NUMBER) == number


@given(st.integers(0, 10**15))
def test_commas_between_thousands_are_dropped(number):
    assert convert(f"{number:,}", NUMBER) == number


# ---- dates


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("11/23/2026", "2026-11-23T00:00:00Z"),
        (" 2026-11-23T01:05:21.999+02:00 ", "2026-11-22T23:05:21Z"),
        (1458841605.9, "2016-03-24T17:46:45Z"),
        ("0001-01-01", "0001-01-01T00:00:00Z"),
        (datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=2))), "2026-11-23T07:00:00Z"),
    ],
)
def test_dates_are_stored_in_utc_to_the_second(value, stored):
    assert convert(value, DATE) == stored


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant_is_stored_to_the_second(moment):
    assert convert(moment.isoformat(), DATE) == moment.isoformat()[:19] + "Z"


@pytest.mark.parametrize("value", ["soon", "30/01/2020", 1e300, True, [2026], {"year": 2026}])
def test_what_is_no_date_is_a_problem(value):
    assert "a date such as 11/23/2026 (month first)" in _message(value, DATE)


# ---- collections


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("foo, bar, baz", ["foo", "bar", "baz"]),
        ("foo", ["foo"]),
        (" a ,, b,a ", ["a", "b"]),
        (["b", "a", "b"], ["b", "a"]),
        (["a, b", " c "], ["a, b", "c"]),
        ([1, 2.5, True, None, ""], ["1", "2.5", "true"]),
        (7, ["7"]),
        (True, ["true"]),
        (["e\u0301", "é"], ["é"]),
    ],
)
def test_collections_are_lists_or_words_between_commas(value, words):
    assert convert(value, COLLECTION) == words


@pytest.mark.parametrize("value", [",", " , ,", [None], ["", " "]])
def test_a_collection_of_nothing_is_unassigned(value):
    assert convert(value, COLLECTION) is None


@pytest.mark.parametrize(
    "value", [{"a": 1}, [["a"]], ["a", {"b": 1}], [[]], [math.nan], list(range(1001)), b"a"]
)
def test_what_is_no_list_of_words_is_a_problem(value):
    assert "a list of at most 1,000 words" in _message(value, COLLECTION)


def test_a_thousand_items_fit_and_repetitions_do_not_count():
    words = convert([*range(1000), *range(1000)], COLLECTION)

    assert isinstance(words, list)
    assert len(words) == 1000


# ---- truths


@pytest.mark.parametrize("value", [True, "true", " TRUE ", "Yes", "y", "1", 1, 1.0])
def test_true_is_said_in_these_words(value):
    assert convert(value, BOOLEAN) is True


@pytest.mark.parametrize("value", [False, "false", "False", "NO", "n", "0", 0, -0.0])
def test_false_is_said_in_these_words(value):
    assert convert(value, BOOLEAN) is False


@pytest.mark.parametrize("value", ["maybe", "on", 2, -1, "01", "1.0", [True], {"a": 1}, math.nan])
def test_what_is_neither_is_a_problem(value):
    assert "true or false, yes or no, 1 or 0" in _message(value, BOOLEAN)


def test_a_truth_is_no_number_though_python_calls_them_equal():
    assert same(True, True)
    assert not same(True, 1)
    assert not same(0, False)
    assert same(1, 1.0)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (459.0, "459"),
        ("459.0", "459"),
        ("1e3", "1000"),
        (-0.0, "0"),
        (0.5, "0.5"),
        (1e300, "1e+300"),
    ],
)
def test_a_whole_number_is_shown_as_one(value, shown):
    assert str(convert(value, NUMBER)) == shown
