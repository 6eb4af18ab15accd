"""What a browser claims of ids, and what DNS said of domains, does not pile up."""

from datetime import timedelta

import pytest

from afterword.customers.models import Identity
from afterword.suppressions import forget
from afterword.suppressions.models import MailDomain
from tests.factories import NOW, a_customer, a_workspace

pytestmark = pytest.mark.django_db


def say(workspace, *ages, is_trusted=False):
    customer = a_customer(workspace) if is_trusted else None
    Identity.objects.bulk_create(
        Identity(
            workspace=workspace,
            kind="user",
            external_id=str(age),
            is_trusted=is_trusted,
            customer=customer,
            email="" if customer else "ann@example.com",
            said_at=NOW - timedelta(days=age),
        )
        for age in ages
    )


def known(workspace):
    return {int(row.external_id) for row in Identity.objects.filter(workspace=workspace)}


def test_what_browsers_claimed_is_forgotten_and_what_servers_said_is_not(monkeypatch):
    monkeypatch.setattr(forget, "MOST_CLAIMS", 3)
    talkative, old, trusted = a_workspace(), a_workspace(), a_workspace()
    say(talkative, *range(8))
    say(old, 89, 91)
    say(trusted, 1, 2, 3, 4, 500, is_trusted=True)

    forget.forget_old(NOW)

    assert known(talkative) == {0, 1, 2}
    assert known(old) == {89}
    assert known(trusted) == {1, 2, 3, 4, 500}


def test_domains_that_nobody_asked_about_are_forgotten():
    for name, age in (("a.example", 1), ("b.example", 31)):
        then = NOW - timedelta(days=age)
        MailDomain.objects.create(name=name, takes_mail=True, checked_at=then)

    forget.forget_old(NOW)

    assert [row.name for row in MailDomain.objects.all()] == ["a.example"]
