import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from afterword.customers.values import (
    OWN_FIELDS,
    Problem,
    PropertyType,
    clean_json,
    clean_text,
    convert,
    parse_instant,
    read_own_fields,
    read_tags,
)

TEXT, NUMBER, DATE, COLLECTION = PropertyType

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


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

    assert convert("11/23/2026", plain) == convert("11/23/2026", kind)


@given(_JSON, st.sampled_from(PropertyType))
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


@given(_JSON, st.sampled_from(PropertyType))
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
        ("5.", 5.0),
        ("1e3", 1000.0),
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
        ("01/30/2020", "2020-01-30T00:00:00Z"),
        ("1/3/2020", "2020-01-03T00:00:00Z"),
        ("01/30/2020 17:46", "2020-01-30T17:46:00Z"),
        ("2026-11-23", "2026-11-23T00:00:00Z"),
        ("20261123", "2026-11-23T00:00:00Z"),
        ("2026-11-23T00:05:21", "2026-11-23T00:05:21Z"),
        ("2026-11-23 00:05:21", "2026-11-23T00:05:21Z"),
        ("2026-11-23T00:05Z", "2026-11-23T00:05:00Z"),
        ("2026-11-23T00:05:21.999999999Z", "2026-11-23T00:05:21Z"),
        ("2026-11-23T01:05:21+02:00", "2026-11-22T23:05:21Z"),
        ("2026-11-23T01:05:21-0530", "2026-11-23T06:35:21Z"),
        ("2026-11-23t00:05:21z", "2026-11-23T00:05:21Z"),
        ("2026-11-23 09:30:00 +0200", "2026-11-23T07:30:00Z"),
        ("2026-11-23 09:30:00 UTC", "2026-11-23T09:30:00Z"),
        ("2026-11-23 09:30:00.123456789 +0000 UTC", "2026-11-23T09:30:00Z"),
        ("Thu, 24 Mar 2016 17:46:45 +0000", "2016-03-24T17:46:45Z"),
        ("Thu, 24 Mar 2016 17:46:45 GMT", "2016-03-24T17:46:45Z"),
        ("24 Mar 2016 17:46:45 -0700", "2016-03-25T00:46:45Z"),
        ("24 Mar 2016 17:46 EST", "2016-03-24T22:46:00Z"),
        ("24 Mar 2016 17:46 EDT", "2016-03-24T21:46:00Z"),
        ("24 Mar 2016 17:46 PST (winter)", "2016-03-25T01:46:00Z"),
        ("24 March 2016", "2016-03-24T00:00:00Z"),
        ("Thu Mar 24 2016 17:46:45 GMT+0000 (UTC)", "2016-03-24T17:46:45Z"),
        (
            "Thu Mar 24 2016 17:46:45 GMT+0100 (Central European Standard Time)",
            "2016-03-24T16:46:45Z",
        ),
        ("Thu Mar 24 2016", "2016-03-24T00:00:00Z"),
        ("March 24, 2016", "2016-03-24T00:00:00Z"),
        (1458841605, "2016-03-24T17:46:45Z"),
        (1458841605.9, "2016-03-24T17:46:45Z"),
        (1458841605188, "2016-03-24T17:46:45Z"),
        (1458841605188000, "2016-03-24T17:46:45Z"),
        (1458841605188000000, "2016-03-24T17:46:45Z"),
        ("1458841605", "2016-03-24T17:46:45Z"),
        ("1458841605188", "2016-03-24T17:46:45Z"),
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        ("0001-01-01", "0001-01-01T00:00:00Z"),
        ("9999-12-31", "9999-12-31T00:00:00Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z"),
        (date(2026, 11, 23), "2026-11-23T00:00:00Z"),
        (datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=2))), "2026-11-23T07:00:00Z"),
    ],
)
def test_dates_are_read_in_the_forms_that_occur_and_stored_in_utc(value, stored):
    assert convert(value, DATE) == stored


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "30/01/2020",
        "02/30/2020",
        "01/30/20",
        "2026-13-01",
        "2026-02-29",
        "2026-11",
        "2026",
        "2026-11-23T25:00:00Z",
        "2026-11-23T00:05:21+99:00",
        "10000-01-01",
        "0000-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "24 Foo 2016",
        "32 Mar 2016",
        "24 Mar 2016 17:46 +9999",
        "24 Mar 2016 17:46 Mars",
        "\uff12\uff10\uff12\uff16-11-23",
        "1" * 30,
        "-",
        1e300,
        10**400,
        10**20,
        1 - 10**11,
        float("nan"),
        float("inf"),
        True,
        [2026],
        {"year": 2026},
    ],
)
def test_what_is_no_date_is_a_problem(value):
    assert "a date such as 11/23/2026 (month first)" in _message(value, DATE)


