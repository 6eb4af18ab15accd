import csv
import io

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterword.core import failpoints
from afterword.core.clock import database_now
from afterword.core.csv_cells import BOM
from afterword.customers.amend import give_value
from afterword.customers.converting import work as converting
from afterword.customers.converting.recast import recast
from afterword.customers.converting.work import NotNow, begin
from afterword.customers.importing.begin import begin as begin_import
from afterword.customers.importing.kind import IMPORT
from afterword.customers.models import Change, Property
from afterword.customers.properties import CannotBeChanged, delete, holders, rename
from afterword.customers.values import Problem, PropertyType
from afterword.decisions.facts import load_listening
from afterword.long_work.models import Work
from afterword.long_work.turn import work_once
from tests.factories import a_campaign, a_customer, a_member, a_property
from tests.imports import a_file, downloaded
from tests.locks import beside, waits_for_us
from tests.long_work import work_until_done

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


@pytest.fixture
def seats(member):
    return a_property(member.workspace, "seats")


def holding(member, *values):
    return [a_customer(member.workspace, properties={"seats": one}) for one in values]


def text(response):
    return " ".join(response.content.decode().split())


def look(client, prop, kind):
    return text(client.get(reverse("properties:type", args=[prop.id]), {"type": kind}))


def change(client, prop, kind):
    address = reverse("properties:type", args=[prop.id])
    return client.post(address, {"type": kind}, follow=True)


def values(customers):
    for one in customers:
        one.refresh_from_db()
    return [one.properties.get("seats") for one in customers]


def test_what_was_broken_off_can_be_gone_on_with(client, member, seats, monkeypatch):
    monkeypatch.setattr(converting, "BATCH", 1)
    customers = holding(member, "1", "2", "3")
    change(client, seats, "number")
    work_once()
    Work.objects.update(cancelled_at=timezone.now(), ended_at=timezone.now())

    assert "broken off" in look(client, seats, "number")
    change(client, seats, "number")
    work_until_done()

    assert values(customers) == [1, 2, 3]
    assert "broken off" not in look(client, seats, "number")


def test_what_somebody_else_changed_meanwhile_is_said(client, member, seats):
    stale = Property.objects.get(id=seats.id)
    rename(seats, "places")

    with pytest.raises(CannotBeChanged, match="renamed it to places"):
        rename(stale, "chairs")
    Property.objects.all().delete()
    with pytest.raises(CannotBeChanged, match="deleted it"):
        delete(stale)


# ---- a value


@pytest.mark.parametrize(
    ("value", "kind", "became"),
    [
        ("39.95", "number", 39.95),
        ("11/23/2026", "date", "2026-11-23T00:00:00Z"),
        ("a, b", "collection", ["a", "b"]),
        ("Yes", "boolean", True),
        (5, "text", "5"),
        (1, "boolean", True),
        (["a", "b"], "text", "a, b"),
        (["5"], "number", 5),
        (True, "text", "true"),
        (False, "number", 0),
        (True, "collection", ["true"]),
        (",", "collection", None),
    ],
)
def test_what_fits_becomes_what_the_new_type_says(value, kind, became):
    found = recast(value, PropertyType(kind))

    assert found == became
    assert type(found) is type(became)


@pytest.mark.parametrize(
    ("value", "kind"), [("soon", "date"), (7, "boolean"), (True, "date"), (["a", "b"], "number")]
)
def test_what_does_not_fit_is_a_problem(value, kind):
    assert isinstance(recast(value, PropertyType(kind)), Problem)


# ---- before


def test_the_page_tells_what_would_become_of_the_values_and_does_nothing(client, member, seats):
    customers = holding(member, "5", "1,200", "a few")
    a_customer(member.workspace)

    page = look(client, seats, "number")

    assert "<strong>3 customers</strong> have a value" in page
    assert "<dt>Fit</dt><dd>2; of them" in page
    assert '<q dir="auto">1,200</q>, which becomes <q dir="auto">1200</q></dd>' in page
    assert "<dt>Do not fit</dt><dd>1, such as" in page
    assert "&quot;a few&quot;" in page
    assert values(customers) == ["5", "1,200", "a few"]
    seats.refresh_from_db()
    assert seats.type == "text"


def test_where_not_all_are_looked_at_the_page_says_of_how_many_it_speaks(
    client, member, seats, monkeypatch
):
    monkeypatch.setattr("afterword.customers.converting.foresee.LOOKED_AT", 2)
    holding(member, "5", "6", "7")

    page = look(client, seats, "number")

    assert "<strong>3 customers</strong> have a value; 2 of them were looked at." in page


@pytest.mark.django_db(transaction=True)
def test_those_that_do_not_fit_can_be_downloaded(member, seats):
    ann, _ = holding(member, "a few", "5")

    data = downloaded(member, f"/settings/properties/{seats.id}/unfit.csv?type=number")

    rows = list(csv.reader(io.StringIO(data.decode().removeprefix(BOM))))
    assert rows == [
        ["customerId", "email", "seats", "problem"],
        [str(ann.id), ann.email, "a few", 'Expected a number such as 39.95; got "a few".'],
    ]


