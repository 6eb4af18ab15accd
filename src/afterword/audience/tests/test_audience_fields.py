import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.audience.fields import BUILT_IN_FIELDS, field_key
from afterword.audience.tests.audiences import NOW, an_audience, the_filter


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


@given(st.lists(st.sampled_from([*BUILT_IN_FIELDS, "plan", "company", "firstName"])))
def test_keys_of_fields_and_properties_never_collide(names):
    prefixed = {"properties." + name for name in names}
    keys = {field_key(name) for name in {*names} | prefixed}

    assert len(keys) == len({*names} | prefixed)
    assert keys.isdisjoint(BUILT_IN_FIELDS)
