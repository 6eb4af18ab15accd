"""Bring a file, say what its columns mean, look at what they become, and start it."""

import csv
import io
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from afterword import asgi
from afterword.core.clock import database_now
from afterword.customers.importing import forms
from afterword.customers.importing.begin import begin
from afterword.customers.importing.kind import IMPORT
from afterword.customers.importing.models import Import
from afterword.customers.models import Customer, Property
from afterword.long_work.models import Work
from afterword.workspaces.models import Role
from tests.factories import a_member, a_property
from tests.imports import a_file, downloaded, import_all
from tests.locks import beside, waits_for_us
from tests.long_work import work_until_done

pytestmark = pytest.mark.django_db

PEOPLE = b"Email,Name,Plan size\nann@example.com,Ann Lee,12\nnobody,Bob,3\n"
HTMX = {"HX-Request": "true"}


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def bring(client, content=PEOPLE, name="people.csv"):
    return client.post("/customers/import", {"file": SimpleUploadedFile(name, content)})


def chosen(*targets, **options):
    columns = {f"column_{at}": target for at, target in enumerate(targets)}
    return {"updates": "yes", "empties": "leave", **columns, **options}


def page_of(file):
    return f"/customers/import/{file.id}"


def test_a_file_becomes_customers():
    member = a_member()
    client = signed_in(member)

    answer = bring(client)
    shown = client.get(answer.url).text
    assert "Ann Lee" in shown
    assert "Plan_size, a number" in shown
    assert "1 of the first 2 rows would be refused" in shown
    assert "Line 3:" in shown

    answer = client.post(answer.url, chosen("email", "name", "new:number:Plan_size"))
    work = Work.objects.get()
    assert answer.url == f"/work/{work.id}"
    work_until_done()

    ended = client.get(answer.url).text
    assert "Import people.csv" in ended
    assert "Download them" in ended
    assert Customer.objects.get().properties == {"Plan_size": 12}
    assert "people.csv" in client.get("/customers/import").text
    refused = downloaded(member, f"{page_of(Import.objects.get())}/refused.csv").decode("utf-8-sig")
    [header, row] = csv.reader(io.StringIO(refused, newline=""))
    assert header == ["Email", "Name", "Plan size", "Line", "Refused because"]
    assert row == ["nobody", "Bob", "3", "3", '"nobody" is no e-mail address.']


def test_the_customers_lead_to_the_import():
    assert "/customers/import" in signed_in(a_member()).get("/customers").text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\n\n\n", "it is blank"),
        (b"email,name\n", "a header, and no rows"),
        (b"PK\x03\x04xl/" + b"\0" * 100, "This is an Excel workbook, and no CSV file. Save"),
        (b",".join(b"c%d" % n for n in range(501)) + b"\n1\n", "501 columns; 500 is the most"),
        (b"x" * 5_000_000, "longer than 4 MB"),
        (b'"', "None of its first rows can be read"),
        (b"email\0,name\nann\0@example.com,Ann\n", "None of its first rows can be read"),
    ],
    ids=["empty", "blank", "header alone", "Excel", "too wide", "no lines", "a quote", "NULs"],
)
def test_what_cannot_be_imported_is_refused_at_its_field(content, words):
    answer = bring(signed_in(a_member()), content)

    assert answer.status_code == 422
    assert words in answer.text
    assert not Import.objects.exists()


def test_the_limit_of_a_file_is_said_and_kept(monkeypatch):
    monkeypatch.setattr(forms, "MOST_BYTES", 20)
    client = signed_in(a_member())

    assert "At most 100 MB" in client.get("/customers/import").text
    assert "larger than 100 MB" in bring(client).text


def test_no_file_is_told():
    answer = signed_in(a_member()).post("/customers/import", {})

    assert (answer.status_code, "Choose a file." in answer.text) == (422, True)


def test_without_a_column_of_addresses_nothing_starts():
    member = a_member()
    client = signed_in(member)
    file = a_file(member, "who,where\nAnn,Brno\n")
    assert "Choose the column that holds the e-mail addresses" in client.get(page_of(file)).text

    answer = client.post(page_of(file), chosen("", "own:city"))

    assert answer.status_code == 422
    assert "customers are known by them" in answer.text
    assert not Work.objects.exists()


