"""A real IMAP server for tests: Dovecot, as nobody in particular, on ports of its own."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from afterword.sending.reports.bounce_settings import ImapMailbox, ImapTls
from tests.certificates import Authority
from tests.mail_servers.install import find

USER, PASSWORD = "reports@acme.test", "hünter 2"
_SECONDS_TO_START = 15
_numbers = count(1)

_SETTINGS = """
base_dir = {folder}/run
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder} allow_all_users=yes
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
"""


@dataclass
class Dovecot:
    """A running server with one mailbox; `certificate` is what its clients must trust."""

    folder: Path
    account: pwd.struct_passwd
    ports: dict[ImapTls, int]
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def certificate(self) -> Path:
        return self.folder / "authority.pem"

    def mailbox(self, tls: ImapTls = "none", folder: str = "INBOX") -> ImapMailbox:
        return ImapMailbox("localhost", self.ports[tls], USER, PASSWORD, tls, folder)

    def deliver(self, mail: bytes) -> None:
        """Put a mail into the mailbox, as a local delivery agent does."""
        name = f"{time.time():.6f}.{next(_numbers)}.tests"
        fresh = self.folder / "mail" / "tmp" / name
        fresh.write_bytes(mail)
        self._give(fresh)
        fresh.rename(self.folder / "mail" / "new" / name)

    def make_folder(self, name: str) -> None:
        for part in ("cur", "new", "tmp"):
            path = self.folder / "mail" / f".{name}" / part
            path.mkdir(parents=True)
        for path in (self.folder / "mail" / f".{name}").rglob("*"):
            self._give(path)
        self._give(self.folder / "mail" / f".{name}")

    def seen(self, folder: str = "") -> list[bool]:
        """Whether each mail of a folder is flagged as seen."""
        place = self.folder / "mail" / (f".{folder}" if folder else "")
        names = [path.name for part in ("new", "cur") for path in (place / part).iterdir()]
        return ["S" in name.partition(":2,")[2] for name in names]

    def start(self) -> None:
        command = [str(find("dovecot")), "-F", "-c", str(self.folder / "dovecot.conf")]
        is_root = os.geteuid() == 0
        self.process = subprocess.Popen(
            command,
            user=self.account.pw_uid if is_root else None,
            group=self.account.pw_gid if is_root else None,
            extra_groups=[] if is_root else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for(self.ports["none"], self)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Run one; skip the test where there is none that it knows how to run."""
    _skip_without_one()
    folder = Path(tempfile.mkdtemp(prefix="afterword-dovecot-"))
    server = Dovecot(folder, _account(), _ports())
    try:
        _prepare(server)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _skip_without_one() -> None:
    program = find("dovecot")
    if program is None and os.environ.get("CI"):
        pytest.fail("Dovecot is not installed: `python -m tests.mail_servers.install`")
    if program is None:
        pytest.skip("Dovecot is not installed: `python -m tests.mail_servers.install`")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    if not version.stdout.startswith("2.3."):
        pytest.skip(f"settings are written for Dovecot 2.3, not {version.stdout.strip()}")


def _account() -> pwd.struct_passwd:
    """Dovecot refuses to serve mail as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _ports() -> dict[ImapTls, int]:
    with socket.socket() as first, socket.socket() as second:
        for probe in (first, second):
            probe.bind(("127.0.0.1", 0))
        plain, encrypted = first.getsockname()[1], second.getsockname()[1]
    return {"none": plain, "starttls": plain, "tls": encrypted}


def _prepare(server: Dovecot) -> None:
    account = server.account
    for part in ("cur", "new", "tmp"):
        (server.folder / "mail" / part).mkdir(parents=True)
    Authority(server.folder).server("localhost")
    (server.folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    (server.folder / "dovecot.conf").write_text(
        _SETTINGS.format(
            folder=server.folder,
            user=account.pw_name,
            group=grp.getgrgid(account.pw_gid).gr_name,
            uid=account.pw_uid,
            gid=account.pw_gid,
            imap=server.ports["none"],
            imaps=server.ports["tls"],
        )
    )
    for path in (server.folder, *server.folder.rglob("*")):
        server._give(path)


def _wait_for(port: int, server: Dovecot) -> None:
    ends = time.monotonic() + _SECONDS_TO_START
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        if time.monotonic() > ends:
            log = server.folder / "log"
            pytest.fail(f"Dovecot did not start: {log.read_text() if log.exists() else ''}")
        time.sleep(0.05)
