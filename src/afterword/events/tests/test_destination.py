"""Segment's classic destination, by the recorded delivery and by what may be wrong with one."""

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from afterword import flow
from afterword.campaigns.models import Campaign
from afterword.customers.models import Customer
from afterword.decisions.models import Decision
from afterword.events.models import Event, EventCount, InboxItem, Rejection
from afterword.events.tests.conftest import Answer, Client
from afterword.events.tests.test_ingest import flush
from afterword.events.tests.test_replay import CAPTURES, replay
from afterword.workspaces.models import Scope, Token, hash_token
from tests.factories import NOW, a_campaign, a_token, a_workspace, an_identify

PLACE = "/segment/destination"
THEIRS = "mapRetentlyCampaignsWithSegmentEvents"
OURS = "mapAfterwordCampaignsWithSegmentEvents"


def settings(rows: object, name: str = THEIRS) -> dict[str, bytes]:
    return {"x-segment-settings": b64encode(json.dumps({name: rows}).encode())}


class Destination:
    """A workspace with two campaigns that name no events themselves, and what delivers to it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.orders = a_campaign(events=[], name="After an order")
        self.workspace = self.orders.workspace
        self.visits = a_campaign(self.workspace, events=[], name="After a visit")
        self.key = a_token(self.workspace)[1]

    def deliver(self, call: dict[str, Any], rows: object = None, **options: Any) -> Answer:
        if rows is None:
            rows = {str(self.orders.id): "Place order, visit Dashboard"}
        given = {"key": self.key, "headers": settings(rows), **options}
        return self.client.post(PLACE, call, **given)

    def mapped(self) -> list[list[UUID]]:
        """What the calls in the inbox are for."""
        items = InboxItem.objects.order_by("id")
        return [json.loads(item.envelope)["campaigns"] for item in items]

    def rejections(self) -> list[str]:
        flush(self.client)
        return [rejection.code for rejection in Rejection.objects.order_by("id")]


@pytest.fixture
def destination(client: Client) -> Destination:
    return Destination(client)


def order(**fields: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Place order",
        "userId": "u1",
        "messageId": "m1",
        "properties": {"email": "ann@example.com", "firstName": "Ann"},
        **fields,
    }


def campaigns_decided() -> set[UUID]:
    return {decision.campaign_id for decision in Decision.objects.all()}


def check_success(answer: Answer) -> None:
    assert (answer.status, answer.json) == (200, {"success": True})


# ---- what Segment delivers


def test_rudderstacks_webhook_delivers_in_the_same_way(destination):
    """An event as its servers pass it on, after https://www.rudderstack.com/docs/event-spec."""
    call = order(
        anonymousId="a1",
        channel="web",
        context={"library": {"name": "RudderLabs JavaScript SDK", "version": "2.9.1"}},
        integrations={"All": True},
        originalTimestamp="2026-11-02T08:59:59.000Z",
        sentAt="2026-11-02T09:00:00.000Z",
        receivedAt="2026-11-02T09:00:01.000Z",
        request_ip="192.0.2.1",
        rudderId="r1",
    )

    check_success(destination.deliver(call))

    assert destination.mapped() == [[str(destination.orders.id)]]


def test_the_recorded_delivery_asks_for_the_campaign_of_its_row(destination):
    capture = json.loads((CAPTURES / "dest-partner-webhook--track-SYNTHETIC.json").read_text())
    (request,) = capture["requests"]
    mapped_id, other_id = request["decoded_settings_header"][THEIRS]
    Campaign.objects.filter(id=destination.orders.id).update(key=mapped_id)
    Campaign.objects.filter(id=destination.visits.id).update(key=other_id)
    key = b64decode(dict(request["headers"])["Authorization"].split()[1])[:-1].decode()
    Token.objects.create(
        workspace=destination.workspace, name="captured", scope=Scope.INGEST, hash=hash_token(key)
    )

    answer = replay(destination.client, {**request, "path": PLACE})

    check_success(answer)
    assert destination.mapped() == [[str(destination.orders.id)]]


