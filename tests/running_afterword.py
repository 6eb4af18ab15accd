"""A running Afterword as other programs see it: its commands, its API, its mailbox."""

import base64
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import httpx
import yaml

from tests.migrated import ROOT, give_tables
from tests.running.conftest import Up, forget, wait_until

Found = TypeVar("Found")
Row = dict[str, Any]
_numbers = count(1)

LOGO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
TEMPLATE = {
    "key": "after-an-order",
    "metric": "nps",
    "name": "After an order",
    "logo": "logo.png",
    "subject": "How was your order, {{ first_name | default: 'there' }}?",
    "question": "How likely are you to recommend us to a friend?",
}
ROWS = {
    "customers": "subscribers",
    "decisions": "decisions",
    "feedback": "responses",
    "outbox": "surveys",
}


def a_campaign(key: str, *events: str, **fields: Any) -> Row:
    """A campaign of a workspace file: active, and asking everyone at once after these events."""
    return {
        "key": key,
        "name": key.replace("-", " ").capitalize(),
        "metric": "nps",
        "channel": "email",
        "type": "transactional",
        "template": TEMPLATE["key"],
        "trigger": {"service": "segment", "events": list(events)},
        "active": True,
        **fields,
    }


def eventually(read: Callable[[], Found], seconds: float = 20) -> Found:
    """Return the first answer of `read` that is true.

    Who asks takes time from who is to answer: the longer it takes, the less often it is asked.
    """
    began = time.monotonic()
    while not (found := read()):
        waited = time.monotonic() - began
        assert waited < seconds, f"after {seconds} s it was still {found!r}"
        time.sleep(min(max(0.05, waited / 8), 0.5))
    return found


