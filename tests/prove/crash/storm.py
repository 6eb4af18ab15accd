"""Events that flow while parts of Afterword are killed, and the account of what became of them."""

import threading
import time

import psutil
from segment.analytics.client import Client

from afterword.mail.servers.address import CONNECTIONS
from tests.prove.crash.ledger import Reconciliation, reconcile
from tests.prove.crash.receiver import Receiver
from tests.running_afterword import RunningAfterword, Workspace, a_campaign, eventually

AROUND = 100  # mails: what was being handed over at a kill arrived that close to it
UNFINISHED = {"QUEUED", "SENDING"}
SECONDS_TO_FINISH = 90


class Storm:
    """Events sent by a real client, parts killed meanwhile, and mail counted by its receiver."""

    def __init__(self, afterword: RunningAfterword, received: Receiver) -> None:
        self.afterword = afterword
        self.received = received
        self.shop: Workspace = afterword.workspace(
            "Shop", a_campaign("after-an-order", "Order Completed")
        )
        self.sent: dict[str, str] = {}  # messageId to address: what the client was told is safe
        self.kills: list[int] = []  # how many mails had arrived at each
        self.errors: list[object] = []
        self._sending: threading.Thread | None = None

    def begin(self, events: int, per_second: int) -> None:
        """Send so many events, each about another customer, in the background."""
        key = self.shop.ingest_key  # made before anything is killed
        _ = self.shop.read_key
        self._sending = threading.Thread(target=self._send, args=(key, events, per_second))
        self._sending.start()

    def _send(self, key: str, events: int, per_second: int) -> None:
        client = Client(
            key,
            host=self.afterword.url,
            upload_size=10,
            upload_interval=0.02,
            on_error=lambda error, items: self.errors.append(error),
        )
        sent: dict[str, str] = {}
        for number in range(events):
            address = f"shopper{number}@example.com"
            _, call = client.track(f"u{number}", "Order Completed", {"email": address})
            sent[call["messageId"]] = address
            time.sleep(1 / per_second)
        client.flush()
        client.join()
        self.sent = sent

    def wait_for_mails(self, number: int) -> None:
        eventually(lambda: len(self.received.addresses) >= number, SECONDS_TO_FINISH)

    def kill(self, name: str) -> None:
        """Kill -9 that child with its children, and wait until another one has its place."""
        killed = eventually(lambda: self.afterword.child(name))
        assert killed
        family = [killed, *killed.children(recursive=True)]
        self.kills.append(len(self.received.addresses))
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        eventually(lambda: self.afterword.child(name) not in {None, killed})

    def finish(self) -> None:
        """Return when every event was sent and every survey is where it will stay."""
        assert self._sending
        self._sending.join()
        assert self.errors == []
        self.wait_for_mails(len(self.sent))
        eventually(self._is_calm, SECONDS_TO_FINISH)

    def _is_calm(self) -> bool:
        time.sleep(0.5)
        if not self.afterword.is_ready():
            return False
        surveys = self.shop.rows("outbox")
        return len(surveys) >= len(self.sent) and not UNFINISHED & {
            survey["status"] for survey in surveys
        }

    def check_decisions(self, *, may_repeat: bool) -> None:
        """Every event has exactly its decision; `may_repeat` if the client may have resent some."""
        decisions = self.shop.rows("decisions")
        first = [row["messageId"] for row in decisions if row["reason"] == "scheduled"]
        found = reconcile(self.sent, first)
        assert found == Reconciliation()
        assert len(first) == len(decisions)

    def check_mails(self) -> None:
        """Every survey is sent, none more than twice, and twice only those in hand at a kill."""
        arrived = self.received.addresses
        assert all(0 < kill < len(self.sent) for kill in self.kills), "not in the middle of it"
        found = reconcile(self.sent.values(), arrived)
        assert found == Reconciliation(doubled=found.doubled)
        # A worker hands over one mail at a time on each of its connections.
        assert len(found.doubled) <= CONNECTIONS * len(self.kills)
        far = {
            address: arrived.index(address)
            for address in found.doubled
            if all(abs(arrived.index(address) - kill) > AROUND for kill in self.kills)
        }
        assert far == {}
        copies = set(zip(arrived, self.received.message_ids, strict=True))
        assert len(copies) == len(self.sent), "two copies of one mail have the same Message-ID"