def test_an_event_in_a_row_asks_in_its_campaign_alone(destination):
    check_success(destination.deliver(order()))

    flow.process_events(destination.workspace.id, NOW)

    assert campaigns_decided() == {destination.orders.id}
    assert Decision.objects.get().reason == "scheduled"
    assert Customer.objects.get().first_name == "Ann"


@pytest.mark.parametrize("event", ["Place order", "visit Dashboard", " visit Dashboard "])
def test_each_name_between_commas_counts(destination, event):
    check_success(destination.deliver(order(event=event)))

    assert destination.mapped() == [[str(destination.orders.id)]]


def test_several_rows_may_name_one_event(destination):
    rows = {"After an order": "Place order", str(destination.visits.id).upper(): "a,Place order"}

    check_success(destination.deliver(order(), rows))
    flow.process_events(destination.workspace.id, NOW)

    assert campaigns_decided() == {destination.orders.id, destination.visits.id}


@pytest.mark.parametrize(
    "rows",
    [
        {"after an order": ["Ordered, paid"]},
        {" After an order ": "Ordered, paid"},
        [["After an order", "x"], ["After an order", "Ordered, paid"]],
        [{"key": "After an order", "value": "Ordered, paid"}],
    ],
)
def test_rows_come_in_several_shapes_and_names_may_hold_a_comma(destination, rows):
    call = order(event="Ordered, paid")

    check_success(destination.deliver(call, headers=settings(rows, OURS)))

    assert destination.mapped() == [[str(destination.orders.id)]]


def test_the_settings_may_come_unencoded(destination):
    text = json.dumps({OURS: {"After an order": "Place order"}})

    check_success(destination.deliver(order(), headers={"x-segment-settings": text}))

    assert len(destination.mapped()) == 1


def test_the_map_counts_and_not_what_the_campaign_listens_for(destination):
    listening = a_campaign(destination.workspace, events=["Place order"])
    destination.deliver(order())

    flow.process_events(destination.workspace.id, NOW)

    assert listening.id not in campaigns_decided()


def test_identify_brings_the_customer_up_to_date(destination):
    call = {"type": "identify", "userId": "u1", "messageId": "i1"}
    traits = {"email": "ann@example.com", "firstName": "Ann"}

    check_success(destination.deliver({**call, "traits": traits}))
    flow.process_events(destination.workspace.id, NOW)

    assert Customer.objects.get().first_name == "Ann"
    assert not Event.objects.exists()


def test_a_time_that_segment_corrected_stands(destination):
    times = {
        "timestamp": "2026-11-01T08:00:00Z",
        "originalTimestamp": "2026-11-01T05:00:00Z",
        "sentAt": "2026-11-01T05:00:10Z",
        "receivedAt": "2026-11-01T08:00:10Z",
    }
    destination.deliver(order(**times))

    flow.process_events(destination.workspace.id, NOW)

    assert Event.objects.get().occurred_at == datetime(2026, 11, 1, 8, tzinfo=UTC)


def test_a_campaign_that_was_deleted_meanwhile_is_passed_over(destination):
    destination.deliver(order())
    destination.orders.delete()

    flow.process_events(destination.workspace.id, NOW)

    assert not Decision.objects.exists()
    assert Event.objects.exists()


def test_what_is_delivered_twice_counts_once(destination):
    for _ in range(2):
        check_success(destination.deliver(order()))

    flow.process_events(destination.workspace.id, NOW)

    assert Decision.objects.count() == 1


def test_others_events_in_the_same_batch_go_by_their_names(destination):
    listening = a_campaign(destination.workspace, events=["Signed Up"])
    an_identify(destination.workspace, "bob@example.com", userId="u2")
    destination.client.post("/v1/track", order(event="Signed Up", messageId="m2"))
    destination.deliver(order())
    destination.client.post(
        "/v1/track", order(event="Signed Up", messageId="m3"), key=destination.key
    )

    flow.process_events(destination.workspace.id, NOW)

    assert campaigns_decided() == {destination.orders.id, listening.id}


