"""An audience means the same in Python and in SQL: drawn filters and customers, real PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterword.audience.definition import compile_audience
from afterword.audience.fields import built_in_fields, field_key
from afterword.audience.later_fields import read_later
from afterword.audience.match import Audience
from afterword.audience.operators import OPERATORS_BY_TYPE
from afterword.audience.sql import matching
from afterword.audience.tests.audiences import NOW
from afterword.campaigns.models import Campaign
from afterword.core import bulk
from afterword.core.ids import new_id
from afterword.core.instants import parse_instant
from afterword.customers.models import Customer
from afterword.customers.own_fields import read_own_fields, read_tags
from afterword.customers.record import OWN_COLUMNS, Record
from afterword.customers.upsert import store
from afterword.customers.values import Problem, PropertyType, convert
from afterword.feedback.models import Response
from afterword.feedback.risk.models import AtRisk
from afterword.surveys.models import Survey
from tests.factories import a_campaign

pytestmark = pytest.mark.django_db

TYPES = {
    "plan": PropertyType.TEXT,
    "properties.x": PropertyType.TEXT,
    "it's %s \"": PropertyType.TEXT,
    "orders": PropertyType.NUMBER,
    "country": PropertyType.NUMBER,  # not the field
    "renewal": PropertyType.DATE,
    "createdDate": PropertyType.DATE,
    "interests": PropertyType.COLLECTION,
    "is_vip": PropertyType.BOOLEAN,
}
STEPS = [timedelta(0), timedelta(microseconds=1), timedelta(seconds=1), timedelta(hours=-9.5)]


@pytest.fixture
def db_campaign(db):
    return a_campaign()


# ---- the values of both sides: few, so that filters often meet their like

# What folds to one letter, to several, to none, lies beyond the first plane, or SQL may take amiss.
POOL: dict[PropertyType, list[Any]] = {
    PropertyType.TEXT: [
        *("yes", "No"),
        *("a", "A", "ba", "AB", "stra\u00dfe", "STRASSE", "Stra\u1e9ee", "s", "\u00df", "\u017fs"),
        *(
            "\u00e9",
            "E\u0301",
            "e",
            "\u0130",
            "i\u0307",
            "\u0131",
            "I",
            "\u03c3\u03c2",
            "\u03a3\u03a3",
        ),
        *(
            "\u212a",
            "k",
            "\ufb03",
            "ffi",
            "\U00010400",
            "\U00010428",
            "%",
            "_",
            "\\",
            "'",
            '"',
            "{a,b}",
        ),
        *("NULL", "a b", " a\u2003", "a, b", "5", "\x00", ""),
    ],
    PropertyType.NUMBER: [
        *(0, -0.0, 1, 1.0, 0.1, 0.30000000000000004, -5, 10**20, 1e20, 1e308, 5e-324),
        *(2**53, 2.0**53, 2**53 + 1, 1.2345678901234567e20, 123456789012345670000),
        *(int(1.2345678901234567e20), 10**300, "1,5"),
    ],
    PropertyType.DATE: [
        *(
            (NOW - timedelta(days=days) + step).isoformat()
            for days in range(-1, 3)
            for step in STEPS
        ),
        *("2026-11-23", "2026-11-22T23:59:59Z", "2026-11-24", "0001-01-01", "9999-12-31T23:59:59Z"),
    ],
    PropertyType.COLLECTION: [
        *([], ["a"], ["A", "b"], ["ab"], ["stra\u00dfe", "e"], ["STRASSE"], ["E\u0301", "a"]),
        *(["NULL"], ["{a}", '"'], ["a, b"], ["\\", "'"]),
    ],
    PropertyType.BOOLEAN: [True, False, "Yes", "no", 1, 0, "", "maybe"],
}
VALUES = {
    PropertyType.TEXT: st.sampled_from(POOL[PropertyType.TEXT]) | st.text(max_size=3),
    PropertyType.NUMBER: st.sampled_from(POOL[PropertyType.NUMBER])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(10**30), 10**30),
    PropertyType.DATE: st.sampled_from(POOL[PropertyType.DATE]),
    PropertyType.COLLECTION: st.sampled_from(POOL[PropertyType.COLLECTION])
    | st.lists(st.text(max_size=3), max_size=3),
    PropertyType.BOOLEAN: st.sampled_from(POOL[PropertyType.BOOLEAN]),
}
WANTED: dict[str, st.SearchStrategy[object]] = {
    "none": st.none(),
    "text": VALUES[PropertyType.TEXT],
    "number": VALUES[PropertyType.NUMBER],
    "date": VALUES[PropertyType.DATE],
    "days": st.integers(0, 3) | st.just(36_500),
    "list": VALUES[PropertyType.COLLECTION],
    "pair": st.lists(VALUES[PropertyType.NUMBER], min_size=2, max_size=2),
}
INSTANTS = st.sampled_from(
    [NOW - timedelta(days=days) + step for days in range(-1, 3) for step in STEPS]
)
WORDS = VALUES[PropertyType.COLLECTION]
TEXTS = VALUES[PropertyType.TEXT]


@st.composite
def filters(draw) -> dict[str, object]:
    kinds = {field_key(name): kind for name, kind in TYPES.items()} | built_in_fields()
    field = draw(st.sampled_from(sorted(kinds)))
    operator = draw(st.sampled_from(OPERATORS_BY_TYPE[kinds[field]]))
    return {"field": field, "operator": operator.word, "value": draw(WANTED[operator.takes])}


def _matched(members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, object]]:
    matches = st.sampled_from(["all", "any"])
    return st.fixed_dictionaries(
        {"match": matches, "filters": st.lists(members, min_size=1, max_size=3)}
    )


DEFINITIONS = _matched(filters() | _matched(filters()))


@dataclass
class Drawn:
    record: Record
    scores: list[int]
    is_at_risk: bool = False


@st.composite
def customers(draw) -> Drawn:
    """What the store is given of a customer, made from what was sent."""
    sent = {name: draw(VALUES[kind]) for name, kind in TYPES.items() if draw(st.booleans())}
    properties = {name: convert(value, TYPES[name]) for name, value in sent.items()}
    own = {column: draw(TEXTS) for column in OWN_COLUMNS if draw(st.booleans())}
    record = Record(
        new_id(),
        draw(st.none() | st.builds(lambda id_: f"ann{id_.hex}@example.com", st.uuids())),
        draw(st.sampled_from(["Segment", "api", "CSV"])),
        draw(INSTANTS),
        last_surveyed_at=draw(st.none() | INSTANTS),
        is_new=True,
    )
    record.properties = {
        name: value
        for name, value in properties.items()
        if value is not None and not isinstance(value, Problem)
    }
    record.own |= read_own_fields(own)
    record.tags = read_tags(draw(WORDS))
    return Drawn(record, draw(st.lists(st.integers(-1, 2), max_size=2)), draw(st.booleans()))


# ---- both tongues


def in_python(audience: Audience, drawn: list[Drawn], now: datetime) -> set[UUID]:
    later = read_later(["last_score", "at_risk"], [each.record.id for each in drawn])
    return {
        each.record.id
        for each in drawn
        if audience.first_mismatch(_fields(each.record, later), now) is None
    }


def _fields(record: Record, later: dict[UUID, dict[str, object]]) -> dict[str, object]:
    properties = {field_key(name): value for name, value in record.properties.items()}
    return properties | record.built_in_fields() | later.get(record.id, {})


def in_sql(audience: Audience, now: datetime) -> set[UUID]:
    return set(Customer.objects.filter(matching(audience, now)).values_list("id", flat=True))


def keep(campaign: Campaign, drawn: list[Drawn]) -> None:
    """Store the customers in the place of those before."""
    Customer.objects.filter(workspace=campaign.workspace).delete()
    records = [each.record for each in drawn]
    store(campaign.workspace_id, records, {}, "Segment", NOW)
    surveyed = [{"id": each.id, "last_surveyed_at": each.last_surveyed_at} for each in records]
    bulk.update(Customer, surveyed, ("last_surveyed_at",))
    answers = [
        answer
        for each in drawn
        for days, score in enumerate(each.scores)
        for answer in [_answer(campaign, each.record.id, NOW + timedelta(days=days), score)]
    ]
    Survey.objects.bulk_create([answer.survey for answer in answers if answer.survey])
    Response.objects.bulk_create(answers)
    AtRisk.objects.bulk_create(_at_risk(campaign, each) for each in drawn if each.is_at_risk)


def _at_risk(campaign: Campaign, drawn: Drawn) -> AtRisk:
    return AtRisk(
        customer_id=drawn.record.id,
        workspace=campaign.workspace,
        since=NOW,
        reason="worst",
        metric="nps",
        score=0,
        judged_at=NOW,
    )


def _answer(campaign: Campaign, customer_id: UUID, at: datetime, score: int) -> Response:
    common: dict[str, Any] = {
        "workspace": campaign.workspace,
        "campaign": campaign,
        "customer_id": customer_id,
        "metric": "nps",
        "created_at": at,
    }
    survey = Survey(
        template=campaign.template, occasion_kind="hand", occasion_id=new_id(), **common
    )
    return Response(survey=survey, score=score, updated_at=at, **common)


@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(customers(), min_size=4, max_size=8),
    st.lists(DEFINITIONS, min_size=3, max_size=3),
    st.sampled_from(STEPS),
)
def test_python_and_sql_give_one_answer(db_campaign, drawn, definitions, step):
    keep(db_campaign, drawn)
    for definition in definitions:
        audience = compile_audience(definition, TYPES)

        assert in_sql(audience, NOW + step) == in_python(audience, drawn, NOW + step)


# ---- every operator, with each value of the one side and each of the other

WANTED_POOL: dict[str, list[Any]] = {
    "none": [None],
    "text": POOL[PropertyType.TEXT],
    "number": POOL[PropertyType.NUMBER],
    "date": POOL[PropertyType.DATE],
    "days": [0, 1, 2, 36_500],
    "list": POOL[PropertyType.COLLECTION],
    "pair": [[low, high] for low in POOL[PropertyType.NUMBER] for high in (1, 10**20)],
}
OF_EACH_KIND = {
    "plan": PropertyType.TEXT,
    "city": PropertyType.TEXT,
    "orders": PropertyType.NUMBER,
    "renewal": PropertyType.DATE,
    "created_at": PropertyType.DATE,
    "interests": PropertyType.COLLECTION,
    "tags": PropertyType.COLLECTION,
    "is_vip": PropertyType.BOOLEAN,
}


def _with(field: str, kind: PropertyType, value: Any) -> Drawn:
    record = Record(new_id(), None, "api", NOW, is_new=True)
    if field == "city":
        record.own |= read_own_fields({field: value})
    elif field == "tags":
        record.tags = read_tags(value)
    elif field == "created_at":
        record.created_at = parse_instant(value) or NOW
    elif not isinstance(stored := convert(value, kind), Problem | None):
        record.properties = {field: stored}
    return Drawn(record, [])


@pytest.mark.parametrize(("field", "kind"), OF_EACH_KIND.items())
def test_every_value_and_operator_have_one_answer(db_campaign, field, kind):
    drawn = [_with(field, kind, value) for value in POOL[kind]]
    keep(db_campaign, drawn)
    for operator in OPERATORS_BY_TYPE[kind]:
        for wanted in WANTED_POOL[operator.takes]:
            asked = {"field": field, "operator": operator.word, "value": wanted}
            audience = compile_audience({"filters": [asked]}, TYPES)
            for now in {NOW, NOW + STEPS[1]} if operator.takes == "days" else {NOW}:
                assert in_sql(audience, now) == in_python(audience, drawn, now), asked
