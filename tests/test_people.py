"""Whom an event is about: order does not matter, and whatever a trusted source says counts."""

from datetime import timedelta

import pytest

from afterword import flow
from afterword.customers.models import Customer, Identity
from afterword.decisions.models import Decision
from afterword.events.models import Event, WaitingCall
from afterword.surveys.models import Survey
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_property,
    a_track,
    a_workspace,
    an_alias,
    an_identify,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def take_up(workspace, now=NOW) -> None:
    flow.process_events(workspace.id, now)


def reasons(workspace) -> list[str]:
    return [d.reason for d in Decision.objects.filter(workspace=workspace).order_by("id")]


@pytest.fixture
def workspace():
    return a_campaign(a_workspace()).workspace


# ---- order


def test_a_track_that_overtakes_its_identify_waits_for_it(workspace):
    a_property(workspace, "plan")
    a_track(workspace, None, userId="u1", properties={"plan": "pro"}, received_at=NOW)
    take_up(workspace)
    assert reasons(workspace) == ["waiting_for_address"]
    assert not Survey.objects.exists()

    an_identify(workspace, "ann@example.com", userId="u1", traits={"firstName": "Ann"})
    take_up(workspace, NOW + MINUTE)

    decision, customer, event = Decision.objects.get(), Customer.objects.get(), Event.objects.get()
    assert (decision.reason, decision.customer) == ("scheduled", customer)
    assert (customer.first_name, customer.properties) == ("Ann", {"plan": "pro"})
    assert (event.email, event.customer) == ("ann@example.com", customer)
    assert Survey.objects.get().email == "ann@example.com"
    assert not WaitingCall.objects.exists()


def test_order_within_a_batch_does_not_matter(workspace):
    a_track(workspace, None, userId="u1")
    an_identify(workspace, "ann@example.com", userId="u1", traits={"firstName": "Ann"})

    take_up(workspace)

    assert reasons(workspace) == ["scheduled"]
    assert Customer.objects.get().first_name == "Ann"


def test_what_was_said_before_an_event_counts_for_it(workspace):
    an_identify(workspace, "old@example.com", userId="u1", received_at=NOW - 3 * MINUTE)
    a_track(workspace, None, userId="u1", received_at=NOW - 2 * MINUTE)
    an_identify(workspace, "new@example.com", userId="u1", received_at=NOW - MINUTE)
    a_track(workspace, None, userId="u1", received_at=NOW)

    take_up(workspace)

    emails = Event.objects.order_by("received_at").values_list("email", flat=True)
    assert list(emails) == ["old@example.com", "new@example.com"]


def test_after_the_time_that_is_set_an_event_has_no_address():
    workspace = a_campaign(a_workspace(address_wait_minutes=2)).workspace
    a_track(workspace, None, userId="u1")
    take_up(workspace)
    take_up(workspace, NOW + MINUTE)
    assert reasons(workspace) == ["waiting_for_address"]

    take_up(workspace, NOW + 2 * MINUTE)

    assert reasons(workspace) == ["no_email"]
    assert not WaitingCall.objects.exists()
    an_identify(workspace, "ann@example.com", userId="u1")
    take_up(workspace, NOW + 3 * MINUTE)
    assert reasons(workspace) == ["no_email"]


def test_an_address_that_was_set_by_hand_is_found_when_the_time_is_up(workspace):
    an_identify(workspace, None, userId="u1")
    a_track(workspace, None, userId="u1")
    take_up(workspace)
    Customer.objects.update(email="ann@example.com")

    take_up(workspace, NOW + timedelta(hours=1))

    assert reasons(workspace) == ["scheduled"]


def test_an_event_without_any_id_has_nothing_to_wait_for(workspace):
    a_track(workspace, None)

    take_up(workspace)

    assert reasons(workspace) == ["no_email"]
    assert not WaitingCall.objects.exists()


