"""Mail handed over to an SMTP server."""

import asyncio
import re
from contextlib import suppress
from enum import Enum

from afterword.core.failpoints import failpoint
from afterword.mail.servers.address import SmtpServer
from afterword.mail.ways.dialogue import Dialogue, Lost
from afterword.mail.ways.replies import Reply, about_message, about_recipient, about_sender
from afterword.mail.ways.smtp_connection import connected
from afterword.mail.ways.way import Fault, Letter, NotSent

_UNSAFE = re.compile(r"[\x00-\x20\x7f<>]")


class _Step(Enum):
    """How far an offer got: it tells whose fault a silence is."""

    CONNECT = "connecting"
    MAIL = "the sender"
    RCPT = "the recipient"
    DATA = "the mail"


class Smtp:
    """One connection to an SMTP server, opened when first needed and kept open.

    Where the server knows PIPELINING the envelope travels in one piece, and a mail costs two
    round trips instead of four.
    """

    # Seconds, each for everything up to that point: a server that drips gains no more of them.
    CONNECT_TIMEOUT = 30.0
    OFFER_TIMEOUT = 60.0
    BODY_TIMEOUT = 600.0  # RFC 5321 4.5.3.2.6: giving up sooner would make doubles

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._dialogue: Dialogue | None = None
        self._needs_reset = False
        self._step = _Step.CONNECT

    @property
    def is_connected(self) -> bool:
        return self._dialogue is not None and self._dialogue.is_open

    async def connect(self) -> None:
        await self._connected()

    async def offer(self, letter: Letter) -> None:
        try:
            async with asyncio.timeout(self.OFFER_TIMEOUT):
                await self._offer_or_reopen(letter)
        except TimeoutError:
            raise await self._lost(f"No answer within {self.OFFER_TIMEOUT:g} s.") from None
        except Lost as loss:
            raise await self._lost(str(loss)) from loss
        except NotSent as problem:
            self._needs_reset = True
            if problem.fault is Fault.SERVER or problem.code == 421:
                await self.withdraw()
            raise

    async def _offer_or_reopen(self, letter: Letter) -> None:
        """Servers close connections that idle or had many mails: then try on a new one."""
        if not self.is_connected:
            await self._offer(letter)
            return
        try:
            await self._offer(letter)
        except NotSent as problem:
            if problem.code != 421:
                raise
        except Lost:
            pass
        else:
            return
        await self.withdraw()
        await self._offer(letter)

    async def _offer(self, letter: Letter) -> None:
        self._step = _Step.CONNECT
        dialogue = await self._connected()
        mail, rcpt = _envelope(letter, dialogue)
        if self._needs_reset:
            self._step = _Step.MAIL
            if (reply := await dialogue.ask(b"RSET\r\n")).code != 250:
                raise NotSent(Fault.SERVER, str(reply), reply.code)
            self._needs_reset = False
        if "pipelining" in dialogue.extensions:
            await self._offer_at_once(dialogue, mail, rcpt)
        else:
            await self._offer_in_turn(dialogue, mail, rcpt)

    async def _offer_at_once(self, dialogue: Dialogue, mail: bytes, rcpt: bytes) -> None:
        answers = dialogue.say(mail, rcpt, b"DATA\r\n")
        try:
            for step, answer in zip((_Step.MAIL, _Step.RCPT, _Step.DATA), answers, strict=True):
                self._step = step
                _check(step, await answer)
        except NotSent as problem:
            if problem.fault is not Fault.SERVER and problem.code != 421:
                with suppress(Lost):  # the refusal is what counts
                    await self._empty(dialogue, await answers[-1])
            raise

    async def _offer_in_turn(self, dialogue: Dialogue, mail: bytes, rcpt: bytes) -> None:
        commands = ((_Step.MAIL, mail), (_Step.RCPT, rcpt), (_Step.DATA, b"DATA\r\n"))
        for step, command in commands:
            self._step = step
            _check(step, await dialogue.ask(command))

    async def _empty(self, dialogue: Dialogue, answer: Reply) -> None:
        """A server may want a body that has no recipient: RFC 2920 3.1 sends it a lone dot."""
        if answer.code == 354 and self._step is _Step.RCPT:
            await dialogue.ask(b".\r\n")
        elif answer.code == 354:  # a body without a sender: who knows what it would do
            await self.withdraw()

    async def hand_over(self, letter: Letter) -> str:
        if self._dialogue is None or not self._dialogue.is_open:
            await self.withdraw()
            raise NotSent(Fault.TEMPORARY, "The connection was closed before the body.")
        try:
            async with asyncio.timeout(self.BODY_TIMEOUT):
                [answer] = self._dialogue.say(_dotted(letter.content))
                failpoint("after_body")
                reply = await answer
        except (TimeoutError, Lost) as error:
            await self.withdraw()
            words = str(error) or f"nothing came for {self.BODY_TIMEOUT:g} s."
            raise NotSent(Fault.UNKNOWN, f"No answer after the body: {words}") from error
        if 200 <= reply.code < 300:
            return str(reply)
        fault = about_message(reply)
        if reply.code == 421 or fault is Fault.UNKNOWN:  # the end is near, or we are out of step
            await self.withdraw()
        # Our sign-in was good until now, so it is this mail that may not go.
        raise NotSent(Fault.MESSAGE if fault is Fault.SERVER else fault, str(reply), reply.code)

    async def withdraw(self) -> None:
        """After the go-ahead only the connection's end keeps the server from a mail."""
        self._needs_reset = False
        if self._dialogue is not None:
            self._dialogue.close()
            self._dialogue = None

    async def _lost(self, words: str) -> NotSent:
        """A server that answered at first, and falls silent at one mail, may do well with the next.

        Were it put down to the server, one such mail would be tried again at once, for ever.
        """
        await self.withdraw()
        fault = Fault.SERVER if self._step is _Step.CONNECT else Fault.TEMPORARY
        return NotSent(fault, f"The connection was lost at {self._step.value}: {words}")

    async def _connected(self) -> Dialogue:
        if self._dialogue is None or not self._dialogue.is_open:
            await self.withdraw()
            self._dialogue = await connected(self._server, self.CONNECT_TIMEOUT)
        return self._dialogue


