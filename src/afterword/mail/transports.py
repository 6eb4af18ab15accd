"""Ways to hand a mail over: an SMTP server, or the local mailbox.

Each speaks in two steps, so that the hand-over can be committed between them: `offer` goes as far
as the server's go-ahead for the body, `hand_over` sends the body and returns the server's answer.
"""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import Enum, auto
from typing import NamedTuple, Protocol

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol
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
    """One connection, used for one mail at a time."""

    @property
    def is_connected(self) -> bool:
        """Whether the server was reached and not left since."""

    async def connect(self) -> None:
        """Reach the server, if not done already; raises NotSent."""

    async def offer(self, letter: Letter) -> None:
        """Go as far as the server's go-ahead for the body; raises NotSent."""

    async def hand_over(self, letter: Letter) -> str:
        """Send the body of the letter just offered; return the answer; raises NotSent."""
        raise NotImplementedError

    async def withdraw(self) -> None:
        """Take back what was offered, and close the connection."""


class Mailbox:
    """Keeps mail in the database, one copy per survey however often it is handed over."""

    is_connected = True

    def __init__(self, in_thread: Callable[[Callable[[], object]], Awaitable[object]]) -> None:
        self._in_thread = in_thread

    async def connect(self) -> None:
        pass

    async def offer(self, letter: Letter) -> None:
        pass

    async def hand_over(self, letter: Letter) -> str:
        await self._in_thread(lambda: _keep(letter))
        return "kept in the local mailbox"

    async def withdraw(self) -> None:
        pass


def _keep(letter: Letter) -> None:
    MailboxMessage.objects.get_or_create(
        survey=letter.survey,
        defaults={
            "recipient": letter.recipient,
            "subject": letter.subject,
            "content": letter.content,
            "sent_at": timezone.now(),
        },
    )


