"""Who opted out of another service's mail gets none of ours, once their file is imported."""

import pytest
from django.urls import reverse

from afterword.core.clock import database_now
from afterword.customers.importing.kind import report
from afterword.customers.importing.reading.headers import guess
from afterword.customers.importing.reading.stops import (
    HARD_BOUNCED,
    REASONS,
    STATUS,
    UNSUBSCRIBED,
    Unclear,
    stops_of,
)
from afterword.happenings.models import Happening, HappeningKind
from afterword.long_work.kinds import Line
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import suppress
from tests.factories import a_customer, a_member
from tests.followups import a_notification
from tests.imports import a_file, counts, customer, import_all, refused


@pytest.fixture
def member(transactional_db):
    return a_member()


def stopped(member):
    """Why mail to each address stops, with the words that are kept."""
    rows = Suppression.objects.filter(workspace=member.workspace_id, ended_at=None)
    return {(row.pattern, row.reason): (row.how, row.note, row.by) for row in rows}


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Unsubscribed At", UNSUBSCRIBED), ("unsubscribed", UNSUBSCRIBED),
        ("Opt-out", UNSUBSCRIBED),
        ("Bounced At", HARD_BOUNCED), ("Status", STATUS), ("deliverabilityStatus", STATUS),
    ],
)  # fmt: skip
def test_columns_about_opting_out_are_known_by_their_names(header, target):
    [column] = guess([header], [], [], may_define=True)

    assert column.target == target


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-01 00:00:00 UTC", "1709251200", "31.12.2024", "March 1, 2024 10:20AM", "3/1/24",
        "true", "Yes", "1", "X", "Opted out",
    ],
)  # fmt: skip
def test_a_date_or_a_yes_stops_mail(text):
    assert stops_of(UNSUBSCRIBED, text) == {"unsubscribed": text}
    assert stops_of(HARD_BOUNCED, text) == {"hard_bounced": text}


@pytest.mark.parametrize("text", ["", "-", "0", "false", "No", "never", "0000-00-00 00:00:00"])
def test_nothing_or_a_no_stops_no_mail(text):
    assert stops_of(UNSUBSCRIBED, text) == {}


def test_what_is_neither_is_not_guessed():
    with pytest.raises(Unclear):
        stops_of(UNSUBSCRIBED, "perhaps")


def test_a_status_stops_mail_where_it_says_so():
    assert stops_of(STATUS, "Hard-bounced, Unsubscribed").keys() == {"hard_bounced", "unsubscribed"}
    assert stops_of(STATUS, "Non-deliverable").keys() == {"undeliverable"}
    assert stops_of(STATUS, "Suppressed").keys() == {"listed"}
    assert stops_of(STATUS, "Trial") == {}


def test_every_reason_of_a_file_is_one_that_stops_mail():
    assert {SuppressionReason(reason).value for reason in REASONS} == set(REASONS)


def test_who_unsubscribed_or_bounced_elsewhere_gets_no_mail_here(member):
    work = import_all(
        member,
        "Person Email,Unsubscribed At,Bounced At\n"
        "ann@example.com,2024-03-01 00:00:00 UTC,\n"
        "bob@example.com,,2024-04-01\n"
        "cid@example.com,,\n"
        "dan@example.com,perhaps,\n",
    )

    assert counts(work) == {"good": 3, "refused": 1, "new": 3, "stopped": 2}
    assert refused(work) == {5: 'Unsubscribed At: "perhaps" is neither yes, nor no, nor a date.'}
    assert customer(member, "ann@example.com").unsubscribed_at
    assert customer(member, "bob@example.com").hard_bounced_at
    assert not customer(member, "cid@example.com").unsubscribed_at
    assert stopped(member) == {
        ("ann@example.com", "unsubscribed"): (
            "import", "Unsubscribed At: 2024-03-01 00:00:00 UTC", member.user,
        ),
        ("bob@example.com", "hard_bounced"): ("import", "Bounced At: 2024-04-01", member.user),
    }  # fmt: skip


def test_it_holds_for_who_is_known_and_left_alone_and_is_told_of_them_alone(member):
    known = a_customer(member.workspace, email="ann@example.com", city="Brno")
    a_notification(workspace=member.workspace, events=["unsubscribed"])

    work = import_all(
        member,
        "email,city,unsubscribed\nann@example.com,Praha,yes\nnew@example.com,Praha,yes\n",
        updates=False,
    )

    known.refresh_from_db()
    assert known.unsubscribed_at
    assert known.city == "Brno"
    assert counts(work) == {"good": 2, "new": 1, "left_alone": 1, "stopped": 2}
    told = Happening.objects.filter(kind=HappeningKind.CUSTOMER_UNSUBSCRIBED)
    assert [one.subject_id for one in told] == [known.id]


def test_any_row_of_an_address_may_say_so(member):
    work = import_all(
        member,
        "email,city,unsubscribed\nann@example.com,Brno,yes\nann@example.com,Praha,\n",
    )

    ann = customer(member, "ann@example.com")
    assert (ann.city, bool(ann.unsubscribed_at)) == ("Praha", True)
    assert counts(work) == {"good": 2, "new": 1, "stopped": 1}


def test_no_file_lets_mail_go_again_and_the_same_file_stops_nobody_twice(member):
    suppress(
        member.workspace_id, "bob@example.com", SuppressionReason.UNSUBSCRIBED,
        how="link", now=database_now(),
    )  # fmt: skip
    people = "email,unsubscribed\nann@example.com,yes\nbob@example.com,no\n"
    import_all(member, people)

    work = import_all(member, people)

    assert customer(member, "bob@example.com").unsubscribed_at
    assert counts(work) == {"good": 2, "unchanged": 2}


def test_the_page_says_before_it_starts_how_many_get_no_mail(member, client):
    client.force_login(member.user)
    file = a_file(member, "email,Unsubscribed At\nann@example.com,2024-03-01\nbob@example.com,\n")

    page = client.get(reverse("importing:mapping", args=[file.id])).content.decode()

    assert "1 of the first 2 rows says that the customer gets no mail" in page
    assert "Unsubscribed: yes, or since when" in page


def test_the_report_says_how_many_get_no_mail(member):
    work = import_all(member, "email,unsubscribed\nann@example.com,yes\nbob@example.com,\n")

    assert Line("Get no mail from now on", "1") in report(work)
