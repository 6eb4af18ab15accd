"""@segment/analytics-node, as it is."""

import json
from typing import Any

import pytest

from tests.clients.node import HERE, run_node
from tests.running_afterword import Workspace, eventually

pytestmark = pytest.mark.xdist_group("shared-afterword")


def send(shop: Workspace, *calls: tuple[str, dict[str, Any]], **settings: Any) -> list[str]:
    """Make the calls with a client of its own and return their messageIds."""
    settings = {"writeKey": shop.ingest_key, "host": shop.afterword.url, **settings}
    said = json.loads(
        run_node(HERE / "send.mjs", json.dumps({"settings": settings, "calls": calls}))
    )
    assert said["errors"] == []
    ids: list[str] = said["ids"]
    return ids


def test_identify_and_track_become_a_decision_and_a_mail(shop: Workspace, address: str):
    user = f"user of {address}"
    [_, sent] = send(
        shop,
        ("identify", {"userId": user, "traits": {"email": address}}),
        (
            "track",
            {"userId": user, "event": "Order Completed", "properties": {"firstName": "Zoë 🦊"}},
        ),
    )

    decision = shop.decision_on(sent)
    [mail] = eventually(lambda: shop.afterword.mails(address))

    assert (decision["reason"], decision["email"]) == ("scheduled", address)
    assert mail["subject"] == "How was your order, Zoë 🦊?"


def test_of_250_events_in_batches_every_one_is_decided(shop: Workspace, address: str):
    view = {"userId": "u1", "event": "Product Viewed", "properties": {"email": address}}

    sent = send(shop, *[("track", view)] * 250, flushAt=40)

    assert len(set(sent)) == 250
    assert set(shop.decisions_on(sent).values()) == {"sampled_out"}


def test_what_is_sent_again_counts_once(shop: Workspace, address: str):
    order = {
        "userId": "u1",
        "event": "Order Completed",
        "messageId": f"twice {address}",
        "properties": {"email": address},
    }

    send(shop, ("track", order), ("track", order))
    send(shop, ("track", order))

    decision = shop.decision_on(f"twice {address}")
    assert decision["reason"] == "scheduled"
    assert len(shop.rows("outbox", email=address)) == 1


def test_every_other_call_is_taken_too(shop: Workspace, address: str):
    send(
        shop,
        ("page", {"userId": "u1", "name": "Home"}),
        ("screen", {"userId": "u1", "name": "Home"}),
        ("group", {"userId": "u1", "groupId": "g1"}),
        ("alias", {"userId": "u1", "previousId": "u0"}),
    )
