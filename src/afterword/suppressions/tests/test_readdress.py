import pytest

from afterword.customers.models import Change, Company
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.readdress import AddressTaken, readdress
from afterword.suppressions.suppress import suppress
from tests.factories import NOW, a_customer, a_member, a_workspace

pytestmark = pytest.mark.django_db

NEW = "ann@new.test"


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def ann(member):
    return a_customer(member.workspace, email="ann@old.test", address_checked_at=NOW)


def stop(customer, reason):
    suppress(customer.workspace_id, customer.address, reason, how="link", now=NOW)


def test_an_edit_of_an_address_is_logged_and_has_it_checked_again(member, ann):
    readdress(ann, NEW, member, NOW)

    ann.refresh_from_db()
    change = Change.objects.get()
    assert (ann.email, ann.address_checked_at) == (NEW, None)
    assert (change.fields, change.by) == (["email"], member.user)


@pytest.mark.parametrize("reason", [SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINED])
def test_who_unsubscribed_stays_so_under_another_address(member, ann, reason):
    stop(ann, reason)

    readdress(ann, NEW, member, NOW)

    ann.refresh_from_db()
    assert ann.unsubscribed_at
    assert Suppression.objects.filter(pattern=NEW, reason=reason, ended_at=None).exists()
    assert Suppression.objects.filter(pattern="ann@old.test", ended_at=None).exists()


def test_a_bounce_stays_with_the_address(member, ann):
    stop(ann, SuppressionReason.HARD_BOUNCED)
    stop(ann, SuppressionReason.UNDELIVERABLE)

    readdress(ann, NEW, member, NOW)

    ann.refresh_from_db()
    assert (ann.hard_bounced_at, ann.undeliverable_at) == (None, None)


def test_what_stops_the_new_address_counts(member, ann):
    suppress(member.workspace_id, "new.test", SuppressionReason.LISTED, how="test", now=NOW)

    readdress(ann, NEW, member, NOW)

    ann.refresh_from_db()
    assert ann.suppressed_at


def test_an_address_that_somebody_else_has_is_refused(member, ann):
    a_customer(member.workspace, email=NEW)
    a_customer(a_workspace(), email="elsewhere@new.test")

    with pytest.raises(AddressTaken, match=NEW):
        readdress(ann, NEW, member, NOW)
    readdress(ann, "elsewhere@new.test", member, NOW)

    ann.refresh_from_db()
    assert ann.email == "elsewhere@new.test"


def test_another_address_may_be_at_another_company(member, ann):
    readdress(ann, NEW, member, NOW)

    ann.refresh_from_db()
    assert ann.company.domain == "new.test"


def test_who_names_a_company_stays_there(member):
    acme = Company.objects.create(workspace=member.workspace, name="Acme", key="acme")
    ann = a_customer(member.workspace, company_name="Acme", company=acme)

    readdress(ann, NEW, member, NOW)

    ann.refresh_from_db()
    assert ann.company == acme
