"""An audience as a condition on rows of customers: the same meaning as in Python."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from afterword.audience.conditions import DENIALS, prepare
from afterword.audience.fields import BUILT_IN_FIELDS, property_of
from afterword.audience.later_fields import later_fields
from afterword.audience.match import Audience, Filter, Group
from afterword.audience.operators import find_operator
from afterword.audience.sql_tests import TESTS, WRITTEN_DATE_TESTS
from afterword.audience.sql_text import Sql, joined, sql
from afterword.customers.values import PropertyType

_TABLE = "customers_customer"
_PROPERTIES = f"{_TABLE}.properties"
# A property as its type has it in SQL; of another type than its own nothing is known.
_PROPERTY = {
    PropertyType.TEXT: f"({_PROPERTIES} ->> {{}})",
    PropertyType.NUMBER: (
        f"(CASE jsonb_typeof({_PROPERTIES} -> {{}}) "
        f"WHEN 'number' THEN ({_PROPERTIES} -> {{}})::numeric END)"
    ),
    PropertyType.DATE: f"""(({_PROPERTIES} ->> {{}}) COLLATE "C")""",
    PropertyType.COLLECTION: (
        f"jsonb_array_elements_text(CASE jsonb_typeof({_PROPERTIES} -> {{}}) "
        f"WHEN 'array' THEN {_PROPERTIES} -> {{}} END)"
    ),
    PropertyType.BOOLEAN: (
        f"(CASE jsonb_typeof({_PROPERTIES} -> {{}}) "
        f"WHEN 'boolean' THEN ({_PROPERTIES} -> {{}})::boolean END)"
    ),
}


def matching(audience: Audience, now: datetime) -> RawSQL:
    """Return the condition for `Customer.objects.filter`.

    The audience must not look at the event's own properties: no customer has them.
    """
    condition = condition_of(audience, now)
    return RawSQL(condition.text, condition.params, BooleanField())  # noqa: S611  (our own words)


def asked_of_the_event(audience: Audience) -> list[str]:
    """Return the fields that only an event has, and no search for customers can look at."""
    return list(dict.fromkeys(each.field for each in audience.each_filter() if each.is_of_event))


def condition_of(audience: Audience, now: datetime) -> Sql:
    """Return the condition on a row of `customers_customer`; it is true, or not true."""
    return _all_or_any(audience, now.astimezone(UTC))


def _all_or_any(of: Audience | Group, now: datetime) -> Sql:
    parts = [
        _all_or_any(each, now) if isinstance(each, Group) else _holds(each, now)
        for each in of.filters
    ]
    return joined(parts, "AND" if of.match == "all" else "OR") if parts else Sql("TRUE")


def _holds(each: Filter, now: datetime) -> Sql:
    if each.problem or each.kind is None:
        return Sql("FALSE")
    assert not each.is_of_event, each.field
    operator = find_operator(each.kind, each.operator)
    assert operator, each.operator
    word = DENIALS.get(operator.word, operator.word)
    value, is_written = _value(each.field, each.kind)
    tests = WRITTEN_DATE_TESTS if is_written else TESTS[each.kind]
    wanted = prepare(each.kind, operator.takes, each.value)
    positive = tests[word](value, wanted, now)
    return positive if word == operator.word else sql("({}) IS NOT TRUE", positive)


def _value(key: str, kind: PropertyType) -> tuple[Sql, bool]:
    """Return a field's value, and whether it is a date that is written as text."""
    later = later_fields().get(key)
    if later or key in BUILT_IN_FIELDS:
        value = Sql(later.sql if later else f"{_TABLE}.{key}")
        return (sql("unnest({})", value) if kind is PropertyType.COLLECTION else value), False
    template = _PROPERTY[kind]
    names: Sequence[str] = [property_of(key)] * template.count("{}")
    return sql(template, *names), kind is PropertyType.DATE
