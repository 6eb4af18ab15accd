"""Conditions on customers: who is found, and that nothing in a filter becomes SQL."""

from uuid import uuid4

import pytest

from afterword.audience.definition import compile_audience
from afterword.audience.sql import asked_of_the_event, condition_of, matching
from afterword.audience.sql_text import Sql, joined, sql
from afterword.audience.tests.audiences import NOW, TYPES, an_audience
from afterword.customers.models import Customer
from tests.factories import a_customer, a_workspace


def test_parts_bring_their_parameters_in_their_order():
    inner = sql("f({})", 1)

    assert sql("{} = {} AND {}", inner, "x", inner) == Sql("f(%s) = %s AND f(%s)", (1, "x", 1))
    assert joined([inner, Sql("TRUE")], "OR") == Sql("(f(%s) OR TRUE)", (1,))


@pytest.mark.parametrize(
    "field", ["plan", "orders", "signup_date", "interests", "is_vip", "properties.x"]
)
def test_no_value_and_no_name_becomes_sql(field):
    odd = f"{uuid4()}'%s"
    types = {f"{name}{odd}": kind for name, kind in TYPES.items()}
    spec = {"field": field + odd, "operator": "exists"}

    condition = condition_of(compile_audience({"filters": [spec]}, types), NOW)

    assert odd not in condition.text
    assert condition.text.count("%s") == len(condition.params)


@pytest.mark.django_db
def test_customers_are_found_among_those_asked_for():
    workspace = a_workspace()
    ann = a_customer(workspace, country="USA", properties={"orders": 5})
    a_customer(workspace, country="USA", properties={"orders": 4})
    elsewhere = a_customer(a_workspace(), country="usa", properties={"orders": 6})
    audience = an_audience(("country", "is", "USA"), ("orders", "at least", 5))

    found = Customer.objects.filter(matching(audience, NOW)).order_by("id")

    assert list(found) == [ann, elsewhere]
    assert list(found.filter(workspace=workspace)) == [ann]


@pytest.mark.django_db
def test_without_filters_everybody_is_found_and_by_a_broken_one_nobody():
    ann = a_customer(a_workspace())
    broken = compile_audience({"filters": [{"field": "gone", "operator": "is not"}]}, {})

    assert list(Customer.objects.filter(matching(an_audience(), NOW))) == [ann]
    assert not Customer.objects.filter(matching(broken, NOW)).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("stored", ["x", 5, True, None, ["x"], {"x": 1}])
@pytest.mark.parametrize("field", ["plan", "orders", "signup_date", "interests", "is_vip"])
def test_a_value_of_another_type_breaks_no_search(stored, field):
    a_customer(a_workspace(), properties={field: stored})
    operator, value = {
        "plan": ("is", "x"),
        "orders": ("at least", 5),
        "signup_date": ("on", "2026-11-23"),
        "interests": ("includes", "x"),
        "is_vip": ("is true", None),
    }[field]

    audience = an_audience((field, operator, value))

    assert Customer.objects.filter(matching(audience, NOW)).count() in {0, 1}


def test_what_only_an_event_has_is_told():
    audience = an_audience(("event.a", "is", "x"), ("plan", "exists"), ("event.b", "exists"))

    assert asked_of_the_event(audience) == ["event.a", "event.b"]
