import json
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from afterword.audience.definition import check, compile_audience
from afterword.audience.tests.audiences import (
    CUSTOMERS,
    EVERY_OPERATOR,
    FIELDS,
    FINE_FILTERS,
    NOW,
    TYPES,
    a_grouped,
    an_audience,
    the_filter,
)
from afterword.customers.values import PropertyType
from tests.strategies import JSON


def test_the_names_of_an_api_client_are_taken_too():
    definition = {"filters": [{"name": "country", "op": "is", "value": "USA"}]}

    assert check(definition, {}) == []
    assert the_filter(compile_audience(definition, {})).field == "country"


def test_types_may_be_plain_text():
    definition = {"filters": [{"field": "n", "operator": ">", "value": 1}]}

    assert check(definition, {"n": cast(PropertyType, "number")}) == []


@pytest.mark.parametrize("definition", [None, {}, {"match": "any"}, {"filters": []}])
def test_without_filters_everyone_is_inside(definition):
    assert check(definition, {}) == []
    assert compile_audience(definition, {}).first_mismatch({}, NOW) is None


@given(FINE_FILTERS)
def test_what_was_compiled_compiles_to_itself(filters):
    first = an_audience(*filters)

    again = a_grouped(first.definition)

    assert again == first


# ---- definitions that are wrong


def _problems(*filters: object) -> list[str]:
    return check({"filters": list(filters)}, TYPES)


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        (
            {"field": "contry", "operator": "is", "value": "USA"},
            'Filter 1: There is no field or property called "contry"; did you mean "country"?',
        ),
        (
            {"field": "zzz", "operator": "is", "value": "x"},
            'Filter 1: There is no field or property called "zzz"; '
            "define a property of that name first.",
        ),
        ({"operator": "is", "value": "x"}, "Filter 1: It names no field"),
        ({"field": 5, "operator": "is", "value": "x"}, "Filter 1: It names no field"),
        (
            {"field": "plan", "operator": "greater than", "value": 5},
            'Filter 1: "greater than" does not fit plan, a text; use one of: is, is not,',
        ),
        ({"field": "plan", "value": 5}, "Filter 1: nothing does not fit plan"),
        ({"field": "plan", "operator": "is"}, "plan is: It needs a value to compare with."),
        ({"field": "plan", "operator": "is", "value": "  "}, "It needs a value"),
        (
            {"field": "orders", "operator": ">", "value": "many"},
            'orders greater than: Expected a number such as 39.95; got "many".',
        ),
        ({"field": "orders", "operator": "between", "value": [1]}, "Expected two numbers"),
        ({"field": "orders", "operator": "between", "value": [1, "x", 2]}, "Expected two numbers"),
        ({"field": "orders", "operator": "between", "value": 5}, "Expected two numbers"),
        (
            {"field": "signup_date", "operator": "before", "value": "soon"},
            "Expected a date such as",
        ),
        (
            {"field": "signup_date", "operator": "more than days ago", "value": 1.5},
            "signup_date more than … days ago: Expected a whole number of days",
        ),
        ({"field": "signup_date", "operator": "older than", "value": -1}, "number of days"),
        ({"field": "signup_date", "operator": "older than", "value": 10**9}, "number of days"),
        ({"field": "signup_date", "operator": "older than", "value": "x"}, "number of days"),
        ({"field": "tags", "operator": "includes", "value": ["a", "b"]}, "Expected a text"),
        ({"field": "tags", "operator": "includes any", "value": [["a"]]}, "Expected a list"),
        (
            {"field": "plan", "operator": "is", "vaule": "x"},
            '"vaule" means nothing here; use field, operator, value',
        ),
        ("plan is x", "It must be an object with field, operator and value."),
    ],
)
def test_a_wrong_filter_is_told_how_to_be_mended(spec, problem):
    (message,) = _problems(spec)

    assert problem in message


