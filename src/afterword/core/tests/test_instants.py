from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.core.instants import parse_instant
from tests.strategies import JSON


def _second(value: object) -> str | None:
    instant = parse_instant(value)
    return None if instant is None else instant.isoformat()[:19] + "Z"


@pytest.mark.parametrize(
    ("value", "second"),
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
def test_instants_are_read_in_utc_from_the_forms_that_occur(value, second):
    assert _second(value) == second


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
def test_what_names_no_instant_is_none(value):
    assert parse_instant(value) is None


def test_the_year_5138_parts_seconds_from_milliseconds():
    assert _second(10**11 - 1) == "5138-11-16T09:46:39Z"
    assert _second(10**11) == "1973-03-03T09:46:40Z"


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
        JSON,
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


@given(st.dates())
def test_every_day_survives_the_american_form(day):
    assert _second(f"{day.month:02}/{day.day:02}/{day.year:04}") == f"{day}T00:00:00Z"
