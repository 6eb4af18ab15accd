"""What stops mail to an address goes on as a hash once the address is erased."""

import pytest

from afterword.suppressions.erased import addresses_behind, erased, keep_erased
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import release, standings, suppress
from tests.factories import NOW, a_customer, a_workspace

pytestmark = pytest.mark.django_db

ANN = "ann@example.com"
UNSUBSCRIBED = SuppressionReason.UNSUBSCRIBED


@pytest.fixture
def workspace():
    return a_workspace()


def unsubscribe(workspace, email=ANN):
    suppress(workspace.id, email, UNSUBSCRIBED, how="link", now=NOW, note=f"{email} said so")


def forget(workspace):
    return keep_erased(Suppression.objects.filter(workspace=workspace, pattern=ANN))


def test_the_address_is_stopped_and_not_kept(workspace):
    unsubscribe(workspace)

    assert forget(workspace) == 1

    kept = Suppression.objects.get()
    assert (kept.pattern, kept.note) == (erased(ANN), "")
    assert standings([(workspace.id, ANN)])[workspace.id, ANN].unsubscribed_at == NOW
    assert not standings([(workspace.id, "bob@example.com")])


def test_what_has_ended_is_gone(workspace):
    unsubscribe(workspace)
    release(Suppression.objects.get(), how="page", now=NOW)

    assert forget(workspace) == 0
    assert not Suppression.objects.exists()


def test_erased_twice_it_is_kept_once(workspace):
    for _ in range(2):
        unsubscribe(workspace)
        forget(workspace)

    assert Suppression.objects.get().pattern == erased(ANN)


@pytest.mark.parametrize("again", [True, False], ids=["said again", "not said again"])
def test_who_comes_back_may_take_it_back(workspace, again):
    unsubscribe(workspace)
    forget(workspace)
    customer = a_customer(workspace, email=ANN, unsubscribed_at=NOW)
    other = a_customer(workspace, unsubscribed_at=NOW)
    if again:
        unsubscribe(workspace)

    release(Suppression.objects.order_by("at")[0], how="page", now=NOW)

    customer.refresh_from_db()
    other.refresh_from_db()
    assert (customer.unsubscribed_at, other.unsubscribed_at) == (None, NOW)
    assert not standings([(workspace.id, ANN)])


@pytest.mark.parametrize(
    "email", [ANN, "zoë@bücher.example", f"{'long' * 40}@example.com", "it's\\odd@example.com"]
)
def test_python_and_postgresql_make_the_same_hash(workspace, email):
    a_customer(workspace, email=email)

    found = addresses_behind([(workspace.id, erased(email))])

    assert found == [(workspace.id, email)]
