import json
from typing import Any

import pytest
from hypothesis import given

from afterword.audience.tests.audiences import CUSTOMERS, FINE_FILTERS, NOW, a_grouped, an_audience


def test_all_tells_the_first_filter_that_failed_and_what_it_saw():
    audience = an_audience(("plan", "exists"), ("country", "is", "USA"), ("orders", "at least", 5))

    mismatch = audience.first_mismatch({"plan": "pro", "country": "France", "orders": 1}, NOW)

    assert mismatch is not None
    assert mismatch.detail == {
        "field": "country",
        "operator": "is",
        "value": "USA",
        "seen": "France",
    }


def test_any_needs_one_filter():
    audience = an_audience(("country", "is", "USA"), ("orders", ">", 5), match="any")

    assert audience.first_mismatch({"country": "France", "orders": 6}, NOW) is None


def test_any_tells_all_filters_when_none_held():
    audience = an_audience(("country", "is", "USA"), ("orders", ">", 5), match="ANY")

    mismatch = audience.first_mismatch({"country": "France"}, NOW)

    assert mismatch is not None
    assert mismatch.detail == {
        "field": "country",
        "operator": "is",
        "value": "USA",
        "seen": "France",
        "others": [{"field": "orders", "operator": "greater than", "value": 5, "seen": None}],
    }


def test_a_detail_is_json_and_short():
    audience = an_audience(
        ("signup_date", "before", "11/23/2000"), ("tags", "includes", "x"), match="any"
    )

    mismatch = audience.first_mismatch({"signup_date": NOW, "tags": ["y" * 999] * 999}, NOW)

    assert mismatch is not None
    assert mismatch.detail["value"] == "2000-11-23T00:00:00Z"
    assert mismatch.detail["seen"] == "2026-11-23T09:30:00+00:00"
    assert len(json.dumps(mismatch.detail)) < 6000


GROUPED: dict[str, Any] = {
    "filters": [
        {"field": "city", "operator": "is", "value": "Brno"},
        {
            "match": "any",
            "filters": [
                {"field": "plan", "operator": "is", "value": "pro"},
                {"field": "orders", "operator": "at least", "value": 5},
            ],
        },
    ]
}


@pytest.mark.parametrize(
    ("match", "inner", "customer", "is_inside"),
    [
        ("all", "any", {"city": "Brno", "orders": 5}, True),
        ("all", "any", {"city": "Brno", "orders": 4}, False),
        ("all", "any", {"orders": 5}, False),
        ("any", "all", {"city": "Brno"}, True),
        ("any", "all", {"plan": "pro", "orders": 5}, True),
        ("any", "all", {"plan": "pro"}, False),
    ],
)
def test_a_group_counts_as_one_filter(match, inner, customer, is_inside):
    group = GROUPED["filters"][1] | {"match": inner}
    audience = a_grouped({"match": match, "filters": [GROUPED["filters"][0], group]})

    assert (audience.first_mismatch(customer, NOW) is None) is is_inside


def test_a_group_that_failed_tells_where_it_stands_and_all_that_it_missed():
    mismatch = a_grouped(GROUPED).first_mismatch({"city": "Brno", "plan": "free"}, NOW)

    assert mismatch is not None
    assert mismatch.detail == {
        "field": "plan",
        "operator": "is",
        "value": "pro",
        "seen": "free",
        "group": 2,
        "others": [
            {"field": "orders", "operator": "at least", "value": 5, "seen": None, "group": 2}
        ],
    }


def test_of_a_group_that_needs_all_the_first_failure_is_told():
    group = GROUPED["filters"][1] | {"match": "all"}

    mismatch = a_grouped(
        {"match": "any", "filters": [group, GROUPED["filters"][0]]}
    ).first_mismatch({"plan": "pro"}, NOW)

    assert mismatch is not None
    assert [mismatch.filter.field, mismatch.others[0].filter.field] == ["orders", "city"]
    assert [mismatch.group, mismatch.others[0].group] == [1, None]


def test_an_audience_is_stored_as_it_was_defined():
    assert a_grouped(GROUPED).definition == {"match": "all", **GROUPED}


@given(FINE_FILTERS, CUSTOMERS)
def test_all_is_every_filter_and_any_is_some_filter(filters, customer):
    alone = [an_audience(each).first_mismatch(customer, NOW) is None for each in filters]

    together = an_audience(*filters).first_mismatch(customer, NOW) is None
    either = an_audience(*filters, match="any").first_mismatch(customer, NOW) is None

    assert together is all(alone)
    assert either is any(alone)
