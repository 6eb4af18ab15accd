import json
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from afterword.campaigns.audience import (
    BUILT_IN_FIELDS,
    OPERATORS_BY_TYPE,
    Audience,
    check,
    compile_audience,
    field_key,
)
from afterword.customers.values import PropertyType

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TYPES = {
    "plan": PropertyType.TEXT,
    "orders": PropertyType.NUMBER,
    "signup_date": PropertyType.DATE,
    "interests": PropertyType.COLLECTION,
    "phone": PropertyType.NUMBER,
    "properties.x": PropertyType.TEXT,
}
MISSING = object()


def _audience(*filters: tuple[object, ...], match: str = "all") -> Audience:
    keys = ("field", "operator", "value")
    definition = {
        "match": match,
        "filters": [dict(zip(keys, each, strict=False)) for each in filters],
    }
    assert check(definition, TYPES) == []
    return compile_audience(definition, TYPES)


def _holds(field: str, operator: str, value: object, seen: object) -> bool:
    customer = {} if seen is MISSING else {field: seen}
    return _audience((field, operator, value)).first_mismatch(customer, NOW) is None


def _problems(*filters: object) -> list[str]:
    return check({"filters": list(filters)}, TYPES)


# ---- operators


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
    audience = _audience(("signup_date", "exactly days ago", 0))
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


_VALUES = {
    "none": None,
    "text": "x",
    "number": 5,
    "date": "2026-11-23",
    "days": 5,
    "list": ["x"],
    "pair": [1, 2],
}
_NEGATIVE = {"is not", "does not contain", "does not exist", "does not include", "is empty"}
_EVERY_OPERATOR = [
    (field, operator)
    for field in ("plan", "orders", "signup_date", "interests")
    for operator in OPERATORS_BY_TYPE[TYPES[field]]
]


@pytest.mark.parametrize(("field", "operator"), _EVERY_OPERATOR)
@pytest.mark.parametrize("missing", [MISSING, None, "", " ", []])
def test_only_negative_operators_hold_where_nothing_is_known(field, operator, missing):
    holds = _holds(field, operator.word, _VALUES[operator.takes], missing)

    assert holds is (operator.word in _NEGATIVE)


@pytest.mark.parametrize(("field", "operator"), _EVERY_OPERATOR)
def test_every_operator_is_understood_by_word_label_and_other_spellings(field, operator):
    for spelling in (
        operator.label,
        operator.word.upper(),
        operator.word.replace(" ", "_"),
        operator.word.title().replace(" ", ""),
        operator.word.replace("does not", "doesn't").replace("is not", "isn't"),
    ):
        audience = _audience((field, spelling, _VALUES[operator.takes]))
        assert audience.filters[0].operator == operator.word


@pytest.mark.parametrize(
    ("field", "alias", "value", "word"),
    [
        ("plan", "=", "x", "is"),
        ("plan", "!=", "x", "is not"),
        ("plan", "is empty", None, "does not exist"),
        ("orders", "≥", 1, "at least"),
        ("orders", "<", 1, "less than"),
        ("signup_date", "<", "2026-11-23", "before"),
        ("signup_date", "is", "2026-11-23", "on"),
        ("signup_date", "is more than", 30, "more than days ago"),
        ("signup_date", "less than N days ago", 30, "less than days ago"),
        ("tags", "contains", "x", "includes"),
        ("tags", "exists", None, "is not empty"),
    ],
)
def test_other_words_for_operators(field, alias, value, word):
    assert _audience((field, alias, value)).filters[0].operator == word


# ---- fields


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("country", "country"),
        ("firstName", "first_name"),
        ("company", "company_name"),
        ("companyName", "company_name"),
        ("lastSurveyedAt", "last_surveyed_at"),
        ("last_survey_date", "last_surveyed_at"),
        (" plan ", "plan"),
        ("properties.plan", "plan"),
        ("properties.phone", "properties.phone"),
        ("properties.properties.x", "properties.properties.x"),
    ],
)
def test_fields_have_several_spellings_and_one_key(spelling, key):
    assert _audience((spelling, "exists")).filters[0].field == key


def test_a_property_named_like_a_field_has_a_key_and_a_type_of_its_own():
    audience = _audience(("properties.phone", "greater than", 5), ("phone", "contains", "+420"))

    assert field_key("phone") == "properties.phone"
    assert audience.first_mismatch({"phone": "+420 1", field_key("phone"): 6}, NOW) is None


