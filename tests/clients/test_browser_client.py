"""@segment/analytics-next in Chromium, as it is, on a page of another origin."""

import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.clients.node import MODULES
from tests.running_afterword import Workspace, eventually

pytestmark = pytest.mark.xdist_group("shared-afterword")

LIBRARY = MODULES / "@segment" / "analytics-next" / "dist" / "umd"
PAGE = b'<!doctype html><meta charset="utf-8"><title>Shop</title><script src="/index.js"></script>'
MAKE_CALLS = """async ([settings, options, calls]) => {
  const analytics = AnalyticsNext.AnalyticsBrowser.load(settings, options);
  const ids = [];
  for (const [method, ...words] of calls) {
    ids.push((await analytics[method](...words)).event.messageId);
  }
  return ids;
}"""
IDENTIFY_AND_TRACK_AT_ONCE = """async ([settings, options, people]) => {
  const [analytics] = await AnalyticsNext.AnalyticsBrowser.load(settings, options);
  const sent = people.map(([id, traits]) => {
    analytics.identify(id, traits);
    return analytics.track("Order Completed");
  });
  return (await Promise.all(sent)).map((context) => context.event.messageId);
}"""
PEOPLE = 100
DELIVERIES: dict[str, dict[str, Any]] = {
    "one by one": {"strategy": "standard"},
    "in batches": {"strategy": "batching", "config": {"size": 10, "timeout": 200}},
}


class Handler(SimpleHTTPRequestHandler):
    """Serves the shop's page at / and the library beside it."""

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def shop_window() -> Iterator[str]:
    """The address of the shop's page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *of: Handler(*of, directory=str(LIBRARY)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=DELIVERIES)
def delivery(request: pytest.FixtureRequest) -> dict[str, Any]:
    return DELIVERIES[request.param]


class Visitor:
    """Somebody on the shop's page."""

    def __init__(self, page: Page, shop: Workspace, delivery: dict[str, Any]) -> None:
        self.page = page
        server = shop.afterword
        self.settings = {"writeKey": shop.browser_key, "cdnURL": server.url}
        host = {"apiHost": f"{server.url.removeprefix('http://')}/v1", "protocol": "http"}
        self.options = {"integrations": {"Segment.io": {**host, "deliveryStrategy": delivery}}}

    def does(self, *calls: tuple[Any, ...]) -> list[str]:
        """Make the calls and return their messageIds."""
        ids: list[str] = self.page.evaluate(MAKE_CALLS, [self.settings, self.options, calls])
        return ids

    def identifies_and_tracks(self, people: list[tuple[str, dict[str, str]]]) -> list[str]:
        """Say who somebody is and at once what happened, many times: either may arrive first."""
        arguments = [self.settings, self.options, people]
        ids: list[str] = self.page.evaluate(IDENTIFY_AND_TRACK_AT_ONCE, arguments)
        return ids


@pytest.fixture
def visitor(page: Page, shop: Workspace, shop_window: str, delivery: dict[str, Any]) -> Visitor:
    page.goto(shop_window)
    return Visitor(page, shop, delivery)


def test_a_known_customer_is_surveyed(shop: Workspace, visitor: Visitor, address: str):
    make_known(shop, address)

    [_, sent] = visitor.does(
        ("identify", f"user of {address}", {"email": address}),
        ("track", "Order Completed", {"firstName": "Zoë 🦊"}),
    )
    decision = shop.decision_on(sent)

    assert (decision["reason"], decision["email"]) == ("scheduled", address)
    eventually(lambda: shop.afterword.mails(address))


def test_whom_the_shop_identified_is_known_by_the_id(
    shop: Workspace, visitor: Visitor, address: str
):
    make_known(shop, address)

    [_, sent] = visitor.does(("identify", f"user of {address}"), ("track", "Order Completed"))

    assert shop.decision_on(sent)["reason"] == "scheduled"


def test_a_stranger_is_neither_mailed_nor_made_known(
    shop: Workspace, visitor: Visitor, address: str
):
    [_, by_id, by_address] = visitor.does(
        ("identify", f"user of {address}", {"email": address}),
        ("track", "Order Completed"),
        ("track", "Order Completed", {"email": address}),
    )

    assert shop.decision_on(by_id)["reason"] == "untrusted_source"
    assert shop.decision_on(by_address)["reason"] == "untrusted_source"
    assert shop.rows("customers", email=address) == []
    assert shop.rows("outbox", email=address) == []


def test_every_other_call_is_taken_too(shop: Workspace, visitor: Visitor):
    refused: list[str] = []
    visitor.page.on("requestfailed", lambda request: refused.append(request.url))
    visitor.page.on("response", lambda each: None if each.ok else refused.append(each.url))

    [*_, last] = visitor.does(
        ("page", "Home"),
        ("screen", "Home"),
        ("group", "g1", {"name": "Acme"}),
        ("alias", "u2", "u1"),
        ("track", "Product Viewed"),
    )

    assert shop.decision_on(last)["reason"] == "waiting_for_address"
    assert refused == []


def make_known(shop: Workspace, address: str) -> None:
    """Tell of the customer from the shop's own server."""
    identify = {"type": "identify", "userId": f"user of {address}", "traits": {"email": address}}
    viewed = {
        "type": "track",
        "event": "Product Viewed",
        "messageId": f"known {address}",
        "properties": {"email": address},
    }
    assert shop.send(identify, viewed).status_code == 200
    shop.decision_on(f"known {address}")


@pytest.mark.parametrize("scope", ["ingest", "browser"])
def test_a_track_that_overtakes_its_identify_asks_all_the_same(
    shop: Workspace, visitor: Visitor, address: str, scope: str
):
    family = address.partition("@")[0]
    people = [(f"{n} {address}", f"{family}.{n}@example.com", f"Name{n}") for n in range(PEOPLE)]
    if scope == "ingest":
        visitor.settings["writeKey"] = shop.ingest_key
    else:
        make_all_known(shop, [email for _, email, _ in people])

    sent = visitor.identifies_and_tracks(
        [(id_, {"email": email, "firstName": name}) for id_, email, name in people]
    )

    def asked() -> bool:
        reasons = shop.reasons(sent)
        return all(reasons.get(message_id) == "scheduled" for message_id in sent)

    eventually(asked)
    wanted = {email: f"How was your order, {name}?" for _, email, name in people}

    def mailed() -> dict[str, str]:
        mails = shop.afterword.mails_to(f"{family}.")
        found = {mail["to"]: mail["subject"] for mail in mails}
        return found if len(found) == PEOPLE else {}

    assert eventually(mailed) == wanted


def make_all_known(shop: Workspace, emails: list[str]) -> None:
    """Tell of customers by their addresses alone, from the shop's own server."""
    viewed = [
        {
            "type": "track",
            "event": "Product Viewed",
            "messageId": f"known {email}",
            "properties": {"email": email},
        }
        for email in emails
    ]
    assert shop.send(*viewed).status_code == 200
    shop.decisions_on(f"known {email}" for email in emails)