class Smtp:
    """One connection to an SMTP server, opened when first needed and kept open."""

    CONNECT_TIMEOUT = 15.0  # seconds, for each step up to the server's greeting and sign-in
    # RFC 5321 4.5.3.2: five minutes for most commands, ten for the answer to the end of the body.
    COMMAND_TIMEOUT = 300.0
    BODY_TIMEOUT = 600.0

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._client: aiosmtplib.SMTP | None = None

    @property
    def is_connected(self) -> bool:
        return self._client is not None

    async def connect(self) -> None:
        await self._connected()

    async def offer(self, letter: Letter) -> None:
        was_open = self._client is not None
        try:
            await self._offer(await self._connected(), letter)
        except (OSError, aiosmtplib.SMTPException) as error:
            await self.withdraw()
            if was_open:  # servers close connections that idle: try a new one
                await self.offer(letter)
            else:
                raise NotSent(Fault.SERVER, f"The connection broke: {error}") from error
        except NotSent as problem:
            await self._forget_transaction(problem)
            raise

    async def _offer(self, client: aiosmtplib.SMTP, letter: Letter) -> None:
        options = b""
        if letter.needs_smtputf8:
            if not client.supports_extension("smtputf8"):
                raise NotSent(Fault.RECIPIENT, "The mail server does not take such addresses.")
            options = b" SMTPUTF8 BODY=8BITMIME"
        reply = await self._ask(client, b"MAIL FROM:<%b>%b" % (letter.sender.encode(), options))
        if reply.code != 250:
            raise NotSent(_about_sender(reply.code), _words(reply))
        reply = await self._ask(client, b"RCPT TO:<%b>" % letter.recipient.encode())
        if reply.code not in (250, 251):
            raise NotSent(_about_recipient(reply), _words(reply))
        reply = await self._ask(client, b"DATA")
        if reply.code != 354:
            raise NotSent(_fault(reply.code, Fault.MESSAGE), _words(reply))

    async def _ask(self, client: aiosmtplib.SMTP, command: bytes) -> aiosmtplib.SMTPResponse:
        return await client.execute_command(command, timeout=self.COMMAND_TIMEOUT)

    async def hand_over(self, letter: Letter) -> str:
        assert self._client is not None, "offer comes first"
        # The library has DATA and the body in one call; we commit between them.
        protocol = self._client.protocol
        if not isinstance(protocol, SMTPProtocol) or not protocol.is_connected:
            await self.withdraw()
            raise NotSent(Fault.TEMPORARY, "The connection was closed before the body.")
        try:
            protocol.write(_dotted(letter.content))
            reply = await protocol.read_response(timeout=self.BODY_TIMEOUT)
        except (OSError, aiosmtplib.SMTPException) as error:
            await self.withdraw()
            raise NotSent(Fault.UNKNOWN, f"No answer after the body: {error}") from error
        if 200 <= reply.code < 300:
            return _words(reply)
        if reply.code == 421:  # refused, and the connection is about to end
            await self.withdraw()
            raise NotSent(Fault.TEMPORARY, _words(reply))
        raise NotSent(_fault(reply.code, Fault.MESSAGE), _words(reply))

    async def withdraw(self) -> None:
        """After the go-ahead only the connection's end keeps the server from a mail."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _forget_transaction(self, problem: NotSent) -> None:
        """Make the connection ready for the next mail, or close it."""
        if problem.fault is Fault.SERVER or self._client is None:
            await self.withdraw()
            return
        with suppress(OSError, aiosmtplib.SMTPException):
            await self._client.rset(timeout=self.COMMAND_TIMEOUT)

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is None:
            client = _client(self._server, self.CONNECT_TIMEOUT)
            try:
                await client.connect()
                await client.ehlo()
            except (OSError, aiosmtplib.SMTPException) as error:
                client.close()
                raise NotSent(Fault.SERVER, f"The mail server does not answer: {error}") from error
            self._client = client
        return self._client


def _client(server: SmtpServer, timeout: float) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user or None,
        password=server.password or None,
        use_tls=server.tls == "tls",
        start_tls=server.tls == "starttls",
        timeout=timeout,
    )


def _fault(code: int, permanent: Fault) -> Fault:
    if code == 421:  # the server is about to close the connection, whatever the mail
        return Fault.SERVER
    return permanent if 500 <= code < 600 else Fault.TEMPORARY


def _about_sender(code: int) -> Fault:
    """A refused sender is everyone's trouble, not this mail's: it waits for a person."""
    return Fault.TEMPORARY if 400 <= code < 500 and code != 421 else Fault.SERVER


# Enhanced codes (RFC 3463) that say the address itself is no good, or no more.
_NO_SUCH_ADDRESS = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
_MAILBOX_FULL = "5.2.2"
_ENHANCED = re.compile(r"5\.\d{1,3}\.\d{1,3}")


def _about_recipient(reply: aiosmtplib.SMTPResponse) -> Fault:
    """Tell a bad address from a server that refuses us: only the former bounces for good.

    Servers often answer to RCPT what they hold against client, sender or sign-in.
    """
    if not 500 <= reply.code < 600:
        return _fault(reply.code, Fault.RECIPIENT)
    if reply.code <= 504 or reply.code in (530, 535) or "relay" in reply.message.lower():
        return Fault.SERVER
    if (enhanced := _ENHANCED.search(reply.message)) is None:
        return Fault.RECIPIENT if reply.code in (550, 551, 553) else Fault.MESSAGE
    if enhanced[0] == _MAILBOX_FULL:
        return Fault.TEMPORARY
    return Fault.RECIPIENT if enhanced[0] in _NO_SUCH_ADDRESS else Fault.MESSAGE


def _words(reply: aiosmtplib.SMTPResponse) -> str:
    words = reply.message.encode(errors="surrogateescape").decode(errors="replace")
    return f"{reply.code} {words}".replace("\x00", "")[:1000]


def _dotted(content: bytes) -> bytes:
    """Return the body as it travels: RFC 5321 4.5.2 doubles dots at the start of lines."""
    dotted = content.replace(b"\r\n.", b"\r\n..")
    if dotted.startswith(b"."):
        dotted = b"." + dotted
    return dotted + (b".\r\n" if dotted.endswith(b"\r\n") else b"\r\n.\r\n")