@given(st.lists(st.sampled_from([*BUILT_IN_FIELDS, "plan", "company", "firstName"])))
def test_keys_of_fields_and_properties_never_collide(names):
    prefixed = {"properties." + name for name in names}
    keys = {field_key(name) for name in {*names} | prefixed}

    assert len(keys) == len({*names} | prefixed)
    assert keys.isdisjoint(BUILT_IN_FIELDS)


def test_the_names_of_an_api_client_are_taken_too():
    definition = {"filters": [{"name": "country", "op": "is", "value": "USA"}]}

    assert check(definition, {}) == []
    assert compile_audience(definition, {}).filters[0].field == "country"


def test_types_may_be_plain_text():
    definition = {"filters": [{"field": "n", "operator": ">", "value": 1}]}

    assert check(definition, {"n": cast(PropertyType, "number")}) == []


# ---- all and any


@pytest.mark.parametrize("definition", [None, {}, {"match": "any"}, {"filters": []}])
def test_without_filters_everyone_is_inside(definition):
    assert check(definition, {}) == []
    assert compile_audience(definition, {}).first_mismatch({}, NOW) is None


def test_all_tells_the_first_filter_that_failed_and_what_it_saw():
    audience = _audience(("plan", "exists"), ("country", "is", "USA"), ("orders", "at least", 5))

    mismatch = audience.first_mismatch({"plan": "pro", "country": "France", "orders": 1}, NOW)

    assert mismatch is not None
    assert mismatch.detail == {
        "field": "country",
        "operator": "is",
        "value": "USA",
        "seen": "France",
    }


def test_any_needs_one_filter():
    audience = _audience(("country", "is", "USA"), ("orders", ">", 5), match="any")

    assert audience.first_mismatch({"country": "France", "orders": 6}, NOW) is None


def test_any_tells_all_filters_when_none_held():
    audience = _audience(("country", "is", "USA"), ("orders", ">", 5), match="ANY")

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
    audience = _audience(
        ("signup_date", "before", "11/23/2000"), ("tags", "includes", "x"), match="any"
    )

    mismatch = audience.first_mismatch({"signup_date": NOW, "tags": ["y" * 999] * 999}, NOW)

    assert mismatch is not None
    assert mismatch.detail["value"] == "2000-11-23T00:00:00Z"
    assert mismatch.detail["seen"] == "2026-11-23T09:30:00+00:00"
    assert len(json.dumps(mismatch.detail)) < 6000


# ---- definitions that are wrong


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


# ---- whatever comes

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_WORDS = st.sampled_from(sorted({operator.word for _, operator in _EVERY_OPERATOR}))
_FIELDS = st.sampled_from([*BUILT_IN_FIELDS, *TYPES])
_SPECS = st.fixed_dictionaries(
    {"field": _FIELDS | _JSON, "operator": _WORDS | _JSON, "value": _JSON}
)
_DEFINITIONS = _JSON | st.fixed_dictionaries(
    {"match": st.sampled_from(["all", "any"]) | _JSON, "filters": st.lists(_SPECS, max_size=4)}
)
_CUSTOMERS = st.dictionaries(_FIELDS, _JSON | st.datetimes(timezones=st.just(UTC)))


@given(_DEFINITIONS, _CUSTOMERS)
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


_FINE_FILTERS = st.lists(
    st.sampled_from(
        [(field, operator.word, _VALUES[operator.takes]) for field, operator in _EVERY_OPERATOR]
    ),
    min_size=1,
    max_size=4,
)


@given(_FINE_FILTERS, _CUSTOMERS)
def test_all_is_every_filter_and_any_is_some_filter(filters, customer):
    alone = [_audience(each).first_mismatch(customer, NOW) is None for each in filters]

    together = _audience(*filters).first_mismatch(customer, NOW) is None
    either = _audience(*filters, match="any").first_mismatch(customer, NOW) is None

    assert together is all(alone)
    assert either is any(alone)


@given(st.sampled_from(["plan", "orders", "interests"]), _JSON, _JSON)
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


@given(_FINE_FILTERS)
def test_what_was_compiled_compiles_to_itself(filters):
    first = _audience(*filters).filters

    assert _audience(*((each.field, each.operator, each.value) for each in first)).filters == first
