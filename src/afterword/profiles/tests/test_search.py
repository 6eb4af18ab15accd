"""A search finds the same by walking through the list and by trigrams."""

import pytest
from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from afterword.audience.fold import VARIANTS, fold
from afterword.audience.sql_text import Sql
from afterword.customers.models import Customer
from afterword.profiles.listing import asked, search
from afterword.profiles.listing.search import INDEXED, few_named, named, trigrams_of
from tests.factories import NOW, a_customer, a_member, a_workspace

pytestmark = pytest.mark.django_db

PEOPLE = [
    {"first_name": "Ann", "last_name": "NOVÁK", "company_name": "Straße & Söhne"},
    {"first_name": "ИВАН", "last_name": "Петров", "company_name": "ΟΔΥΣΣΕΥΣ"},
    {"first_name": "李", "last_name": "小龍先生", "company_name": "Ꭰꭰꭱ"},
    {"first_name": "Ira", "last_name": "Mi\u017fs", "company_name": "Kelvin"},
]


def found(condition):
    rows = Customer.objects.filter(RawSQL(condition.text, condition.params, BooleanField()))
    return set(rows.values_list("id", flat=True))


@pytest.mark.parametrize(
    "text",
    ["nov", "ovák", "NOVÁK ann", "strasse", "STRAẞE", "иванов", "иван", "ПЕТР", "οδυσσ", "小龍先",
     "kelvin", "miss", "example.com", "customer", "ꭰꭰꭱ", "ann novák", "nov\\", "%%%", "n\nn"],
)  # fmt: skip
def test_both_ways_find_the_same(text):
    workspace = a_workspace()
    for fields in PEOPLE:
        a_customer(workspace, **fields)
    other = a_customer(a_workspace(), first_name="Ann", last_name="Novák")

    few = few_named(text, workspace.id, NOW)

    assert few
    assert found(few) == found(named(text, NOW)) - {other.id}


@pytest.mark.parametrize("text", ["", "a", "an no", "ꭰꭰꭱ"])
def test_what_has_no_trigram_that_is_known_is_looked_for_in_everybody(text):
    assert trigrams_of(text) == []


def test_what_many_have_is_left_to_whoever_walks_through_the_list(monkeypatch):
    monkeypatch.setattr(search, "FEW", 1)
    workspace = a_workspace()
    for _ in range(2):
        a_customer(workspace)

    assert few_named("customer", workspace.id, NOW) is None


def test_the_index_folds_every_letter_that_the_search_counts_on():
    letters = [one for to, many in VARIANTS.items() if ord(to) < INDEXED for one in many]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT letter, customers_trigrams(repeat(letter, 3)) FROM unnest(%s::text[]) letter",
            [letters],
        )
        wrong = [each for each, [first, *_] in cursor if first != fold(each * 3)[:3]]

    assert wrong == []


def test_who_is_not_met_soon_is_found_by_trigrams(client, monkeypatch):
    monkeypatch.setattr(asked, "WALK_SECONDS", 0)
    member = a_member()
    client.force_login(member.user)
    a_customer(member.workspace, email="ann@example.com")
    a_customer(member.workspace, email="bob@example.com")
    slow = "pg_sleep(0.01) IS NOT NULL AND customers_customer.email LIKE '%%ann%%'"
    monkeypatch.setattr(asked, "named", lambda *_: Sql(slow))

    page = client.get("/customers", {"q": "ann"})

    assert [line.customer.email for line in page.context["lines"]] == ["ann@example.com"]
