from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.audience.definition import check, compile_audience
from afterword.audience.tests.audiences import EVERY_OPERATOR, NOW, TYPES, VALUES, an_audience
from tests.strategies import JSON

MISSING = object()
_NEGATIVE = {
    "is not",
    "does not contain",
    "does not exist",
    "does not include",
    "is empty",
    "is not true",
    "is not false",
}


def _holds(field: str, operator: str, value: object, seen: object) -> bool:
    customer = {} if seen is MISSING else {field: seen}
    return an_audience((field, operator, value)).first_mismatch(customer, NOW) is None


@pytest.mark.parametrize(
    ("operator", "value", "seen", "holds"),
    [
        ("is", "USA", "USA", True),
        ("is", "USA", " usa ", True),
        ("is", "USA", "USAF", False),
        ("is", "straße", "STRASSE", True),
        ("is", "é", "E\u0301", True),
        ("is", "42", 42, True),
        ("is not", "USA", "Chad", True),
        ("is not", "USA", "usa", False),
        ("contains", "corp", "Acme Corp.", True),
        ("contains", "corp", "Acme", False),
        ("does not contain", "corp", "Acme", True),
        ("does not contain", "corp", "ACME CORP", False),
        ("starts with", "ac", "Acme", True),
        ("starts with", "me", "Acme", False),
        ("ends with", "ME", "Acme", True),
        ("ends with", "ac", "Acme", False),
        ("exists", None, "x", True),
        ("does not exist", None, "x", False),
    ],
)
def test_text(operator, value, seen, holds):
    assert _holds("plan", operator, value, seen) is holds


@pytest.mark.parametrize(
    ("operator", "value", "seen", "holds"),
    [
        ("is", 5, 5, True),
        ("is", "5", 5.0, True),
        ("is", 5, 6, False),
        ("is", 39.95, "39.95", True),
        ("is not", 5, 6, True),
        ("is not", 5, 5, False),
        ("greater than", 5, 6, True),
        ("greater than", 5, 5, False),
        ("at least", 5, 5, True),
        ("at least", 5, 4.9, False),
        ("less than", 5, 4, True),
        ("less than", 5, 5, False),
        ("at most", 5, 5, True),
        ("at most", 5, 5.1, False),
        ("between", [5, 10], 5, True),
        ("between", [10, 5], 10, True),
        ("between", {"from": "5", "to": "10"}, 7, True),
        ("between", [5, 10], 11, False),
        ("between", [5, 10], 4, False),
        ("exists", None, 0, True),
        ("does not exist", None, 0, False),
    ],
)
def test_number(operator, value, seen, holds):
    assert _holds("orders", operator, value, seen) is holds


@pytest.mark.parametrize(
    ("operator", "value", "seen", "holds"),
    [
        ("before", "11/23/2026", "2026-11-22T23:59:59Z", True),
        ("before", "11/23/2026", "2026-11-23T00:00:00Z", False),
        ("after", "11/23/2026", "2026-11-24T00:00:00Z", True),
        ("after", "11/23/2026", "2026-11-23T23:59:59Z", False),
        ("after", "9999-12-31", "9999-12-31T12:00:00Z", False),
        ("after", "2026-11-23T09:00:00Z", "2026-11-23T09:00:01Z", True),
        ("after", "2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z", False),
        ("on", "2026-11-23", "2026-11-23T23:59:59Z", True),
        ("on", "2026-11-23T08:00:00Z", "2026-11-23T00:00:00Z", True),
        ("on", "2026-11-23", "2026-11-24T00:00:00Z", False),
        ("on", "2026-11-23", "2026-11-24T00:30:00+01:00", True),
        ("more than days ago", 30, NOW - timedelta(days=30, seconds=1), True),
        ("more than days ago", 30, NOW - timedelta(days=30), False),
        ("more than days ago", "30 days", NOW - timedelta(days=31), True),
        ("more than days ago", 36_500, NOW - timedelta(days=36_501), True),
        ("less than days ago", 30, NOW - timedelta(days=30), False),
        ("less than days ago", 30, NOW, True),
        ("less than days ago", 30, NOW - timedelta(days=29, hours=23), True),
        ("less than days ago", 30, NOW + timedelta(days=1), False),
        ("exactly days ago", 1, "2026-11-22T00:00:00Z", True),
        ("exactly days ago", "1 day", "2026-11-22T23:59:59Z", True),
        ("exactly days ago", 1, "2026-11-21T23:59:59Z", False),
        ("exactly days ago", 0, NOW, True),
        ("exists", None, NOW, True),
        ("does not exist", None, NOW, False),
    ],
)
def test_date(operator, value, seen, holds):
    assert _holds("signup_date", operator, value, seen) is holds


def test_days_are_counted_in_utc_whatever_zone_now_is_given_in():
    audience = an_audience(("signup_date", "exactly days ago", 0))
    now = datetime(2026, 11, 24, 0, 30, tzinfo=timezone(timedelta(hours=1)))

    assert audience.first_mismatch({"signup_date": "2026-11-23T01:00:00Z"}, now) is None


@pytest.mark.parametrize(
    ("operator", "value", "seen", "holds"),
    [
        ("includes", "vip", ["new", "VIP"], True),
        ("includes", "vip", ["vips"], False),
        ("includes", "a, b", ["a, b"], True),
        ("includes", "a, b", ["a", "b"], False),
        ("does not include", "vip", ["new"], True),
        ("does not include", "vip", ["Vip"], False),
        ("includes any", ["a", "b"], ["b", "c"], True),
        ("includes any", "a, b", ["c"], False),
        ("includes all", ["a", "b"], ["c", "b", "a"], True),
        ("includes all", "a, b", ["B", "A"], True),
        ("includes all", "a, b", ["a"], False),
        ("is empty", None, ["a"], False),
        ("is empty", None, [], True),
        ("is not empty", None, ["a"], True),
        ("is not empty", None, [], False),
    ],
)
@pytest.mark.parametrize("field", ["interests", "tags"])
def test_collection(field, operator, value, seen, holds):
    assert _holds(field, operator, value, seen) is holds


@pytest.mark.parametrize(("field", "operator"), EVERY_OPERATOR)
@pytest.mark.parametrize("missing", [MISSING, None, "", " ", []])
def test_only_negative_operators_hold_where_nothing_is_known(field, operator, missing):
    holds = _holds(field, operator.word, VALUES[operator.takes], missing)

    assert holds is (operator.word in _NEGATIVE)


@given(st.sampled_from(["plan", "orders", "interests"]), JSON, JSON)
def test_an_operator_and_its_denial_never_agree(field, value, seen):
    pair = {"plan": ("is", "is not"), "orders": ("is", "is not")}.get(
        field, ("includes", "does not include")
    )
    definitions = [
        {"filters": [{"field": field, "operator": word, "value": value}]} for word in pair
    ]
    if check(definitions[0], TYPES):
        return

    yes, no = (
        compile_audience(each, TYPES).first_mismatch({field: seen}, NOW) is None
        for each in definitions
    )

    assert yes is not no
