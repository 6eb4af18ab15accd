from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.db import connection

from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import Stop, release, standings, suppress, suppress_all
from tests.factories import NOW, a_customer, a_member, a_workspace

Reason = SuppressionReason
LATER = NOW + timedelta(hours=1)

pytestmark = pytest.mark.django_db


def a_stop(workspace, pattern="ann@example.com", reason=Reason.LISTED, now=NOW, **fields):
    suppress_all([Stop(workspace.id, pattern, reason, "member", **fields)], now)
    return Suppression.objects.get(
        workspace=workspace,
        pattern=pattern,
        reason=reason,
        ended_at=None,
        campaign_id=fields.get("campaign_id"),
    )


def columns_of(customer):
    customer.refresh_from_db()
    names = ("unsubscribed_at", "hard_bounced_at", "undeliverable_at", "suppressed_at")
    return {name: at for name in names if (at := getattr(customer, name))}


@pytest.mark.parametrize(
    ("reason", "column"),
    [
        (Reason.UNSUBSCRIBED, "unsubscribed_at"),
        (Reason.COMPLAINED, "unsubscribed_at"),
        (Reason.HARD_BOUNCED, "hard_bounced_at"),
        (Reason.UNDELIVERABLE, "undeliverable_at"),
        (Reason.SOFT_BOUNCED, "suppressed_at"),
        (Reason.LISTED, "suppressed_at"),
    ],
)
def test_each_reason_has_its_column(reason, column):
    workspace = a_workspace()
    customer = a_customer(workspace, email="ann@example.com")

    stop = a_stop(workspace, reason=reason)

    standing = standings([(workspace.id, "ann@example.com")])[workspace.id, "ann@example.com"]
    assert columns_of(customer) == {column: NOW}
    assert getattr(standing, column) == NOW
    release(stop, how="member", now=LATER)
    assert columns_of(customer) == standings([(workspace.id, "ann@example.com")]) == {}


def test_a_campaigns_unsubscribe_stops_that_campaign_alone():
    workspace, campaign_id = a_workspace(), uuid4()
    customer = a_customer(workspace, email="ann@example.com")

    stop = a_stop(workspace, reason=Reason.UNSUBSCRIBED, campaign_id=campaign_id)

    [standing] = standings([(workspace.id, "ann@example.com")]).values()
    assert standing.campaigns == {campaign_id: NOW}
    assert standing.unsubscribed_at is None
    assert columns_of(customer) == {}
    release(stop, how="preference page", now=LATER)
    assert not standings([(workspace.id, "ann@example.com")])


def test_it_outlives_the_customer_and_other_workspaces_do_not_see_it():
    workspace, other = a_workspace(), a_workspace()
    customer = a_customer(workspace, email="ann@example.com")
    a_stop(workspace, reason=Reason.UNSUBSCRIBED)

    customer.delete()

    asked = [(workspace.id, "ann@example.com"), (other.id, "ann@example.com")]
    assert list(standings(asked)) == asked[:1]


def test_a_domain_stops_its_addresses_and_a_wildcard_those_below():
    workspace = a_workspace()
    own = a_customer(workspace, email="ann@example.com")
    below = a_customer(workspace, email="bob@mail.example.com")
    unlike = a_customer(workspace, email="eve@notexample.com")

    a_stop(workspace, "example.com", note="Staff")
    a_stop(workspace, "*.example.com", now=LATER)

    assert columns_of(own) == {"suppressed_at": NOW}
    assert columns_of(below) == {"suppressed_at": LATER}
    assert columns_of(unlike) == {}
    found = standings([(workspace.id, c.address) for c in (own, below, unlike)])
    assert [(s.pattern, s.note) for s in found.values()] == [
        ("example.com", "Staff"),
        ("*.example.com", ""),
    ]


def test_an_international_domain_stops_its_addresses():
    workspace = a_workspace()
    customer = a_customer(workspace, email="ann@bücher.example")

    a_stop(workspace, "xn--bcher-kva.example")

    assert columns_of(customer) == {"suppressed_at": NOW}
    assert standings([(workspace.id, customer.address)])


def test_what_else_stops_mail_goes_on():
    workspace = a_workspace()
    customer = a_customer(workspace, email="ann@example.com")
    by_address = a_stop(workspace)
    by_domain = a_stop(workspace, "example.com", now=LATER)
    a_stop(workspace, reason=Reason.HARD_BOUNCED, now=LATER)

    release(by_address, how="member", now=LATER)
    assert columns_of(customer) == {"suppressed_at": LATER, "hard_bounced_at": LATER}
    release(by_domain, how="member", now=LATER)
    assert columns_of(customer) == {"hard_bounced_at": LATER}


def test_the_first_time_counts_and_an_ended_one_may_come_again():
    workspace, member = a_workspace(), a_member()
    stop = a_stop(workspace, note="once")

    again = suppress(workspace.id, stop.pattern, Reason.LISTED, how="member", now=LATER)
    assert not again
    release(stop, how="member", now=LATER, by=member.user, note="Asked to")
    release(stop, how="member", now=LATER + timedelta(hours=1), note="Late")
    stop.refresh_from_db()
    assert (stop.at, stop.note) == (NOW, "once")
    assert (stop.ended_at, stop.ended_note, stop.ended_by) == (LATER, "Asked to", member.user)
    assert suppress(workspace.id, stop.pattern, Reason.LISTED, how="member", now=LATER)


def test_any_number_of_addresses_costs_one_query(django_assert_num_queries):
    workspaces = [a_workspace(), a_workspace()]
    for workspace in workspaces:
        a_stop(workspace, "c7@example.com")
    asked = [(w.id, f"c{number}@example.com") for w in workspaces for number in range(500)]

    with django_assert_num_queries(1):
        found = standings(asked)

    assert list(found) == [(w.id, "c7@example.com") for w in workspaces]
    with django_assert_num_queries(0):
        assert standings([]) == {}


def test_columns_of_an_earlier_version_become_suppressions():
    workspace = a_workspace()
    customer = a_customer(workspace, unsubscribed_at=NOW, hard_bounced_at=LATER)
    a_customer(workspace)
    migration = import_module("afterword.customers.migrations.0003_suppressions_of_customers")

    for _ in range(2):
        with connection.cursor() as cursor:
            for operation in migration.Migration.operations:
                cursor.execute(operation.sql)

    assert {(s.pattern, s.reason, s.at) for s in Suppression.objects.all()} == {
        (customer.address, Reason.UNSUBSCRIBED, NOW),
        (customer.address, Reason.HARD_BOUNCED, LATER),
    }
    assert Suppression.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_stop_it_once():
    workspace = a_workspace()
    customer = a_customer(workspace, email="ann@example.com")

    def stop(number):
        try:
            return suppress(
                workspace.id,
                "ann@example.com" if number % 2 else "example.com",
                Reason.LISTED,
                how="member",
                now=NOW,
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(stop, range(40)))

    assert sum(done) == Suppression.objects.count() == 2
    assert columns_of(customer) == {"suppressed_at": NOW}
