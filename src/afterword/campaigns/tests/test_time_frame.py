from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.campaigns.time_frame import USUAL, TimeFrame, midnight, read_time_frame

PRAGUE = cast(TimeFrame, read_time_frame(USUAL, "Europe/Prague"))


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (utc(2026, 11, 2, 10), utc(2026, 11, 2, 10)),  # within: at once
        (utc(2026, 11, 2, 5), utc(2026, 11, 2, 8)),  # before: the same day
        (utc(2026, 11, 2, 16), utc(2026, 11, 3, 8)),  # after: the next day
        (utc(2026, 11, 6, 16), utc(2026, 11, 9, 8)),  # Friday evening: on Monday
        (utc(2026, 10, 23, 16), utc(2026, 10, 26, 8)),  # clocks went back between: 9 by them
        (utc(2026, 3, 27, 17), utc(2026, 3, 30, 7)),  # and forward
    ],
)
def test_a_frame_opens_by_the_clocks_of_its_zone(at, opens):
    assert PRAGUE.opens(at) == opens


@given(st.integers(0, 10 * 365 * 24 * 60), st.floats(0, 1))
def test_what_is_spread_is_within_and_never_before(minutes, share):
    at = utc(2020, 1, 1) + timedelta(minutes=minutes)

    spread = PRAGUE.spread(at, share)

    local = spread.astimezone(PRAGUE.zone)
    assert spread >= at
    assert local.weekday() < 5
    assert (9, 0) <= (local.hour, local.minute) <= (17, 0)


def test_a_frame_may_be_by_a_customers_own_clocks():
    stored = {**USUAL, "own_time": True}
    frame = cast(TimeFrame, read_time_frame(stored, "Europe/Prague"))

    assert frame.of({"timezone": "Asia/Tokyo"}).opens(utc(2026, 11, 2)) == utc(2026, 11, 2)
    assert frame.of({"timezone": "lost"}).opens(utc(2026, 11, 2)) == utc(2026, 11, 2, 8)
    assert PRAGUE.of({"timezone": "Asia/Tokyo"}) == PRAGUE


def test_a_day_begins_by_the_clocks_of_its_zone():
    assert midnight(utc(2026, 7, 1, 23), "Europe/Prague") == utc(2026, 7, 1, 22)
    assert midnight(utc(2026, 7, 1, 23), "UTC") == utc(2026, 7, 1)
