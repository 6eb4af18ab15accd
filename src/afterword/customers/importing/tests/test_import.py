"""Rows become customers, once, whatever happens; the same file again changes nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from afterword.core import failpoints
from afterword.core.clock import database_now
from afterword.customers.importing import forget, stage, take_over
from afterword.customers.importing.kind import report
from afterword.customers.importing.models import Import, Piece, Row
from afterword.customers.models import Change, Customer, Tag
from afterword.customers.properties import property_types
from afterword.customers.values import PropertyType
from afterword.long_work.kinds import Line
from afterword.long_work.models import State
from afterword.long_work.start import cancel
from afterword.long_work.turn import work_once
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import suppress
from tests.factories import a_customer, a_member, a_property
from tests.imports import a_file, counts, customer, import_all, refused, start_import
from tests.long_work import stored, work_until_done

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = """email,First name,Last name,Company,Job title,Phone,City,State,Country,Tags,plan,Seats,\
Since
Ann@Example.com ,Ann,Lee,Acme,CEO,+1 555 0100,Austin,TX,USA,"vip, new",pro,12,11/23/2026
bob@example.com,Bob,Ray,Acme,,,,,,,free,,
"""


@pytest.fixture
def member(transactional_db):
    return a_member()


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(stage, "AT_ONCE", 4)
    monkeypatch.setattr(take_over, "AT_ONCE", 3)


def test_every_column_arrives_in_its_place(member):
    work = import_all(member, PEOPLE)

    assert work.state == State.DONE
    assert counts(work) == {"good": 2, "new": 2}
    assert (work.done, work.total) == (2, 2)
    ann = customer(member, "ann@example.com")
    assert (ann.full_name, ann.company_name, ann.job_title) == ("Ann Lee", "Acme", "CEO")
    assert (ann.phone, ann.city, ann.state, ann.country) == ("+1 555 0100", "Austin", "TX", "USA")
    assert ann.tags == ["vip", "new"]
    assert ann.properties == {"plan": "pro", "Seats": 12, "Since": "2026-11-23T00:00:00Z"}
    assert ann.source == "CSV"
    assert ann.company
    assert ann.company.name == "Acme"
    assert customer(member, "bob@example.com").properties == {"plan": "free"}
    assert set(Tag.objects.values_list("name", flat=True)) == {"vip", "new"}
    assert property_types(member.workspace_id) == {
        "plan": PropertyType.TEXT, "Seats": PropertyType.NUMBER, "Since": PropertyType.DATE,
    }  # fmt: skip


def test_the_same_file_again_changes_nothing(member):
    import_all(member, PEOPLE)
    before = list(Customer.objects.order_by("email").values())

    work = import_all(member, PEOPLE)

    assert counts(work) == {"good": 2, "unchanged": 2}
    assert list(Customer.objects.order_by("email").values()) == before
    assert not Change.objects.exists()


def test_who_is_known_is_updated_and_keeps_their_source(member):
    known = a_customer(member.workspace, email="ann@example.com", city="Brno", tags=["old"])

    work = import_all(member, PEOPLE)

    assert counts(work) == {"good": 2, "new": 1, "updated": 1}
    known.refresh_from_db()
    assert (known.city, known.source, known.tags) == ("Austin", "Segment", ["old", "vip", "new"])
    change = Change.objects.get()
    assert (change.customer, change.by) == (known, member.user)
    assert "city" in change.fields


def test_who_is_known_is_left_alone_if_only_new_ones_are_wanted(member):
    known = a_customer(member.workspace, email="ann@example.com", city="Brno")

    work = import_all(member, PEOPLE, updates=False)

    assert counts(work) == {"good": 2, "new": 1, "left_alone": 1}
    known.refresh_from_db()
    assert known.city == "Brno"


@pytest.mark.parametrize(("removes", "left"), [(False, "Lee"), (True, "")])
def test_an_empty_cell_leaves_or_removes_what_is_known(member, removes, left):
    a_property(member.workspace, "plan")
    known = a_customer(
        member.workspace, email="ann@example.com", last_name="Lee", city="Brno", tags=["old"],
        properties={"plan": "pro"},
    )  # fmt: skip

    import_all(member, "email,last name,plan,tags\nann@example.com,,,\n", empties_remove=removes)

    known.refresh_from_db()
    assert (known.last_name, known.city) == (left, "Brno")
    assert known.properties == ({} if removes else {"plan": "pro"})
    assert known.tags == ([] if removes else ["old"])


def test_what_a_newer_event_said_stays(member):
    later = (timezone.now() + timedelta(hours=1)).isoformat(timespec="microseconds")
    known = a_customer(
        member.workspace, email="ann@example.com", city="Brno", changed_at={"city": later}
    )

    work = import_all(member, "email,city\nann@example.com,Austin\n")

    known.refresh_from_db()
    assert known.city == "Brno"
    assert counts(work) == {"good": 1, "unchanged": 1}


def test_of_an_address_that_comes_twice_the_last_row_wins(member, small_batches):
    rows = "".join(f"a{number % 5}@example.com,Name {number}\n" for number in range(20))

    work = import_all(member, f"email,first name\n{rows}")

    assert counts(work) == {"good": 20, "new": 5}
    names = Customer.objects.order_by("email").values_list("first_name", flat=True)
    assert list(names) == [f"Name {number}" for number in range(15, 20)]


REPEATED = """email,First name,City,Tags,plan,Seats
ann@example.com,Ann,Austin,vip,pro,12
ann@example.com,,Boston,new,,
bob@example.com,Bob,Brno,,,
Ann@example.com,Anne,,,free,
"""


@pytest.mark.parametrize("removes", [False, True])
def test_rows_of_one_customer_add_up_in_order(member, small_batches, removes):
    work = import_all(member, REPEATED, empties_remove=removes)

    ann = customer(member, "ann@example.com")
    assert (ann.first_name, ann.city, ann.tags) == ("Anne", "Boston", ["vip", "new"])
    assert ann.properties == {"plan": "free", "Seats": 12}
    assert counts(work) == {"good": 4, "new": 2}
    assert Line("The same address again", "2") in report(work)


def test_rows_that_end_up_at_what_is_known_change_nothing(member):
    import_all(member, REPEATED)

    work = import_all(member, REPEATED)

    assert counts(work) == {"good": 4, "unchanged": 2}
    assert not Change.objects.exists()


def test_empty_cells_in_all_rows_of_a_customer_remove_what_is_known(member):
    known = a_customer(member.workspace, email="ann@example.com", city="Brno", tags=["old"])

    import_all(member, "email,city,tags\n" + "ann@example.com,,\n" * 2, empties_remove=True)

    known.refresh_from_db()
    assert (known.city, known.tags) == ("", [])


def test_a_full_name_is_split(member):
    import_all(member, "Email,Name\nann@example.com,Ann Marie Lee\nyuki@example.com,雪\n")

    ann, yuki = customer(member, "ann@example.com"), customer(member, "yuki@example.com")
    assert (ann.first_name, ann.last_name) == ("Ann", "Marie Lee")
    assert (yuki.first_name, yuki.last_name) == ("雪", "")


def test_who_is_suppressed_stays_so(member):
    suppress(
        member.workspace_id, "ann@example.com", SuppressionReason.UNSUBSCRIBED, how="test",
        now=timezone.now(),
    )  # fmt: skip

    import_all(member, PEOPLE)

    assert customer(member, "ann@example.com").unsubscribed_at
    assert not customer(member, "bob@example.com").unsubscribed_at


def test_what_cannot_be_taken_over_is_refused_with_its_reason(member):
    a_property(member.workspace, "Since", "date")
    rows = [
        "ann@example.com,13/45/2020",
        "not an address,11/23/2026",
        ",11/23/2026",
        "bob@example.com,11/23/2026,too,many",
        'eve@example.com,"11/23/2026',
        "nul@example.com,\0",
        "",
        "zoe@example.com",
        "good@example.com,11/23/2026",
    ]

    work = import_all(member, "email,Since\n" + "\n".join(rows))

    why = refused(work)
    assert counts(work) == {"good": 2, "new": 2, "refused": 6}
    assert sorted(why) == [2, 3, 4, 5, 6, 7]
    assert "Since: Expected a date" in why[2]
    assert "13/45/2020" in why[2]
    assert "no e-mail address" in why[3]
    assert why[4] == "It has no e-mail address."
    assert "4 cells, and the header 2" in why[5]
    assert "quote" in why[6]
    assert "NUL" in why[7]


def test_names_in_every_script_arrive(member):
    names = [
        "Žofie Žlutá",
        "Иван Петров",
        "山田 太郎",
        "محمد علي",
        "יעל כהן",
        "สมชาย ใจดี",
        "👩‍🚀 Ada",
    ]
    rows = "".join(f"n{at}@example.com,{name}\n" for at, name in enumerate(names))

    import_all(member, f"email,name\n{rows}".encode("utf-16"))

    found = [one.full_name for one in Customer.objects.order_by("email")]
    assert found == names


@pytest.mark.parametrize("at", [1, 3, 4, 5, 7])
@pytest.mark.parametrize("line", ["before_batch_commit", "after_batch_commit"])
def test_who_dies_between_batches_neither_loses_nor_doubles(
    member, small_batches, monkeypatch, line, at
):
    a_customer(member.workspace, email="a3@example.com", first_name="Old")
    rows = "".join(f"a{number}@example.com,Name {number}\n" for number in range(11))
    work = start_import(member, f"email,first name\n{rows}no address,x\n")
    monkeypatch.setattr(failpoints, "_armed", f"{line}:exception:{at}")
    monkeypatch.setattr(failpoints, "_reached", 0)
    try:
        work_until_done()
    except RuntimeError:
        assert not stored(work).ended_at or line == "after_batch_commit"

    work_until_done()

    work = stored(work)
    assert counts(work) == {"good": 11, "new": 10, "updated": 1, "refused": 1}
    assert (work.state, work.done, work.total) == (State.DONE, 12, 12)
    names = Customer.objects.values_list("email", "first_name")
    assert sorted(names) == sorted((f"a{n}@example.com", f"Name {n}") for n in range(11))
    assert Row.objects.count() == 12


def test_a_batch_that_takes_too_long_ends_early_and_the_next_goes_on(member, monkeypatch):
    monkeypatch.setattr(stage, "SECONDS", 0)
    work = start_import(member, "email\nann@example.com\nnobody\n\n\nbob@example.com\n")

    assert work_once()
    assert counts(stored(work)) == {"good": 1}
    work_until_done()

    assert counts(stored(work)) == {"good": 2, "new": 2, "refused": 1}
    assert list(refused(work)) == [3]


def test_a_cancelled_import_keeps_what_is_there(member, small_batches):
    rows = "".join(f"a{number}@example.com\n" for number in range(10))
    work = start_import(member, f"email\n{rows}")
    while not Customer.objects.exists():
        work_once()

    cancel(work, database_now())
    work_until_done()

    assert Customer.objects.count() == 3
    assert stored(work).report["new"] == 3


def test_a_batch_costs_a_fixed_number_of_queries(member, django_assert_max_num_queries):
    def cost(rows):
        lines = "".join(
            f"{rows}-{n}@example.com,Company {rows}-{n},{rows}-{n}\n" for n in range(rows)
        )
        start_import(member, f"email,company,tags\n{lines}")
        with django_assert_max_num_queries(90) as asked:
            assert work_until_done() == 3
        return len(asked)

    assert cost(300) == cost(3)


def test_the_file_and_its_rows_are_forgotten_and_refused_rows_are_kept_for_a_while(member):
    import_all(member, "email\nann@example.com\nnobody\n")
    now = database_now()

    forget.forget_old(now)
    assert not Piece.objects.exists()
    assert list(Row.objects.values_list("line", flat=True)) == [3]

    forget.forget_old(now + timedelta(days=31))
    assert not Row.objects.exists()


def test_what_nobody_starts_is_forgotten(member):
    a_file(member, PEOPLE)
    forget.forget_old(database_now() + timedelta(hours=1))
    assert Import.objects.exists()

    forget.forget_old(database_now() + timedelta(days=2))
    assert not Import.objects.exists()
