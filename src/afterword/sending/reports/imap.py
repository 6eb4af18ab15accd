"""A folder on an IMAP server (RFC 3501), as far as fetching reports needs it.

Every step has a time-out, and all of it together a deadline, after which the connection is cut.
"""

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from afterword.sending.reports.bounce_settings import ImapMailbox
from afterword.sending.reports.raw_mail import READ

TIMEOUT = 20.0  # seconds for one step
# How many mails are asked about at once: their numbers come on one line, which imaplib limits.
_WINDOW = 20_000
_UID = re.compile(rb"\bUID (\d+)")


class ImapTrouble(Exception):
    """The server cannot be used now; the text is safe to log."""


class Folder:
    """A selected folder; ids are the mails' UIDs."""

    def __init__(self, client: imaplib.IMAP4, size: int) -> None:
        self._client = client
        self._size = size

    def unseen(self) -> Iterator[list[bytes]]:
        """Yield the ids of mails not flagged as seen, in lots, the newest first.

        Mails of a lot may be moved away: it changes nothing before them.
        """
        for last in range(self._size, 0, -_WINDOW):
            first = max(last - _WINDOW + 1, 1)
            found = self._do("SEARCH", f"{first}:{last}", "UNSEEN")
            if lot := b" ".join(line for line in found if isinstance(line, bytes)).split():
                yield lot

    def fetch(self, ids: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the beginnings of the mails, READ bytes at most, without flagging them.

        Those that the server does not hand out are left out.
        """
        try:
            answers = self._do("FETCH", b",".join(ids).decode(), f"(UID BODY.PEEK[]<0.{READ}>)")
        except _Refused:
            if len(ids) == 1:
                return {}
            return {id_: raw for each in ids for id_, raw in self.fetch([each]).items()}
        return dict(_mails(answers))

    def flag_seen(self, ids: Sequence[bytes]) -> None:
        self._do("STORE", b",".join(ids).decode(), "+FLAGS.SILENT", r"(\Seen)")

    def can_move_to(self, folder: str) -> bool:
        """Whether mails can be moved (RFC 6851) to a folder that exists."""
        _, known = self._client.capability()  # those of before the sign-in are fewer
        if not known or b"MOVE" not in (known[0] or b"").split():
            return False
        _, found = self._client.list('""', _quoted(folder))
        return any(isinstance(one, bytes) and b"\\Noselect" not in one for one in found)

    def move(self, ids: Sequence[bytes], folder: str) -> None:
        self._do("MOVE", b",".join(ids).decode(), _quoted(folder))

    def _do(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes]]:
        answer, lines = self._client.uid(command, *arguments)
        if answer != "OK":
            raise _Refused(f"{command}: {_shown(lines)}")
        return [line for line in lines if line is not None]


class _Refused(ImapTrouble):
    """One command was refused; the connection goes on."""


@contextmanager
def opened(mailbox: ImapMailbox, seconds: float) -> Iterator[Folder]:
    """Open the folder for at most `seconds`; raises ImapTrouble, also for what happens within."""
    with ExitStack() as stack:
        try:
            client = _connect(mailbox, stack, seconds)
            _sign_in(client, mailbox)
            yield Folder(client, _select(client, mailbox.folder))
        except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
            raise ImapTrouble(f"{type(error).__name__}: {_safe(str(error))}") from error


class _Timed(imaplib.IMAP4):
    """Leaves with the stack, and is cut after `seconds`: even a greeting may never end."""

    def __init__(self, stack: ExitStack, seconds: float, *where: str | int, **how: Any) -> None:
        self._stack, self._seconds = stack, seconds
        super().__init__(*where, **how)  # type: ignore[arg-type]

    def open(self, host: str = "", port: Any = None, timeout: float | None = None) -> None:
        super().open(host, port, timeout)
        alarm = threading.Timer(self._seconds, _cut, [self])
        alarm.start()
        self._stack.callback(_leave, self)
        self._stack.callback(alarm.cancel)


class _TimedTls(_Timed, imaplib.IMAP4_SSL):
    pass


def _connect(mailbox: ImapMailbox, stack: ExitStack, seconds: float) -> imaplib.IMAP4:
    where, context = (mailbox.host, mailbox.port), ssl.create_default_context()
    if mailbox.tls == "tls":
        return _TimedTls(stack, seconds, *where, ssl_context=context, timeout=TIMEOUT)
    client = _Timed(stack, seconds, *where, timeout=TIMEOUT)
    if mailbox.tls == "starttls":
        client.starttls(context)
    return client


def _leave(client: imaplib.IMAP4) -> None:
    with suppress(OSError, imaplib.IMAP4.error):
        client.logout()
    with suppress(OSError):
        client.shutdown()


def _sign_in(client: imaplib.IMAP4, mailbox: ImapMailbox) -> None:
    """AUTHENTICATE takes any password; LOGIN only those in ASCII."""
    if "AUTH=PLAIN" in client.capabilities:
        answer = f"\0{mailbox.user}\0{mailbox.password}".encode()
        client.authenticate("PLAIN", lambda _: answer)
    else:
        client.login(mailbox.user, mailbox.password)


def _select(client: imaplib.IMAP4, folder: str) -> int:
    answer, lines = client.select(_quoted(folder))
    if answer != "OK":
        raise ImapTrouble(f"the folder {folder} cannot be opened: {_shown(lines)}")
    return int(lines[0] or 0)


def _cut(client: imaplib.IMAP4) -> None:
    with suppress(OSError):
        client.socket().shutdown(socket.SHUT_RDWR)


def _mails(answers: Sequence[bytes | tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Literals come as pairs: what stands before them, and they; the UID may stand after."""
    for place, answer in enumerate(answers):
        if isinstance(answer, tuple):
            after = answers[place + 1] if place + 1 < len(answers) else b""
            after = after if isinstance(after, bytes) else b""
            if found := _UID.search(answer[0]) or _UID.search(after):
                yield found[1], answer[1]


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shown(lines: Sequence[object]) -> str:
    return _safe(str(lines[0])) if lines else ""


def _safe(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:300]