def _envelope(letter: Letter, dialogue: Dialogue) -> tuple[bytes, bytes]:
    """Return the commands that name sender and recipient."""
    if _UNSAFE.search(letter.sender) or _UNSAFE.search(letter.recipient):
        raise NotSent(Fault.MESSAGE, "An address of this mail would end its own command.")
    options = b""
    if letter.needs_smtputf8:
        if "smtputf8" not in dialogue.extensions:
            raise NotSent(Fault.RECIPIENT, "The mail server does not take such addresses.")
        options = b" SMTPUTF8 BODY=8BITMIME"
    return (
        b"MAIL FROM:<%b>%b\r\n" % (letter.sender.encode(), options),
        b"RCPT TO:<%b>\r\n" % letter.recipient.encode(),
    )


def _check(step: _Step, reply: Reply) -> None:
    """Raise NotSent unless the answer lets us go on."""
    if step is _Step.DATA:
        if reply.code == 354:
            return
        fault = about_message(reply)
        if reply.code in {421, 500, 502, 503} or fault is Fault.UNKNOWN:
            fault = Fault.SERVER
    elif 200 <= reply.code < 300:
        return
    else:
        fault = about_sender(reply) if step is _Step.MAIL else about_recipient(reply)
    raise NotSent(fault, str(reply), reply.code, is_about_us=step is _Step.MAIL)


def _dotted(content: bytes) -> bytes:
    """Return the body as it travels: RFC 5321 4.5.2 doubles dots at the start of lines."""
    dotted = content.replace(b"\r\n.", b"\r\n..")
    if dotted.startswith(b"."):
        dotted = b"." + dotted
    return dotted + (b".\r\n" if dotted.endswith(b"\r\n") else b"\r\n.\r\n")
