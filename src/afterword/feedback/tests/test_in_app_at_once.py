"""Two tabs of one customer: whoever asks and whoever tells lock in one order."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from afterword.customers.models import Customer
from afterword.feedback.in_app.ask import what_to_show
from afterword.feedback.tests.in_app import a_known_user, a_regular_one
from afterword.surveys.in_app.offers import note_shown, withdraw_expired
from afterword.surveys.models import Invitation, Survey
from tests.locks import beside, waits_for_us

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def offer() -> Invitation:
    """One that waits for its customer."""
    campaign = a_regular_one()
    ann = a_known_user(campaign.workspace)
    [offer] = what_to_show(campaign.workspace, ann, "en", timezone.now())
    return offer


def ask(offer: Invitation) -> object:
    customer = offer.survey.customer
    assert customer
    return what_to_show(offer.survey.workspace, customer, "en", timezone.now())


def tell(offer: Invitation) -> object:
    return note_shown(offer, timezone.now())


@pytest.mark.parametrize("do", [ask, tell])
def test_who_waits_for_the_survey_holds_nothing_that_comes_after_it(
    offer: Invitation, do: Callable[[Invitation], object]
) -> None:
    with beside() as start:
        with transaction.atomic():
            Survey.objects.select_for_update(no_key=True).get()
            other = start(lambda: do(offer))
            assert waits_for_us(other)
            Invitation.objects.select_for_update(nowait=True).get()
            Customer.objects.select_for_update(nowait=True).get()
        other.result()


def test_what_runs_out_while_it_is_told_of_waits_for_the_next_time(offer: Invitation) -> None:
    Invitation.objects.update(expires_at=timezone.now())

    with beside() as start, transaction.atomic():
        Survey.objects.select_for_update(no_key=True).get()
        other = start(lambda: withdraw_expired(timezone.now()))
        assert not waits_for_us(other)

    assert (other.result(), withdraw_expired(timezone.now())) == (0, 1)
