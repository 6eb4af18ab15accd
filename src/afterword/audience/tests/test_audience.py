import json

from hypothesis import given

from afterword.audience.tests.audiences import CUSTOMERS, FINE_FILTERS, NOW, an_audience


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


@given(FINE_FILTERS, CUSTOMERS)
def test_all_is_every_filter_and_any_is_some_filter(filters, customer):
    alone = [an_audience(each).first_mismatch(customer, NOW) is None for each in filters]

    together = an_audience(*filters).first_mismatch(customer, NOW) is None
    either = an_audience(*filters, match="any").first_mismatch(customer, NOW) is None

    assert together is all(alone)
    assert either is any(alone)