def test_who_asks_by_what_the_new_type_lacks_is_named_before_and_asks_nobody_then(
    client, member, seats
):
    def asking(operator, value):
        filters = [{"field": "seats", "operator": operator, "value": value}]
        return {"match": "all", "filters": filters}

    vain = a_campaign(member.workspace, name="By part", audience=asking("contains", "5"))
    a_campaign(member.workspace, name="By value", audience=asking("is", "5"))

    page = look(client, seats, "number")
    change(client, seats, "number")

    assert "<strong>By part</strong> has a filter that a number cannot answer" in page
    assert "By value" not in page
    for name in ("insights:campaign", "campaigns:audience"):
        said = text(client.get(reverse(name, args=[vain.id])))
        assert "does not fit seats, a number" in said


@pytest.mark.parametrize("kind", ["text", "nonsense", ""])
def test_a_type_that_is_none_or_the_same_is_refused(client, seats, kind):
    assert change(client, seats, kind).status_code == 422
    assert not Work.objects.exists()


# ---- done


def test_values_follow_the_type_and_the_report_counts_what_became_of_them(client, member, seats):
    customers = holding(member, "5", "a few", "6.5")

    page = text(change(client, seats, "number"))
    work_until_done()

    seats.refresh_from_db()
    assert seats.type == "number"
    assert "Change seats from text to number" in page
    assert values(customers) == [5, None, 6.5]
    assert Work.objects.get().report == {"converted": 2, "kept": 0, "removed": 1}
    [change_] = Change.objects.all()
    assert (change_.customer, change_.by, change_.fields) == (customers[1], member.user, ["seats"])


def test_whoever_dies_in_a_batch_loses_nothing_and_does_nothing_twice(
    client, member, seats, monkeypatch
):
    monkeypatch.setattr(converting, "BATCH", 2)
    customers = holding(member, *"12345")
    change(client, seats, "number")

    for _ in range(2):
        work_once()
        monkeypatch.setattr(failpoints, "_armed", "before_batch_commit:exception")
        monkeypatch.setattr(failpoints, "_reached", 0)
        with pytest.raises(RuntimeError, match="failpoint"):
            work_once()
        monkeypatch.setattr(failpoints, "_armed", "")
    work_until_done()

    assert values(customers) == [1, 2, 3, 4, 5]
    assert Work.objects.get().report == {"converted": 5, "kept": 0, "removed": 0}


def test_what_was_written_by_who_had_read_the_old_type_is_converted_too(
    client, member, seats, monkeypatch
):
    monkeypatch.setattr(converting, "BATCH", 1)
    ann, bob = holding(member, "1", "2")
    change(client, seats, "number")
    work_once()

    ann.properties = {"seats": "3"}
    ann.save(update_fields=["properties"])
    work_until_done()

    assert values([ann, bob]) == [3, 2]


@pytest.mark.django_db(transaction=True)
def test_the_change_waits_for_a_batch_that_has_read_the_old_type(member, seats):
    with beside() as start, transaction.atomic():
        assert load_listening(member.workspace_id).types == {"seats": "text"}
        changing = start(lambda: begin(member, seats, PropertyType.NUMBER, database_now()))
        assert waits_for_us(changing)
        [bob] = holding(member, "7")
    assert changing.result().parameters["to"] == "number"
    work_until_done()

    assert values([bob]) == [7]


@pytest.mark.django_db(transaction=True)
def test_the_change_waits_for_who_writes_a_value_by_hand(member, seats):
    [ann] = holding(member, "5")
    with beside() as start, transaction.atomic():
        ids, now = [ann.id], database_now()
        give_value(member.workspace_id, member.user, ids, now, name="seats", said="7")
        changing = start(lambda: begin(member, seats, PropertyType.NUMBER, database_now()))
        assert waits_for_us(changing)
    assert changing.result().parameters["to"] == "number"
    work_until_done()

    assert values([ann]) == [7]


@pytest.mark.django_db(transaction=True)
def test_an_import_that_starts_in_the_same_moment_comes_first(member, seats):
    file = a_file(member, "Email,seats\nann@example.com,7\n")
    with beside() as start, transaction.atomic():
        begin_import(file, IMPORT, file.targets, database_now())
        changing = start(lambda: begin(member, seats, PropertyType.NUMBER, database_now()))
        assert waits_for_us(changing)

    with pytest.raises(NotNow, match="An import is running"):
        changing.result()


def test_where_holders_are_dear_to_count_the_work_starts_without_their_number(
    client, member, seats, monkeypatch
):
    monkeypatch.setattr("afterword.customers.converting.foresee.SECONDS_TO_COUNT", 0)
    monkeypatch.setattr(
        "afterword.customers.converting.foresee.holders",
        lambda prop: holders(prop).extra(where=["pg_sleep(0.05) IS NOT NULL"]),
    )
    customers = holding(member, "5")

    change(client, seats, "number")
    assert Work.objects.get().total is None
    work_until_done()

    assert values(customers) == [5]


def test_the_property_stays_what_it_is_until_its_values_are_converted(client, member, seats):
    holding(member, "5")
    change(client, seats, "number")

    again = change(client, seats, "date")
    renamed = client.post(reverse("properties:edit", args=[seats.id]), {"name": "chairs"})
    deleted = client.post(reverse("properties:delete", args=[seats.id]), follow=True)

    assert "being converted already" in text(again)
    assert (again.status_code, renamed.status_code) == (422, 422)
    assert "seats is not deleted" in text(deleted)
    work_until_done()
    assert client.post(reverse("properties:delete", args=[seats.id])).status_code == 302


def test_a_batch_costs_the_same_whatever_its_size(
    client, member, seats, django_assert_max_num_queries
):
    holding(member, *(str(number) for number in range(20)))
    change(client, seats, "number")

    with django_assert_max_num_queries(16):
        work_once()
