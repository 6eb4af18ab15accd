"""What was exported is imported back as it was, whatever it says."""

import csv
import io
from datetime import UTC, datetime

import pytest

from afterword.core.clock import database_now
from afterword.core.csv_cells import BOM
from afterword.customers import export
from afterword.customers.importing.reading.stops import STATUS, stops_of
from afterword.customers.models import Customer
from afterword.customers.standing import COLUMNS
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.workspaces.models import Role
from tests.factories import a_customer, a_member, a_property
from tests.imports import counts, customer, downloaded, import_all

pytestmark = pytest.mark.django_db(transaction=True)

FACTS = ("email", "first_name", "last_name", "company_name", "job_title", "phone", "city",
         "state", "country", "tags", "properties")  # fmt: skip
NASTY = [
    "=1+1", "'=1+1", "''quoted", "@sum", "-5.3", "+420 777 123 456", "a, b; c", 'say "hi"',
    "one\ntwo\r\nthree", "[1, 2]", "žluťoučký", "山田", "שלום", "👩‍🚀", "007", "true",
]  # fmt: skip


def exported(member):
    return downloaded(member, "/customers/export.csv")


def facts(member):
    return list(Customer.objects.visible_to(member).order_by("email").values_list(*FACTS))


def a_workspace_of_nasty_customers():
    member = a_member()
    for name, kind in (("note", "text"), ("spent", "number"), ("since", "date"),
                       ("roles", "collection"), ("active", "boolean")):  # fmt: skip
        a_property(member.workspace, name, kind)
    for number, text in enumerate(NASTY):
        line = " ".join(text.split())
        a_customer(
            member.workspace,
            email=f"n{number}@example.com",
            first_name=line,
            company_name=line,
            phone=line,
            tags=[line, f"tag {number}"],
            properties={
                "note": text, "spent": number * 1.5, "since": "2026-11-23T09:30:00Z",
                "roles": [line, "two"], "active": number % 2 == 0,
            },
        )  # fmt: skip
    a_customer(member.workspace, email="bare@example.com")
    a_customer(member.workspace, email=None, first_name="Nobody knows the address")
    return member


def test_an_export_is_imported_back_equal(monkeypatch):
    monkeypatch.setattr(export, "PIECE", 5)
    member = a_workspace_of_nasty_customers()
    data = exported(member)
    other = a_member()
    for name, kind in (("note", "text"), ("spent", "number"), ("since", "date"),
                       ("roles", "collection")):  # fmt: skip
        a_property(other.workspace, name, kind)

    work = import_all(other, data)

    assert counts(work) == {"good": len(NASTY) + 1, "new": len(NASTY) + 1}
    assert facts(other) == [row for row in facts(member) if row[0]]
    assert counts(import_all(member, data)) == {
        "good": len(NASTY) + 1, "unchanged": len(NASTY) + 1,
    }  # fmt: skip


def test_who_gets_no_mail_and_when_they_were_asked_travels_along():
    member, other = a_member(), a_member()
    asked = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    a_customer(member.workspace, email="ann@example.com", last_surveyed_at=asked)
    a_customer(member.workspace, email="bob@acme.test")
    for pattern, reason in (
        ("ann@example.com", SuppressionReason.COMPLAINED),
        ("ann@example.com", SuppressionReason.UNDELIVERABLE),
        ("acme.test", SuppressionReason.LISTED),
    ):
        suppress(member.workspace_id, pattern, reason, how="link", now=database_now())
    data = exported(member)

    work = import_all(other, data)

    assert counts(work) == {"good": 2, "new": 2, "stopped": 2}
    ann, bob = customer(other, "ann@example.com"), customer(other, "bob@acme.test")
    assert all([ann.unsubscribed_at, ann.undeliverable_at, bob.suppressed_at])
    assert not any([ann.hard_bounced_at, ann.suppressed_at, bob.unsubscribed_at])
    assert ann.last_surveyed_at == asked
    assert counts(import_all(member, data)) == {"good": 2, "unchanged": 2}
    assert Suppression.objects.filter(workspace=member.workspace_id).count() == 3


def test_an_import_understands_each_status_of_an_export():
    assert all(stops_of(STATUS, words) for words in export.STATUSES.values())
    assert set(export.STATUSES) == set(COLUMNS)


def test_no_cell_of_an_export_computes():
    text = exported(a_workspace_of_nasty_customers()).decode().removeprefix(BOM)

    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=@" and cell]


@pytest.mark.parametrize("role", list(Role))
def test_every_member_exports_their_own_workspace(role):
    a_customer(a_member().workspace, email="other@example.com")
    member = a_member(role=role)
    a_customer(member.workspace, email="ann@example.com")

    text = exported(member).decode()

    assert "ann@example.com" in text
    assert "other@example.com" not in text
