"""Ways to hand a mail over: an SMTP server, or the local mailbox.

Each speaks in two steps, so that the hand-over can be committed between them: `offer` goes as far
as the server's go-ahead for the body, `hand_over` sends the body and returns the server's answer.
"""

import smtplib
import ssl
from contextlib import suppress
from enum import Enum, auto
from typing import NamedTuple, Protocol

from django.utils import timezone

from afterword.configuration import SmtpServer
from afterword.mail.models import MailboxMessage
from afterword.surveys.models import Survey


class Letter(NamedTuple):
    """A mail ready to go. Addresses are as the protocol wants them; content has CRLF lines."""

    survey: Survey
    sender: str
    recipient: str
    needs_smtputf8: bool
    subject: str
    content: bytes


class Fault(Enum):
    """What went wrong, by what to do about it."""

    SERVER = auto()  # the server cannot be used now: stop, and try all of it later
    TEMPORARY = auto()  # 4xx: try this mail later
    RECIPIENT = auto()  # 5xx about the address: it bounced
    MESSAGE = auto()  # 5xx about the mail: park it
    UNKNOWN = auto()  # the body went out and no answer came: it may have arrived


class NotSent(Exception):
    """A mail that was not, or may not have been, taken. Its text is the server's own words."""

    def __init__(self, fault: Fault, reply: str) -> None:
        super().__init__(reply)
        self.fault = fault
        self.reply = reply


class Transport(Protocol):
    def connect(self) -> None:
        """Reach the server, if not done already; raises NotSent."""

    def offer(self, letter: Letter) -> None:
        """Go as far as the server's go-ahead for the body; raises NotSent."""

    def hand_over(self, letter: Letter) -> str:
        """Send the body of the letter just offered; return the answer; raises NotSent."""

    def withdraw(self) -> None:
        """Take back what was offered."""


class Mailbox:
    """Keeps mail in the database, one copy per survey however often it is handed over."""

    def connect(self) -> None:
        pass

    def offer(self, letter: Letter) -> None:
        pass

    def hand_over(self, letter: Letter) -> str:
        MailboxMessage.objects.get_or_create(
            survey=letter.survey,
            defaults={
                "recipient": letter.recipient,
                "subject": letter.subject,
                "content": letter.content,
                "sent_at": timezone.now(),
            },
        )
        return "kept in the local mailbox"

    def withdraw(self) -> None:
        pass


class Smtp:
    """One connection to an SMTP server, opened when first needed and kept open."""

    CONNECT_TIMEOUT = 15.0  # seconds
    # RFC 5321 4.5.3.2.6: ten minutes for the answer to the end of the body.
    REPLY_TIMEOUT = 600.0

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def offer(self, letter: Letter) -> None:
        was_open = self._smtp is not None
        try:
            self._offer(self._connected(), letter)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self.withdraw()
            if was_open:  # servers close connections that idle: try a new one
                self.offer(letter)
            else:
                raise NotSent(Fault.SERVER, f"The connection broke: {error}") from error
        except NotSent as problem:
            self._forget_transaction(problem)
            raise

    def _forget_transaction(self, problem: NotSent) -> None:
        """Make the connection ready for the next mail, or close it."""
        if problem.fault is Fault.SERVER or self._smtp is None:
            self.withdraw()
            return
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.rset()

    def _offer(self, smtp: smtplib.SMTP, letter: Letter) -> None:
        options = ""
        if letter.needs_smtputf8:
            if not smtp.has_extn("smtputf8"):
                raise NotSent(Fault.RECIPIENT, "The mail server does not take such addresses.")
            options = " SMTPUTF8 BODY=8BITMIME"
        mail, rcpt, data = _ask(
            smtp, f"MAIL FROM:<{letter.sender}>{options}", f"RCPT TO:<{letter.recipient}>", "DATA"
        )
        if mail.code != 250:
            raise NotSent(_about_sender(mail.code), str(mail))
        if rcpt.code not in (250, 251):
            if data.code == 354:  # it would now take a mail to nobody
                self.withdraw()
            raise NotSent(_fault(rcpt.code, Fault.RECIPIENT), str(rcpt))
        if data.code != 354:
            raise NotSent(_fault(data.code, Fault.MESSAGE), str(data))

    def hand_over(self, letter: Letter) -> str:
        smtp = self._smtp
        assert smtp is not None, "offer comes first"
        try:
            smtp.send(_dotted(letter.content))
            reply = _Reply(*smtp.getreply())
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self.withdraw()
            raise NotSent(Fault.UNKNOWN, f"No answer after the body: {error}") from error
        if reply.code != 250:
            raise NotSent(_fault(reply.code, Fault.MESSAGE), str(reply))
        return str(reply)

    def withdraw(self) -> None:
        """After the go-ahead only the connection's end keeps the server from a mail."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def connect(self) -> None:
        self._connected()

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            try:
                self._smtp = _connect(self._server, self.CONNECT_TIMEOUT)
            except (OSError, smtplib.SMTPException) as error:
                raise NotSent(Fault.SERVER, f"The mail server does not answer: {error}") from error
            assert self._smtp.sock is not None
            self._smtp.sock.settimeout(self.REPLY_TIMEOUT)
        return self._smtp


def _connect(server: SmtpServer, timeout: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.tls == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=timeout, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=timeout)
    try:
        if server.tls == "starttls":
            smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _fault(code: int, permanent: Fault) -> Fault:
    if code == 421:  # the server is about to close the connection, whatever the mail
        return Fault.SERVER
    return permanent if 500 <= code < 600 else Fault.TEMPORARY


def _about_sender(code: int) -> Fault:
    """A refused sender is everyone's trouble, not this mail's: it waits for a person."""
    return Fault.TEMPORARY if 400 <= code < 500 and code != 421 else Fault.SERVER


class _Reply(NamedTuple):
    code: int
    words: bytes

    def __str__(self) -> str:
        return f"{self.code} {self.words.decode(errors='replace')}".replace("\x00", "")[:1000]


_NOT_ASKED = _Reply(503, b"not asked, since the command before was refused")


def _ask(smtp: smtplib.SMTP, *commands: str) -> list[_Reply]:
    """Return the server's answer to each command; all go at once where it allows (RFC 2920)."""
    if smtp.has_extn("pipelining"):
        smtp.send("".join(f"{command}\r\n" for command in commands).encode())
        return [_Reply(*smtp.getreply()) for _ in commands]
    replies: list[_Reply] = []
    for command in commands:
        if replies and replies[-1].code >= 400:
            replies.append(_NOT_ASKED)
        else:
            smtp.send(f"{command}\r\n".encode())
            replies.append(_Reply(*smtp.getreply()))
    return replies


def _dotted(content: bytes) -> bytes:
    """Return the body as it travels: RFC 5321 4.5.2 doubles dots at the start of lines."""
    dotted = content.replace(b"\r\n.", b"\r\n..")
    if dotted.startswith(b"."):
        dotted = b"." + dotted
    return dotted + (b".\r\n" if dotted.endswith(b"\r\n") else b"\r\n.\r\n")