def test_what_is_no_choice_is_told_at_its_column():
    member = a_member()
    file = a_file(member, "email,plan\nann@example.com,pro\n")

    answer = signed_in(member).post(page_of(file), chosen("email", "property:nobody's"))

    assert answer.status_code == 422
    assert "Choose one of those that are offered." in answer.text
    assert not Work.objects.exists()


def test_five_hundred_columns_are_a_page_that_costs_little(django_assert_max_num_queries):
    member = a_member()
    client = signed_in(member)
    wide = ",".join(["email", *(f"Answer {number}" for number in range(499))])
    client.get(page_of(a_file(member, PEOPLE)))  # templates are read once
    file = a_file(member, f"{wide}\nann@example.com{',yes' * 499}\n")

    began = time.thread_time()
    with django_assert_max_num_queries(20):
        page = client.get(page_of(file)).text
    took = time.thread_time() - began

    assert page.count("<select") >= 500
    assert '<option value="email" selected>E-mail address</option>' in page
    assert took < 0.7  # seconds; it was more than one where each option was a template


def test_two_columns_do_not_fill_the_same():
    member = a_member()
    client = signed_in(member)
    file = a_file(member, PEOPLE)

    answer = client.post(page_of(file), chosen("email", "name", "own:last_name"))

    assert answer.status_code == 422
    assert "“Name” fills Last name already" in answer.text


@pytest.mark.parametrize("target", ["property:unknown", "own:id", "new:number:x", "junk"])
def test_a_made_up_target_is_refused(target):
    member = a_member()
    answer = signed_in(member).post(page_of(a_file(member, PEOPLE)), chosen("email", "", target))

    assert answer.status_code == 422
    assert not Work.objects.exists()


def test_the_preview_follows_the_form():
    member = a_member()
    client = signed_in(member)
    file = a_file(member, PEOPLE)

    shown = client.post(
        f"{page_of(file)}/preview", chosen("email", "own:city", "new:date:Plan_size"), headers=HTMX
    ).text

    assert "Ann Lee" not in shown.split("would be refused")[0]
    assert "2 of the first 2 rows would be refused" in shown
    assert "Plan size: Expected a date" in shown
    assert not Property.objects.exists()
    wrong = client.post(f"{page_of(file)}/preview", chosen("", "", ""), headers=HTMX).text
    assert "customers are known by them" in wrong
    whole = client.post(f"{page_of(file)}/preview", chosen("email", "own:city", "")).text
    assert "<html" in whole


def test_another_encoding_and_separator_can_be_chosen():
    member = a_member()
    client = signed_in(member)
    file = a_file(member, "email;name\nzoe@example.com;Zoë\n".encode("cp1250"))

    client.post(f"{page_of(file)}/reading", {"encoding": "cp1253", "separator": "comma"})
    file.refresh_from_db()
    assert (file.encoding, file.headers) == ("cp1253", ["email;name"])

    client.post(f"{page_of(file)}/reading", {"encoding": "cp1252", "separator": "semicolon"})
    file.refresh_from_db()
    assert file.targets == ["email", "name"]
    assert "Zoë" in client.get(page_of(file)).text


def test_a_file_without_a_header_has_numbered_columns():
    member = a_member()
    file = a_file(member, "Ann,ann@example.com\nBob,bob@example.com\n")

    assert (file.headers, file.targets[1]) == (["Column 1", "Column 2"], "email")
    import_all(member, "ann@example.com\nbob@example.com\n")
    assert Customer.objects.count() == 2


def test_five_hundred_columns_are_mapped_and_shown():
    member = a_member()
    client = signed_in(member)
    header = ",".join(["email", *(f"fact {n}" for n in range(499))])
    row = ",".join(["ann@example.com", *map(str, range(499))])
    file = a_file(member, f"{header}\n{row}\n")

    shown = client.get(page_of(file))
    assert shown.status_code == 200
    assert "more columns" in shown.text
    assert client.post(page_of(file), chosen(*file.targets)).status_code == 302
    work_until_done()
    assert len(Customer.objects.get().properties) == 30