def test_what_is_said_of_somebody_else_wakes_nobody_up(workspace):
    a_track(workspace, None, userId="u1")
    take_up(workspace)
    an_identify(workspace, "bob@example.com", userId="u2")
    an_identify(workspace, None, userId="u1", traits={"firstName": "Ann"})

    take_up(workspace, NOW + MINUTE)

    assert reasons(workspace) == ["waiting_for_address"]
    assert WaitingCall.objects.get().until == NOW + 5 * MINUTE


def test_a_retry_of_a_waiting_event_is_counted_and_asks_once(workspace):
    a_track(workspace, None, userId="u1", message_id="m1")
    take_up(workspace)
    a_track(workspace, None, userId="u1", message_id="m1")
    an_identify(workspace, "ann@example.com", userId="u1")

    take_up(workspace, NOW + MINUTE)

    assert reasons(workspace) == ["scheduled"]
    assert Survey.objects.count() == 1
    assert Event.objects.get().retries == 1


def test_a_sweep_finds_who_has_waited_long_enough(workspace):
    a_track(workspace, None, userId="u1")
    flow.process_events(workspace.id, NOW - timedelta(days=1))
    assert workspace.id in flow.take_up.waiting_workspaces()

    take_up(workspace)

    assert workspace.id not in flow.take_up.waiting_workspaces()


# ---- what counts


def test_names_and_properties_of_identify_reach_the_customer(workspace):
    a_property(workspace, "plan")
    a_property(workspace, "seats", "number")
    traits = {"firstName": "Iden", "plan": "pro", "seats": "many", "tags": ["vip"], "city": None}
    an_identify(workspace, "ann@example.com", userId="u1", traits=traits)
    take_up(workspace)

    customer = Customer.objects.get()
    assert (customer.first_name, customer.properties) == ("Iden", {"plan": "pro"})
    assert customer.tags == ["vip"]


def test_identify_unassigns_nothing(workspace):
    a_property(workspace, "plan")
    a_customer(workspace, email="ann@example.com", properties={"plan": "pro"}, first_name="Ann")
    an_identify(workspace, "ann@example.com", userId="u1", traits={"plan": None, "firstName": ""})

    take_up(workspace)

    customer = Customer.objects.get()
    assert (customer.first_name, customer.properties) == ("Ann", {"plan": "pro"})


def test_the_events_own_properties_win_over_its_contexts_traits(workspace):
    a_property(workspace, "plan")
    a_property(workspace, "since")
    traits = {"firstName": "Anna", "last_name": "Lee", "plan": "free", "since": "May"}
    sent = {"first_name": "Ann", "plan": "pro"}
    a_track(workspace, "ann@example.com", properties=sent, context={"traits": traits})

    take_up(workspace)

    customer = Customer.objects.get()
    assert (customer.first_name, customer.last_name) == ("Ann", "Lee")
    assert customer.properties == {"plan": "pro", "since": "May"}


def test_a_trusted_track_with_an_address_teaches_whose_the_id_is(workspace):
    a_track(workspace, "ann@example.com", userId="m-1")
    a_track(workspace, None, userId="m-1")

    take_up(workspace)

    assert reasons(workspace) == ["scheduled", "scheduled"]


def test_an_alias_joins_two_ids(workspace):
    an_identify(workspace, "ann@example.com", userId="a")
    an_alias(workspace, "a", "b")
    a_track(workspace, None, userId="b")

    take_up(workspace)

    assert reasons(workspace) == ["scheduled"]
    assert Event.objects.get().email == "ann@example.com"


def test_an_alias_may_come_before_the_address(workspace):
    an_alias(workspace, "a", "b", received_at=NOW - 2 * timedelta(hours=1))
    an_identify(workspace, "ann@example.com", anonymousId="a")
    a_track(workspace, None, userId="b")

    take_up(workspace)

    assert Event.objects.get().email == "ann@example.com"
    assert Customer.objects.count() == 1