def test_every_wrong_filter_is_told_by_its_number():
    fine = {"field": "plan", "operator": "exists"}

    messages = _problems({"field": "a"}, fine, {"field": "b"})

    assert [message.split(":")[0] for message in messages] == ["Filter 1", "Filter 3"]


@pytest.mark.parametrize(
    ("definition", "problem"),
    [
        ([], "The audience must be an object with match and filters."),
        ("all", "The audience must be an object with match and filters."),
        ({"match": 10**5000}, 'match must be "all" or "any".'),
        ({"match": "none"}, 'match must be "all" or "any".'),
        ({"filters": {}}, "filters must be a list"),
        ({"filters": "country"}, "filters must be a list"),
        ({"filter": []}, '"filter" means nothing here; use match, filters.'),
    ],
)
def test_a_wrong_definition_is_told_and_lets_nobody_in(definition, problem):
    assert problem in check(definition, {})[0]
    assert compile_audience(definition, {}).first_mismatch({"country": "USA"}, NOW) is not None


@pytest.mark.parametrize("operator", ["is", "is not", "does not exist"])
def test_a_filter_on_a_property_that_is_gone_holds_for_nobody_and_says_so(operator):
    gone = {"filters": [{"field": "tier", "operator": operator, "value": "x"}]}

    mismatch = compile_audience(gone, {}).first_mismatch({"tier": "x"}, NOW)

    assert mismatch is not None
    assert mismatch.detail["field"] == "tier"
    assert 'no field or property called "tier"' in str(mismatch.detail["problem"])


# ---- groups

FINE = {"field": "plan", "operator": "exists"}


@pytest.mark.parametrize(
    ("group", "problem"),
    [
        ({"filters": [FINE, {"field": "zzz"}]}, "Filter 2.2: There is no field or property called"),
        ({"filters": []}, "Filter 2: A group needs a filter."),
        ({"match": "one", "filters": [FINE]}, 'Filter 2: match must be "all" or "any".'),
        ({"filters": FINE}, "Filter 2: filters must be a list"),
        ({"filters": [FINE], "field": "plan"}, 'Filter 2: "field" means nothing here'),
        ({"filters": [{"filters": [FINE]}]}, "Filter 2.1: A group holds filters alone"),
    ],
)
def test_what_is_wrong_in_a_group_is_told_by_its_place(group, problem):
    (message,) = _problems(FINE, group)

    assert message.startswith(problem)


def test_filters_in_groups_count_too():
    group = {"match": "any", "filters": [FINE] * 10}

    assert _problems(group, group) == []
    assert _problems(group, group, FINE) == ["An audience has at most 20 filters."]


# ---- whatever comes

_WORDS = st.sampled_from(sorted({operator.word for _, operator in EVERY_OPERATOR}))
_SPECS = st.fixed_dictionaries({"field": FIELDS | JSON, "operator": _WORDS | JSON, "value": JSON})
_MATCHES = st.sampled_from(["all", "any"]) | JSON
_GROUPS = st.fixed_dictionaries({"match": _MATCHES, "filters": st.lists(_SPECS, max_size=3)})
_DEFINITIONS = JSON | st.fixed_dictionaries(
    {"match": _MATCHES, "filters": st.lists(_SPECS | _GROUPS, max_size=4)}
)


@given(_DEFINITIONS, CUSTOMERS)
@example({"filters": [{"field": 10**5000, "operator": 10**5000, "value": 10**5000}]}, {})
@example({"filters": [{"field": "plan", "operator": 10**5000, "value": [[]]}]}, {})
@example({"filters": [{"field": "orders", "operator": "is", "value": 10**5000}]}, {})
@example({"filters": [{"field": "orders", "operator": "is", "value": 1}]}, {"orders": 10**5000})
def test_any_definition_compiles_and_a_wrong_one_lets_nobody_in(definition, customer):
    audience = compile_audience(definition, TYPES)

    mismatch = audience.first_mismatch(customer, NOW)

    if check(definition, TYPES) and audience.match == "all":
        assert mismatch is not None
    if mismatch is not None:
        json.dumps(mismatch.detail, allow_nan=False)
