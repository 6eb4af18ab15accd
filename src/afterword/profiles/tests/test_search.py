"""A search finds the same by walking through the list and by trigrams."""

import pytest
from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from afterword.audience.fold import VARIANTS, fold
from afterword.audience.sql_text import Sql
from afterword.customers.models import Customer
from afterword.customers.search_texts import write_search_texts
from afterword.flow import process_events
from afterword.profiles.listing import asked, search
from afterword.profiles.listing.search import INDEXED, few_named, named, trigrams_of
from tests.factories import NOW, a_campaign, a_customer, a_member, a_track, a_workspace
from tests.imports import import_all

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
@pytest.mark.parametrize("waits", [True, False], ids=["at once", "later"])
def test_both_ways_find_the_same(text, waits):
    workspace = a_workspace()
    for fields in PEOPLE:
        a_customer(workspace, **fields)
    other = a_customer(a_workspace(), first_name="Ann", last_name="Novák")
    if not waits:
        write_search_texts()

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
    write_search_texts()

    assert few_named("customer", workspace.id, NOW) is None


def test_where_many_wait_for_their_texts_all_are_looked_at(monkeypatch):
    monkeypatch.setattr(search, "FEW", 1)
    workspace, other = a_workspace(), a_workspace()
    for _ in range(2):
        a_customer(workspace)

    assert few_named("nobody", workspace.id, NOW) is None
    assert few_named("nobody", other.id, NOW)


def emails(text, workspace):
    few = few_named(text, workspace.id, NOW)
    assert few
    return set(Customer.objects.filter(id__in=found(few)).values_list("email", flat=True))


def test_whom_an_event_makes_known_or_renames_is_found_at_once():
    workspace = a_campaign().workspace
    for name in ("Zoe", "Mia"):
        traits = {"firstName": name}
        a_track(workspace, "ann@example.com", context={"traits": traits}, received_at=NOW)
        process_events(workspace.id, NOW)

        assert emails(name.lower(), workspace) == {"ann@example.com"}
        write_search_texts()

    assert emails("zoe", workspace) == set()


@pytest.mark.django_db(transaction=True)
def test_whom_a_file_makes_known_or_renames_is_found_at_once(transactional_db):
    member = a_member()
    for name in ("Zoe", "Mia"):
        import_all(member, f"email,First name\nann@example.com,{name}\n")

        assert emails(name.lower(), member.workspace) == {"ann@example.com"}
        write_search_texts()

    assert emails("zoe", member.workspace) == set()


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