def test_a_browsers_identify_leads_its_events_to_a_known_customer_and_fills_an_empty_name(
    workspace,
):
    known = a_customer(workspace, email="ann@example.com")
    traits = {"firstName": "Ann", "city": "Evil"}
    a_track(workspace, None, userId="u1", is_trusted=False)
    an_identify(workspace, known.address, userId="u1", is_trusted=False, traits=traits)

    take_up(workspace)

    known.refresh_from_db()
    assert reasons(workspace) == ["scheduled"]
    assert (known.first_name, known.city) == ("Ann", "")
    assert not Identity.objects.filter(is_trusted=True).exists()


def test_a_browser_changes_no_name_that_is_known(workspace):
    known = a_customer(workspace, email="ann@example.com", first_name="Ann")
    an_identify(
        workspace, known.address, userId="u1", is_trusted=False, traits={"firstName": "Evil"}
    )

    take_up(workspace)

    known.refresh_from_db()
    assert known.first_name == "Ann"


# ---- people without an address


def test_who_is_identified_without_an_address_is_one_person_with_who_has_it_later(workspace):
    a_property(workspace, "plan")
    an_identify(workspace, None, userId="u1", traits={"firstName": "Ann", "plan": "pro"})
    take_up(workspace)
    assert Customer.objects.get().email is None

    a_track(workspace, "ann@example.com", userId="u1", properties={"plan": "team"})
    take_up(workspace, NOW + MINUTE)

    customer = Customer.objects.get()
    assert (customer.email, customer.first_name) == ("ann@example.com", "Ann")
    assert customer.properties == {"plan": "team"}


def test_who_had_no_address_is_merged_into_the_customer_with_it(workspace):
    known = a_customer(workspace, email="ann@example.com", city="Brno")
    an_identify(workspace, None, userId="u1", traits={"firstName": "Ann", "tags": "vip"})
    take_up(workspace)
    an_identify(workspace, "ann@example.com", userId="u1")

    take_up(workspace, NOW + MINUTE)

    known.refresh_from_db()
    empty = Customer.objects.get(email=None)
    assert (known.first_name, known.city, known.tags) == ("Ann", "Brno", ["vip"])
    assert (empty.merged_into, empty.first_name) == (known, "")
    assert [one.customer for one in Identity.objects.all()] == [known]


def test_two_with_addresses_are_never_merged(workspace):
    an_identify(workspace, "ann@example.com", userId="a")
    an_identify(workspace, "bob@example.com", userId="b")
    an_alias(workspace, "a", "b")

    take_up(workspace)

    led = {one.external_id: one.customer.email for one in Identity.objects.all() if one.customer}
    assert led == {"a": "ann@example.com", "b": "bob@example.com"}
    assert Customer.objects.filter(merged_into=None).count() == 2


def test_an_edit_of_the_address_keeps_whose_the_id_is(workspace):
    an_identify(workspace, "old@example.com", userId="u1")
    take_up(workspace)
    Customer.objects.update(email="new@example.com")
    a_track(workspace, None, userId="u1")

    take_up(workspace, NOW + MINUTE)

    assert Survey.objects.get().email == "new@example.com"


def test_an_edit_of_the_address_is_no_way_round_a_throttle():
    workspace = a_campaign(throttle_days=30).workspace
    a_track(workspace, "old@example.com", userId="u1")
    take_up(workspace)
    Customer.objects.update(email="new@example.com")
    a_track(workspace, None, userId="u1")

    take_up(workspace, NOW + MINUTE)

    assert reasons(workspace) == ["scheduled", "throttled"]


def test_the_number_of_queries_does_not_grow_with_people(workspace, django_assert_max_num_queries):
    for number in range(40):
        a_track(workspace, None, userId=f"u{number}")
    take_up(workspace)
    for number in range(40):
        an_identify(workspace, None, userId=f"v{number}", traits={"firstName": "Ann"})
        an_identify(workspace, f"c{number}@example.com", userId=f"u{number}")

    with django_assert_max_num_queries(25):
        take_up(workspace, NOW + MINUTE)

    assert Survey.objects.count() == 40
