"""Many addresses and domains stopped at once, as one by one."""

from datetime import timedelta

import pytest

from afterword.core.ids import new_id
from afterword.suppressions.hold import hold
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import Stop, standings, suppress, suppress_all
from tests.factories import NOW, a_customer, a_workspace

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def a_stop(customer, reason=SuppressionReason.HARD_BOUNCED, note="550"):
    return Stop(
        customer.workspace_id, customer.address, reason, "report", note=note, survey_id=new_id()
    )


def test_each_reason_stops_in_its_own_column():
    workspace = a_workspace()
    customers = {reason: a_customer(workspace) for reason in SuppressionReason}

    new = suppress_all([a_stop(each, reason) for reason, each in customers.items()], NOW)

    assert len(new) == len(customers)
    for customer in customers.values():
        customer.refresh_from_db()
        [standing] = standings([(workspace.id, customer.address)]).values()
        assert standing.columns == {name: getattr(customer, name) for name in standing.columns}


def test_what_was_stopped_already_stays_as_it_was():
    customer = a_customer(a_workspace())
    reason = SuppressionReason.HARD_BOUNCED
    suppress(customer.workspace_id, customer.address, reason, how="mail server", now=NOW)

    assert suppress_all([a_stop(customer), a_stop(customer)], LATER) == []

    customer.refresh_from_db()
    assert (customer.hard_bounced_at, Suppression.objects.count()) == (NOW, 1)


def test_an_address_without_a_customer_is_stopped_too_and_no_other_workspaces():
    elsewhere = a_customer(a_workspace(), email="ann@example.com")
    workspace = a_workspace()
    stop = a_stop(elsewhere)._replace(workspace_id=workspace.id, note="a\0b")

    assert suppress_all([stop, stop._replace(note="second")], NOW) == [stop]

    elsewhere.refresh_from_db()
    assert elsewhere.hard_bounced_at is None
    assert set(standings([(workspace.id, "ann@example.com")]))
    assert suppress_all([], NOW) == []


def test_domains_and_addresses_of_several_workspaces_stop_what_they_cover():
    one, two = a_workspace(), a_workspace()
    emails = ["ann@a.example", "bob@b.a.example", "eve@c.example", "dan@d.example"]
    customers = [a_customer(of, email=email) for of in (one, two) for email in emails]
    listed = [(one, "a.example"), (one, "*.a.example"), (two, "c.example"), (two, emails[3])]

    suppress_all([Stop(of.id, to, SuppressionReason.LISTED, "member") for of, to in listed], NOW)

    for customer in customers:
        customer.refresh_from_db()
    stopped = [(one.workspace_id, one.address) for one in customers if one.suppressed_at]
    assert stopped == [
        *((one.id, email) for email in emails[:2]),
        *((two.id, email) for email in emails[2:]),
    ]


@pytest.mark.parametrize("count", [1, 200])
def test_its_queries_do_not_depend_on_how_many(count, django_assert_num_queries):
    workspace = a_workspace()
    for number in range(count):
        a_customer(workspace, email=f"{number}@example.com")
    patterns = [*(f"{number}@example.com" for number in range(count)), "example.com"]
    stops = [Stop(workspace.id, to, SuppressionReason.LISTED, "member") for to in patterns]

    with django_assert_num_queries(5):  # with the two of a savepoint
        suppress_all(stops, NOW)


def test_customers_are_locked_in_the_order_of_their_keys():
    workspace = a_workspace()
    ids = [a_customer(workspace, email=f"{letter}@example.com").id for letter in "cbda"]
    patterns = [(workspace.id, f"{letter}@example.com") for letter in "abcd"]

    assert [one.id for one in hold([*patterns, (workspace.id, "example.com")])] == sorted(ids)
