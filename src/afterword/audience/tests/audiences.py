"""Audiences for tests, and strategies of what they are made from."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from afterword.audience.definition import check, compile_audience
from afterword.audience.fields import BUILT_IN_FIELDS
from afterword.audience.match import Audience, Filter
from afterword.audience.operators import OPERATORS_BY_TYPE
from afterword.customers.values import PropertyType
from tests.strategies import JSON

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TYPES = {
    "plan": PropertyType.TEXT,
    "orders": PropertyType.NUMBER,
    "signup_date": PropertyType.DATE,
    "interests": PropertyType.COLLECTION,
    "is_vip": PropertyType.BOOLEAN,
    "phone": PropertyType.NUMBER,
    "properties.x": PropertyType.TEXT,
}
VALUES = {
    "none": None,
    "text": "x",
    "number": 5,
    "date": "2026-11-23",
    "days": 5,
    "list": ["x"],
    "pair": [1, 2],
}
EVERY_OPERATOR = [
    (field, operator)
    for field in ("plan", "orders", "signup_date", "interests", "is_vip")
    for operator in OPERATORS_BY_TYPE[TYPES[field]]
]

FIELDS = st.sampled_from([*BUILT_IN_FIELDS, *TYPES])
CUSTOMERS = st.dictionaries(FIELDS, JSON | st.datetimes(timezones=st.just(UTC)))
FINE_FILTERS = st.lists(
    st.sampled_from(
        [(field, operator.word, VALUES[operator.takes]) for field, operator in EVERY_OPERATOR]
    ),
    min_size=1,
    max_size=4,
)


def an_audience(*filters: tuple[object, ...], match: str = "all") -> Audience:
    keys = ("field", "operator", "value")
    definition = {
        "match": match,
        "filters": [dict(zip(keys, each, strict=False)) for each in filters],
    }
    return a_grouped(definition)


def the_filter(audience: Audience) -> Filter:
    [found] = audience.each_filter()
    return found


def a_grouped(definition: dict[str, Any]) -> Audience:
    assert check(definition, TYPES) == []
    return compile_audience(definition, TYPES)