# ---- what is dismissed, and shown


def test_an_event_that_no_row_names_is_dismissed_and_counted(destination):
    answer = destination.deliver(order(event="place order"))

    assert answer.status == 200
    assert answer.json["dismissed"] == "No row of the map names the event place order."
    assert not InboxItem.objects.exists()
    assert destination.rejections() == []
    assert EventCount.objects.get(name="place order").unmatched == 1


@pytest.mark.parametrize("headers", [{}, {"x-segment-settings": ""}, settings("x"), settings([1])])
def test_without_a_map_everything_is_dismissed(destination, headers):
    answer = destination.deliver(order(), headers=headers)

    assert answer.status == 200
    assert "dismissed" in answer.json


def test_an_unknown_campaign_is_dismissed_and_shown(destination):
    answer = destination.deliver(order(), {"5eb91\0ce4": "Place order"})

    assert answer.status == 200
    assert "5eb91" in answer.json["dismissed"]
    assert destination.rejections() == ["unknown_campaign"]
    assert not InboxItem.objects.exists()


def test_beside_an_unknown_campaign_the_known_one_asks(destination):
    rows = {"nobody": "Place order", str(destination.orders.id): "Place order"}

    check_success(destination.deliver(order(), rows))

    assert destination.rejections() == ["unknown_campaign"]
    assert len(destination.mapped()) == 1


def test_another_workspaces_campaign_is_unknown(destination):
    stranger = a_campaign(a_workspace(), events=[])

    answer = destination.deliver(order(), {str(stranger.id): "Place order"})

    assert "dismissed" in answer.json
    assert not InboxItem.objects.exists()


# ---- what is refused


def test_an_event_without_an_address_is_refused_in_segments_words(destination):
    answer = destination.deliver(order(properties={"firstName": "Ann"}))

    assert answer.status == 400
    assert answer.json["message"].startswith("Missing email address")
    assert destination.rejections() == ["missing_email"]


@pytest.mark.parametrize("type_", ["page", "screen", "group", "alias", "delete", 7])
def test_other_types_are_not_supported(destination, type_):
    answer = destination.deliver(order(type=type_))

    assert (answer.status, answer.json["code"]) == (501, "unsupported_type")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"type": "track"}', b"\xff"])
def test_what_is_no_message_is_malformed(destination, body):
    answer = destination.deliver(body)

    assert answer.status == 400
    assert answer.json["message"]


@pytest.mark.parametrize("header", ["{", "%%%", "bm90IGpzb24=", b"\xff\xfe", "e" * 70_000])
def test_settings_that_cannot_be_read_are_malformed(destination, header):
    answer = destination.deliver(order(), headers={"x-segment-settings": header})

    assert (answer.status, answer.json["code"]) == (400, "invalid_settings")
    assert destination.rejections() == ["invalid_settings"]


def test_only_a_key_that_stays_on_servers_is_taken(destination):
    for scope in (Scope.BROWSER, Scope.READ, Scope.WRITE):
        key = a_token(destination.workspace, scope)[1]
        assert destination.deliver(order(), key=key).status == 403
    assert destination.deliver(order(), key="").status == 401
    assert destination.deliver(order(), key="unknown").status == 401
    assert destination.deliver(order(writeKey=destination.key), key="").status == 401
    assert not InboxItem.objects.exists()


def test_it_is_spoken_to_by_post_alone(destination):
    answer = destination.client.request("GET", PLACE, key=destination.key)

    assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")
    check_success(destination.client.post(f"{PLACE}/", order(), **destination_options(destination)))


def destination_options(destination: Destination) -> dict[str, Any]:
    rows = {str(destination.orders.id): "Place order"}
    return {"key": destination.key, "headers": settings(rows)}
