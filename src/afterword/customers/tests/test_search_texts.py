"""What customers are found by is written for everybody, once, whatever happens."""

from collections.abc import Iterator

import psycopg
import pytest

from afterword.core import failpoints
from afterword.core.line import conninfo
from afterword.customers import search_texts
from afterword.customers.models import Customer, SearchText, StaleSearchText
from afterword.customers.search_texts import write_search_texts
from tests.factories import NOW, a_customer, a_workspace

pytestmark = pytest.mark.django_db


def texts() -> list[str]:
    return sorted(SearchText.objects.values_list("text", flat=True))


@pytest.fixture
def another_connection() -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo()) as other:
        yield other


def test_it_has_names_address_and_company():
    a_customer(a_workspace(), email="ann@x.org", first_name="Ann", last_name="Lee",
               company_name="Acme")  # fmt: skip
    a_customer(a_workspace(), email=None, first_name="Bob")

    write_search_texts()

    assert texts() == ["Ann Lee\nann@x.org\nAcme", "Bob \n\n"]
    assert not StaleSearchText.objects.exists()


@pytest.mark.parametrize("column", ["first_name", "last_name", "email", "company_name"])
def test_who_is_renamed_is_written_anew(column):
    a_customer(a_workspace(), email="ann@x.org")
    write_search_texts()

    for name in ("zoe", "Zoe"):
        Customer.objects.update(**{column: name})
    assert StaleSearchText.objects.count() == 2
    write_search_texts()

    assert "Zoe" in texts()[0]
    assert not StaleSearchText.objects.exists()


def test_nothing_else_makes_it_stale():
    customer = a_customer(a_workspace(), first_name="Ann")
    write_search_texts()

    Customer.objects.update(last_surveyed_at=NOW, first_name="Ann")
    customer.city = "Austin"
    customer.save()

    assert not StaleSearchText.objects.exists()


def test_it_works_off_what_waits_in_pieces(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(search_texts, "AT_ONCE", 2)
    workspace = a_workspace()
    for _ in range(3):
        a_customer(workspace)

    with django_assert_num_queries(2 * 7):  # savepoints among them
        write_search_texts()

    assert len(texts()) == 3


def test_who_is_killed_loses_nothing(monkeypatch):
    a_customer(a_workspace(), email="ann@x.org")
    monkeypatch.setattr(failpoints, "_armed", "before_search_texts_commit:exception")
    monkeypatch.setattr(failpoints, "_reached", 0)
    with pytest.raises(RuntimeError, match="failpoint"):
        write_search_texts()
    assert (texts(), StaleSearchText.objects.count()) == ([], 1)

    write_search_texts()

    assert (len(texts()), StaleSearchText.objects.count()) == (1, 0)


def test_who_is_deleted_takes_it_along():
    workspace = a_workspace()
    a_customer(workspace)
    write_search_texts()
    a_customer(workspace)

    Customer.objects.all().delete()
    write_search_texts()

    assert (texts(), StaleSearchText.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_nobody_who_deletes_a_customer(another_connection):
    workspace = a_workspace()
    leaving, staying = (a_customer(workspace, email=f"{name}@x.org") for name in ("ann", "bob"))
    another_connection.execute("DELETE FROM customers_customer WHERE id = %s", [leaving.id])

    write_search_texts()

    assert texts() == [" \nbob@x.org\n"]
    assert [one.customer_id for one in StaleSearchText.objects.all()] == [leaving.id]
    another_connection.commit()
    write_search_texts()
    assert [one.customer_id for one in SearchText.objects.all()] == [staying.id]
    assert not StaleSearchText.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_only_one_at_a_time_writes(another_connection):
    a_customer(a_workspace())
    another_connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('search texts', 0))")

    write_search_texts()

    assert texts() == []
