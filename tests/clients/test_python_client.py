"""segment-analytics-python, as it is."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from segment.analytics.client import Client

from tests.running_afterword import Workspace, eventually

pytestmark = pytest.mark.xdist_group("shared-afterword")

WAYS = {
    "in batches": {},
    "one by one": {"sync_mode": True},
    "compressed": {"gzip": True},
}


@pytest.fixture
def new_client(shop: Workspace) -> Iterator[Callable[..., Client]]:
    """Makes clients of the shop. What they could not send fails the test."""
    errors: list[object] = []
    made: list[Client] = []

    def new_client(**options: Any) -> Client:
        options = {"on_error": lambda error, items: errors.append(error), **options}
        host = shop.afterword.url
        client = Client(shop.ingest_key, host=host, upload_interval=0.05, **options)
        made.append(client)
        return client

    yield new_client
    for client in made:
        if not client.sync_mode:
            client.flush()
            client.join()
    assert errors == []


@pytest.fixture(params=WAYS)
def client(request: pytest.FixtureRequest, new_client: Callable[..., Client]) -> Client:
    return new_client(**WAYS[request.param])


def test_a_track_becomes_a_decision_and_a_mail(shop: Workspace, client: Client, address: str):
    _, sent = client.track("u1", "Order Completed", {"email": address, "firstName": "Ann"})

    decision = shop.decision_on(sent["messageId"])
    [mail] = eventually(lambda: shop.afterword.mails(address))

    assert (decision["reason"], decision["email"]) == ("scheduled", address)
    assert mail["subject"] == "How was your order, Ann?"


def test_after_an_identify_an_id_is_enough(shop: Workspace, client: Client, address: str):
    user, visitor = f"user of {address}", f"visitor of {address}"
    client.identify(user, {"email": address}, anonymous_id=visitor)
    by_user = client.track(user, "Order Completed")[1]
    by_visitor = client.track(None, "Order Completed", anonymous_id=visitor)[1]

    for sent in (by_user, by_visitor):
        decision = shop.decision_on(sent["messageId"])
        assert (decision["reason"], decision["email"]) == ("scheduled", address)
    eventually(lambda: len(shop.afterword.mails(address)) == 2)


def test_any_letters_arrive_as_they_were_sent(shop: Workspace, client: Client, address: str):
    said = {
        "firstName": "Zoë 🦊",
        "lastName": "東京 \u202b\u0634\u0643\u0631\u0627\u202c",
        "companyName": "C̈afé & <Söhne> \"'\\",
        "subscription_name": "plan\u00a0№ 1 \u2013 \U0001d518",
    }
    _, sent = client.track("u1", "Order Completed", {"email": address, **said})

    shop.decision_on(sent["messageId"])
    [customer] = shop.rows("customers", email=address)
    [mail] = eventually(lambda: shop.afterword.mails(address))

    names = ("firstName", "lastName", "companyName")
    assert {name: customer[name] for name in names} == {name: said[name] for name in names}
    values = {each["name"]: each["value"] for each in customer["properties"]}
    assert values["subscription_name"] == said["subscription_name"]
    assert mail["subject"] == "How was your order, Zoë 🦊?"


def test_what_is_sent_again_counts_once(shop: Workspace, client: Client, address: str):
    for _ in range(2):
        client.track("u1", "Order Completed", {"email": address}, message_id=f"twice {address}")
    client.track("u1", "Order Completed", {"email": address}, message_id=f"last {address}")

    shop.decision_on(f"last {address}")
    decisions = shop.rows("decisions", messageId=f"twice {address}")

    assert [each["reason"] for each in decisions] == ["scheduled"]
    assert len(shop.rows("outbox", email=address)) == 2
    eventually(lambda: len(shop.afterword.mails(address)) == 2)


def test_of_a_flush_of_250_every_event_is_decided(
    shop: Workspace, new_client: Callable[..., Client], address: str
):
    client = new_client(upload_size=40)
    sent = [
        client.track("u1", "Product Viewed", {"email": address, "number": number})[1]["messageId"]
        for number in range(250)
    ]
    client.flush()

    assert set(shop.decisions_on(sent).values()) == {"sampled_out"}


def test_a_wrong_key_is_told_and_not_retried(shop: Workspace):
    errors: list[Any] = []
    with ExitStack() as ending:
        client = Client(
            "not-a-key",
            host=shop.afterword.url,
            upload_interval=0.05,
            on_error=lambda error, items: errors.append(error),
        )
        ending.callback(client.join)
        client.track("u1", "Order Completed", {"email": "ann@example.com"})
        client.flush()
        eventually(lambda: errors, seconds=5)

    assert [error.status for error in errors] == [401]
    assert errors[0].code == "unknown_key"
    assert "key" in errors[0].message
