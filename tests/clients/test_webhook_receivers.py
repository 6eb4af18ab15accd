"""The receivers of webhooks that the documentation shows, against what really is sent."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Signer

from afterword.followups.models import Webhook
from afterword.followups.webhooks.request import new_secret
from afterword.followups.webhooks.rotate import rotate
from tests.clients.node import node
from tests.factories import a_campaign, a_customer
from tests.followups import a_webhook, allow_loopback, answer, deliver_next, read_all
from tests.running_afterword import eventually

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "webhooks"
FORGED = b'{"event": "forged", "email": "", "score": 0, "comment": ""}'


def in_python(port: int) -> list[str]:
    return [sys.executable, str(EXAMPLES / "receiver.py"), str(port)]


def in_node(port: int) -> list[str]:
    return [node(), str(EXAMPLES / "receiver.mjs"), str(port)]


def in_php(port: int) -> list[str]:
    php = shutil.which("php")
    if not php:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("there is no PHP: run tests/clients/install.py")
    return [str(php), "-S", f"127.0.0.1:{port}", str(EXAMPLES / "receiver.php")]


Command = Callable[[int], list[str]]
each_language = pytest.mark.parametrize(
    "command", [in_python, in_node, in_php], ids=["python", "node", "php"]
)


class Receiver:
    """A running one, and what it acted on."""

    def __init__(self, port: int, said: Path) -> None:
        self.url, self._said = f"http://127.0.0.1:{port}", said

    def acted(self) -> list[str]:
        return [line for line in self._said.read_text().splitlines() if "." in line.split(" ")[0]]

    def is_up(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.post(self.url, content=b"{}").status_code == 401
        return False

    def post(self, secret: str, id_: str, at: datetime, body: bytes = FORGED) -> int:
        """Sign it as Afterword does; return the answer's status."""
        headers = {
            "webhook-id": id_,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Signer(secret).sign(id_, at, body.decode()),
        }
        return httpx.post(self.url, content=body, headers=headers).status_code


@contextmanager
def receiving(command: Command, secret: str, room: Path, port: int) -> Iterator[Receiver]:
    said = room / f"said-{port}"
    environment = os.environ | {
        "WEBHOOK_SECRET": secret,
        "WEBHOOK_SEEN": str(room / f"seen-{port}"),
    }
    with said.open("w") as out, (room / "errors").open("w") as errors:
        process = subprocess.Popen(command(port), env=environment, stdout=out, stderr=errors)
        try:
            receiver = Receiver(port, said)
            eventually(receiver.is_up)
            yield receiver
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def deliver(webhook: Webhook) -> None:
    read_all()
    while deliver_next(webhook.id):
        pass


def test_the_page_shows_what_the_examples_do():
    page = (EXAMPLES.parents[1] / "webhooks.md").read_text()

    for name, language in (("receiver.mjs", "js"), ("receiver.php", "php")):
        shown = page.partition(f"```{language}\n")[2].partition("```")[0]
        assert shown.strip() in (EXAMPLES / name).read_text()


@each_language
def test_what_is_sent_is_taken_during_a_change_of_the_secret_too(command, port, tmp_path, settings):
    allow_loopback(settings)
    campaign = a_campaign()
    webhook = a_webhook(f"http://127.0.0.1:{port}", campaign=campaign)
    ann = a_customer(campaign.workspace, email="ann@example.com")

    with receiving(command, webhook.secret, tmp_path, port) as receiver:
        answer(campaign, 9, "Żółć & “quick”", customer=ann, submitted=True)
        deliver(webhook)
        assert receiver.acted() == ["feedback.new ann@example.com 9 Żółć & “quick”"]

        rotate(webhook, timezone.now())  # of which the receiver knows nothing yet
        answer(campaign, 2, "Slow", customer=ann, submitted=True)
        deliver(webhook)
        assert receiver.acted()[1:] == ["feedback.new ann@example.com 2 Slow"]


@each_language
def test_what_is_forged_or_old_is_refused_and_what_comes_again_is_acted_on_once(
    command, port, tmp_path
):
    secret, now = new_secret(), datetime.now(UTC)
    body = b'{"event": "feedback.new", "email": "", "score": 9, "comment": ""}'
    with receiving(command, secret, tmp_path, port) as receiver:
        assert receiver.post(new_secret(), str(uuid4()), now) == 401
        assert receiver.post(secret, str(uuid4()), now - timedelta(minutes=10)) == 401
        assert receiver.acted() == []

        again = str(uuid4())
        assert [receiver.post(secret, again, now, body) for _ in range(2)] == [204, 204]
        assert len(receiver.acted()) == 1
