"""Many addresses stopped at once, as one by one."""

from datetime import timedelta

import pytest

from afterword.core.ids import new_id
from afterword.customers.models import Suppression, SuppressionReason
from afterword.customers.suppress_all import Stop, suppress_all
from afterword.customers.suppressions import standings, suppress
from tests.factories import NOW, a_customer, a_workspace

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def a_stop(customer, reason=SuppressionReason.HARD_BOUNCED, note="550"):
    return Stop(customer.workspace_id, customer.email, reason, "delivery report", note, new_id())


def test_each_reason_stops_in_its_own_column():
    workspace = a_workspace()
    customers = {reason: a_customer(workspace) for reason in SuppressionReason}

    new = suppress_all([a_stop(each, reason) for reason, each in customers.items()], NOW)

    assert new == len(customers)
    for customer in customers.values():
        customer.refresh_from_db()
        [standing] = standings([(workspace.id, customer.email)]).values()
        assert standing.columns == {name: getattr(customer, name) for name in standing.columns}


def test_what_was_stopped_already_stays_as_it_was():
    customer = a_customer(a_workspace())
    reason = SuppressionReason.HARD_BOUNCED
    suppress(customer.workspace_id, customer.email, reason, how="mail server", now=NOW)

    assert suppress_all([a_stop(customer), a_stop(customer)], LATER) == 0

    customer.refresh_from_db()
    assert (customer.hard_bounced_at, Suppression.objects.count()) == (NOW, 1)


def test_an_address_without_a_customer_is_stopped_too_and_no_other_workspaces():
    elsewhere = a_customer(a_workspace(), email="ann@example.com")
    workspace = a_workspace()
    stop = a_stop(elsewhere)._replace(workspace_id=workspace.id, note="a\0b")

    assert suppress_all([stop, stop], NOW) == 1

    elsewhere.refresh_from_db()
    assert elsewhere.hard_bounced_at is None
    assert set(standings([(workspace.id, "ann@example.com")]))
    assert suppress_all([], NOW) == 0
