import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword import joining  # noqa: F401  (registers the fields of later stages)
from afterword.audience.definition import check, compile_audience
from afterword.audience.fields import BUILT_IN_FIELDS, field_key, find_field
from afterword.audience.tests.audiences import NOW, a_grouped, an_audience, the_filter
from afterword.customers.values import PropertyType


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
    assert the_filter(an_audience((spelling, "exists"))).field == key


def test_a_property_named_like_a_field_has_a_key_and_a_type_of_its_own():
    audience = an_audience(("properties.phone", "greater than", 5), ("phone", "contains", "+420"))

    assert field_key("phone") == "properties.phone"
    assert audience.first_mismatch({"phone": "+420 1", field_key("phone"): 6}, NOW) is None


def test_a_property_called_as_a_field_is_in_another_spelling_is_the_one_meant():
    types = {"createdDate": PropertyType.TEXT, "country": PropertyType.NUMBER}

    assert find_field("createdDate", types) == ("properties.createdDate", PropertyType.TEXT)
    assert find_field("created_at", types) == ("created_at", PropertyType.DATE)
    assert find_field("country", types) == ("country", PropertyType.TEXT)
    assert find_field("properties.createdDate", {}) is None


def test_a_field_of_a_later_stage_is_one_among_the_others():
    types = {"last_score": PropertyType.TEXT, "lastScore": PropertyType.TEXT}

    assert find_field("last_score", types) == ("last_score", PropertyType.NUMBER)
    assert find_field("lastScore", {}) == ("last_score", PropertyType.NUMBER)
    assert find_field("lastScore", types) == ("properties.lastScore", PropertyType.TEXT)
    assert [field_key(name) for name in types] == ["properties.last_score", "properties.lastScore"]


@given(st.lists(st.sampled_from([*BUILT_IN_FIELDS, "plan", "company", "firstName"])))
def test_keys_of_fields_and_properties_never_collide(names):
    prefixed = {"properties." + name for name in names}
    keys = {field_key(name) for name in {*names} | prefixed}

    assert len(keys) == len({*names} | prefixed)
    assert keys.isdisjoint(BUILT_IN_FIELDS)


# ---- the triggering event's own properties


@pytest.mark.parametrize(
    ("spec", "seen", "is_inside"),
    [
        ({"operator": "is", "value": "Web"}, "web", True),
        ({"operator": "is", "value": "5"}, 5.0, True),
        ({"operator": ">", "value": "5"}, 6, True),
        ({"operator": ">", "value": "5"}, "4", False),
        ({"operator": "less than days ago", "value": 2}, "2026-11-22", True),
        ({"operator": "includes", "value": "vip"}, ["VIP"], True),
        ({"operator": "is not", "value": "web"}, None, True),
        ({"operator": "is", "value": 5, "type": "number"}, "5.00", True),
        ({"operator": "exists", "type": "collection"}, ["a"], True),
    ],
)
def test_an_events_own_property_needs_no_definition(spec, seen, is_inside):
    audience = a_grouped({"filters": [{"field": "event.channel", **spec}]})

    assert (audience.first_mismatch({"event.channel": seen}, NOW) is None) is is_inside
    assert compile_audience(audience.definition, {}) == audience


def test_a_property_called_like_an_events_own_has_a_key_of_its_own():
    types = {"event.x": PropertyType.NUMBER}

    assert field_key("event.x") == "properties.event.x"
    assert find_field("properties.event.x", types) == ("properties.event.x", PropertyType.NUMBER)


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"type": "map", "operator": "is"}, '"map" is no type; use one of: text, number, date'),
        ({"type": "number", "operator": "contains"}, '"contains" does not fit event.x, a number'),
        ({"operator": "resembles"}, '"resembles" does not fit event.x, a text'),
    ],
)
def test_what_is_wrong_with_a_filter_on_the_event_is_told(spec, problem):
    [told] = check({"filters": [{"field": "event.x", "value": "x", **spec}]}, {})

    assert problem in told
