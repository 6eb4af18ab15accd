"""Files as other services write them are mapped by themselves, and people come as they were."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from afterword.customers.importing.reading.headers import service_of
from tests.factories import a_member
from tests.imports import a_file, counts, customer, import_all

EXPORTS = Path(__file__).parent / "exports"
LAST = datetime(2025, 6, 3, tzinfo=UTC)


def of(name):
    return (EXPORTS / f"{name}.csv").read_bytes()


@pytest.fixture
def member(transactional_db):
    return a_member()


@pytest.mark.parametrize(
    ("name", "filled", "properties"),
    [
        (
            "delighted_people",
            {"Name": "name", "Email": "email", "Phone Number": "own:phone",
             "Last Sent At": "surveyed"},
            {},
        ),
        (
            "delighted_responses",
            {"Person: Name": "name", "Person: Email": "email", "Tags": "tags",
             "Survey sent at": "surveyed", "Person: City": "own:city",
             "Person: Plan": "new:text:Plan"},
            {"Plan": "pro"},
        ),
        (
            "retently_customers",
            {"Email Address": "email", "First name": "own:first_name",
             "Last name": "own:last_name", "Company": "own:company_name",
             "Job title": "own:job_title", "Phone": "own:phone", "City": "own:city",
             "State": "own:state", "Country": "own:country", "Tags": "tags",
             "Last survey date": "surveyed", "Status": "stop:status", "Plan": "new:text:Plan"},
            {"Plan": "pro"},
        ),
        (
            "retently_feedback",
            {"Email Address": "email", "First name": "own:first_name",
             "Last name": "own:last_name", "Company": "own:company_name", "Tags": "tags"},
            {},
        ),
    ],
)  # fmt: skip
def test_an_export_is_mapped_by_itself(member, name, filled, properties):
    file = a_file(member, of(name))

    service = service_of(file.headers)
    found = dict(zip(file.headers, file.targets, strict=True))
    assert {header: target for header, target in found.items() if target} == filled
    assert service == name.partition("_")[0].title()

    import_all(member, of(name))
    ann, bob = customer(member, "ann@example.com"), customer(member, "bob@example.com")
    assert (ann.full_name, bob.full_name) == ("Ann Lee", "Bob Ray")
    assert ann.properties == properties
    if "surveyed" in filled.values():
        assert ann.last_surveyed_at
        assert ann.last_surveyed_at.date() == LAST.date()


def test_a_person_who_answered_twice_is_one_customer_with_all_that_their_rows_say(member):
    work = import_all(member, of("retently_feedback"))

    ann = customer(member, "ann@example.com")
    assert (ann.company_name, ann.tags) == ("Acme", ["vip", "new"])
    assert counts(work) == {"good": 3, "new": 2}


def test_who_unsubscribed_there_gets_no_mail_here(member):
    import_all(member, of("retently_customers"))

    assert customer(member, "bob@example.com").unsubscribed_at
    assert not customer(member, "ann@example.com").unsubscribed_at