class RunningAfterword(Up):
    """One `afterword up`, with a client for its pages."""

    def __init__(self, data: Path, **settings: str) -> None:
        # The tests' own settings of Django are not for it.
        super().__init__(data, DJANGO_SETTINGS_MODULE="afterword.settings", **settings)
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, timeout=20)
        self._commands = subprocess.Popen(
            [sys.executable, "-m", "tests.commands"],
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_ready(self) -> "RunningAfterword":
        super().wait_ready()
        wait_until(self.is_ready)
        return self

    def is_ready(self) -> bool:
        with suppress(httpx.TransportError):
            return self.http.get("/health/ready").status_code == 200
        return False

    @cached_property
    def greeting(self) -> str:
        """What was printed for the person who started it, the example to try included."""
        assert self.process.stdout
        os.set_blocking(self.process.stdout.fileno(), False)
        said = ""

        def listen() -> bool:
            nonlocal said
            with suppress(BlockingIOError):
                said += os.read(self.process.stdout.fileno(), 65536).decode()  # type: ignore[union-attr]
            return "curl" in said and said.endswith("\n")

        wait_until(listen)
        return said

    def run(self, *words: str, given: str | None = None) -> str:
        """Run another command on the same data folder and return what it printed."""
        asked, answers = self._commands.stdin, self._commands.stdout
        assert asked is not None
        assert answers is not None
        asked.write(json.dumps([words, given]) + "\n")
        asked.flush()
        status, said, errors = json.loads(answers.readline())
        assert status == 0, said + errors
        printed: str = said
        return printed

    def workspace(self, name: str, *campaigns: Row, **parts: Any) -> "Workspace":
        """Make a workspace with these campaigns by `afterword apply`."""
        folder = self.data.parent / f"{self.data.name}.files"
        folder.mkdir(exist_ok=True)
        (folder / "logo.png").write_bytes(LOGO)
        file = folder / "workspace.yaml"
        wanted = {
            "workspace": {"name": name},
            "templates": [TEMPLATE],
            "campaigns": list(campaigns),
            **parts,
        }
        file.write_text(yaml.safe_dump(wanted, allow_unicode=True, sort_keys=False))
        self.run("apply", str(file))
        return Workspace(self, name)

    def mails(self, address: str) -> list[Row]:
        """The mails to an address that the mailbox holds, the newest first."""
        return [mail for mail in self.mails_to(address) if mail["to"] == address]

    def mails_to(self, beginning: str) -> list[Row]:
        """The mails to all addresses that begin so."""
        answer = self.http.get("/mailbox.json", params={"to": beginning})
        assert answer.status_code == 200, answer.text
        found: list[Row] = answer.json()
        return found

    def end(self) -> None:
        self._commands.communicate()  # which ends it
        self.http.close()
        super().end()


class Owner(NamedTuple):
    email: str
    password: str


@dataclass
class Workspace:
    """A workspace of a running Afterword, by its tokens."""

    afterword: RunningAfterword
    name: str

    @cached_property
    def ingest_key(self) -> str:
        return self._new_token("ingest")

    @cached_property
    def browser_key(self) -> str:
        return self._new_token("browser")

    @cached_property
    def read_key(self) -> str:
        return self._new_token("read")

    def _new_token(self, scope: str) -> str:
        words = ("token", "create", "--workspace", self.name, "--name", scope, "--scope", scope)
        return self.afterword.run(*words).strip()

    def ask(self, path: str, **query: object) -> Row:
        """Return what the API answers to a GET."""
        answer = self.afterword.http.get(
            f"/api/v2/{path}",
            params={name: str(value) for name, value in query.items()},
            headers={"X-Api-Key": self.read_key},
        )
        assert answer.status_code == 200, answer.text
        found: Row = answer.json()["data"]
        return found

    def rows(self, path: str, **query: object) -> list[Row]:
        """Return a whole list of the API, page by page, the oldest row first."""
        found: list[Row] = []
        for number in range(1, 1000):
            order = {"outbox": "surveyCreatedDate"}.get(path, "createdDate")
            page = self.ask(path, limit=1000, page=number, sort=order, **query)
            found += page[ROWS[path]]
            if number >= page["pages"]:
                break
        return found

    def decisions_on(self, message_ids: Iterable[str]) -> dict[str, str]:
        """Wait until each of these events has been decided; return the reason by messageId."""
        wanted = set(message_ids)

        def decided() -> dict[str, str]:
            found = self.reasons(wanted)
            return found if wanted == set(found) else {}

        return eventually(decided)

    def reasons(self, message_ids: Collection[str]) -> dict[str, str]:
        """Return why by messageId, for those of these events that are among the newest decided.

        There may have been as many others since, and one decision more on each.
        """
        rows = self.ask("decisions", limit=min(4 * len(message_ids) + 20, 1000))["decisions"]
        found = {row["messageId"]: row["reason"] for row in rows}
        return {id_: reason for id_, reason in found.items() if id_ in message_ids}

    def decision_on(self, message_id: str) -> Row:
        """Wait for the first decision on an event and return it."""
        found = eventually(lambda: self.rows("decisions", messageId=message_id))
        return found[0]

    @contextmanager
    def signed_in(self) -> Iterator[httpx.Client]:
        """Yield a client for the pages that is signed in as the owner."""
        with httpx.Client(base_url=self.afterword.url, follow_redirects=True) as browser:
            page = browser.get("/accounts/login/").text
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
            assert token, page
            email, password = self.owner
            form = {"login": email, "password": password, "csrfmiddlewaretoken": token[1]}
            answer = browser.post("/accounts/login/", data=form)
            assert (answer.status_code, answer.url.path) == (200, "/"), answer.text
            yield browser

    @cached_property
    def owner(self) -> "Owner":
        owner = Owner(f"owner{next(_numbers)}@acme.test", secrets.token_urlsafe(16))
        words = ("member", "add", "--workspace", self.name, "--email", owner.email)
        self.afterword.run(
            *words, "--role", "owner", "--password-stdin", given=owner.password + "\n"
        )
        return owner

    def send(self, *calls: Row, **envelope: object) -> httpx.Response:
        """Post calls as one batch, as plainly as can be."""
        return self.afterword.http.post(
            "/v1/batch", json={"batch": calls, **envelope}, auth=(self.ingest_key, "")
        )


@contextmanager
def running_afterword(
    name: str, *, has_tables: bool = True, **settings: str
) -> Iterator[RunningAfterword]:
    """Run one in a data folder of its own, which is removed in the end."""
    room = Path(tempfile.mkdtemp(prefix="afterword-"))
    room.chmod(0o711)  # run by root, PostgreSQL is another user, who must pass
    if has_tables:
        give_tables(room / name)
    afterword = RunningAfterword(room / name, **settings)
    try:
        yield afterword.wait_ready()
    finally:
        afterword.end()
        forget(afterword.data)
        shutil.rmtree(room)