def test_it_is_started_once():
    member = a_member()
    client = signed_in(member)
    file = a_file(member, PEOPLE)

    first = client.post(page_of(file), chosen("email", "", ""))
    again = client.post(page_of(file), chosen("email", "", ""))

    assert first.url == again.url
    assert Work.objects.count() == 1
    assert client.post(f"{page_of(file)}/preview", chosen("email", "", "")).status_code == 404


def test_what_was_brought_before_and_not_started_goes():
    member = a_member()
    a_file(member, PEOPLE)
    other = a_file(a_member(member.workspace), PEOPLE)

    bring(signed_in(member))

    assert Import.objects.count() == 2
    assert Import.objects.filter(id=other.id).exists()


@pytest.mark.parametrize("role", Role)
def test_members_import_administrators_define_and_analysts_read(role):
    member = a_member(role=role)
    client = signed_in(member)
    a_property(member.workspace, "seats", "number")
    file = a_file(member, PEOPLE)
    may, may_define = role.may_change, role.may_administer

    assert (client.get("/customers/import").status_code == 200) == may
    assert (bring(client).status_code == 302) == may
    file = a_file(member, PEOPLE)
    shown = client.get(page_of(file))
    assert (shown.status_code == 200) == may
    assert ("A new property" in shown.text) == may_define
    for part in ("preview", "reading"):
        assert (client.post(f"{page_of(file)}/{part}").status_code != 403) == may
    new = client.post(page_of(file), chosen("email", "", "new:number:Plan_size"))
    assert new.status_code == (302 if may_define else 422 if may else 403)
    assert downloaded(member, f"{page_of(file)}/refused.csv")
    assert ("/customers/import" in client.get("/customers").text) == may


def test_an_outsider_finds_nothing():
    file = a_file(a_member(), PEOPLE)
    outsider = signed_in(a_member())

    assert outsider.get(page_of(file)).status_code == 404
    assert outsider.get(f"{page_of(file)}/refused.csv").status_code == 404
    for part in ("", "/preview", "/reading"):
        assert outsider.post(f"{page_of(file)}{part}", chosen("email")).status_code == 404
    assert file.name not in outsider.get("/customers/import").text
    assert Client().get(page_of(file)).status_code == 302


def test_a_file_may_take_longer_to_arrive_than_anything_else():
    slow = asgi.door("POST", "/customers/import")

    assert slow is not asgi.door("POST", "/customers")
    assert asgi.door("GET", "/customers/import") is asgi.door("POST", "/customers")


@pytest.mark.django_db(transaction=True)
def test_reading_it_otherwise_in_another_tab_does_not_undo_the_start():
    member = a_member()
    file = a_file(member, PEOPLE)
    client = signed_in(member)
    otherwise = {"encoding": "utf-8", "separator": "semicolon"}

    with beside() as start, transaction.atomic():
        begin(file, IMPORT, file.targets, database_now())
        other = start(lambda: client.post(f"{page_of(file)}/reading", otherwise))
        assert waits_for_us(other)

    assert other.result().status_code == 404
    stored = Import.objects.get()
    assert (stored.work, stored.separator) == (Work.objects.get(), ",")


@pytest.mark.django_db(transaction=True)
def test_bringing_another_file_leaves_what_is_being_started():
    member = a_member()
    file, forgotten = a_file(member, PEOPLE), a_file(a_member(member.workspace), PEOPLE)
    Import.objects.update(by=member.user)

    with beside() as start, transaction.atomic():
        begin(file, IMPORT, file.targets, database_now())
        other = start(lambda: a_file(member, PEOPLE, "another.csv"))
        waits_for_us(other)

    assert set(Import.objects.all()) == {file, other.result()}
    assert forgotten.id not in {file.id, other.result().id}


@pytest.mark.django_db(transaction=True)
def test_what_another_file_takes_the_place_of_meanwhile_is_not_found():
    member = a_member()
    file = a_file(member, PEOPLE)
    client = signed_in(member)

    with beside() as start, transaction.atomic():
        another = a_file(member, PEOPLE)
        other = start(lambda: client.post(page_of(file), chosen("email", "name", "")))
        assert waits_for_us(other)

    assert other.result().status_code == 404
    assert Import.objects.get() == another