def test_the_year_5138_parts_seconds_from_milliseconds():
    assert convert(10**11 - 1, DATE) == "5138-11-16T09:46:39Z"
    assert convert(10**11, DATE) == "1973-03-03T09:46:40Z"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23T00:05:21.188Z", datetime(2026, 11, 23, 0, 5, 21, 188000, UTC)),
        ("2026-11-23T00:05:04.441+00:00", datetime(2026, 11, 23, 0, 5, 4, 441000, UTC)),
        ("2026-11-23T00:05:04.441234Z", datetime(2026, 11, 23, 0, 5, 4, 441234, UTC)),
        ("2026-11-23T01:05:04.123456789+01:00", datetime(2026, 11, 23, 0, 5, 4, 123456, UTC)),
        ("2026-11-23T00:05:21Z", datetime(2026, 11, 23, 0, 5, 21, 0, UTC)),
        ("2026-11-23T00:05:21", datetime(2026, 11, 23, 0, 5, 21, 0, UTC)),
    ],
)
def test_timestamps_of_segment_clients_keep_their_fractions(text, instant):
    assert parse_instant(text) == instant


@given(
    st.one_of(
        _JSON,
        st.binary(),
        st.from_regex(r"\A\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?\Z"),
        st.from_regex(r"\A\d{1,2}/\d{1,2}/\d{4}\Z"),
        st.from_regex(r"\A[A-Za-z]{3} (Mar|Feb) \d\d \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4}\Z"),
        st.text("0123456789-/:TZ+., GMTar", max_size=40),
    )
)
def test_parsing_never_raises_and_answers_in_utc(value):
    instant = parse_instant(value)

    assert instant is None or instant.utcoffset() == timedelta(0)


@given(st.integers(0, 9998 * 365 * 86_400))
def test_every_instant_survives_its_own_iso_form(seconds):
    moment = datetime(1, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)

    assert parse_instant(moment.isoformat()) == moment
    assert parse_instant(moment.astimezone(timezone(timedelta(hours=-7))).isoformat()) == moment
    assert convert(moment.isoformat(), DATE) == moment.isoformat()[:19] + "Z"


@given(st.dates())
def test_every_day_survives_the_american_form(day):
    assert convert(f"{day.month:02}/{day.day:02}/{day.year:04}", DATE) == f"{day}T00:00:00Z"


# ---- collections and tags


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


@given(_JSON)
def test_tags_are_always_different_storable_texts(value):
    tags = read_tags(value)

    assert len(set(tags)) == len(tags)
    assert all(tag and clean_text(tag) == tag and len(tag) <= 200 for tag in tags)


# ---- clean text


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


_ANY_TEXT = st.text(st.characters() | st.characters(categories=["Cs"]) | st.just("\x00"))


@given(_ANY_TEXT)
def test_clean_text_is_utf_8_without_nul_and_stays_as_it_is(value):
    clean = clean_text(value)

    assert b"\x00" not in clean.encode()
    assert clean_text(clean) == clean


def test_keys_and_texts_of_json_are_cleaned_at_every_depth():
    value = {"a\x00": [{"b": "\ud800"}, 1, None, True, 1.5]}

    assert clean_json(value) == {"a\ufffd": [{"b": "\ufffd"}, 1, None, True, 1.5]}


@given(
    st.recursive(
        st.none() | st.integers() | _ANY_TEXT,
        lambda inner: st.lists(inner) | st.dictionaries(_ANY_TEXT, inner),
        max_leaves=10,
    )
)
def test_clean_json_can_be_stored(value):
    assert b"\\u0000" not in json.dumps(clean_json(value), ensure_ascii=False).encode()


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


@given(st.dictionaries(st.sampled_from([*OWN_FIELDS]), _JSON | _ANY_TEXT))
def test_own_fields_are_always_storable_lines(sent):
    for line in read_own_fields(sent).values():
        assert 0 < len(line) <= 200
        assert line == line.strip()
        assert line.splitlines() == [line]
        assert clean_text(line) == line
