"""A real SMTP server for tests, that keeps what it was given and can be told to misbehave."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from afterword.mail.servers.address import SmtpServer


class Sink:
    """Answers 250 to everything unless `refuse` has an answer for a recipient at a step."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.senders: list[str] = []
        self.recipients: list[str] = []
        self.peers: dict[object, None] = {}
        self.most_connections: int | None = None  # over its whole life; the others are closed
        self.refuse: dict[tuple[str, str], str] = {}

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.peers[session.peer] = None
        if session.peer not in list(self.peers)[: self.most_connections]:
            server.transport.close()
        return answers

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.refuse.get(("RCPT", address)):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if answer := self.refuse.get(("DATA", envelope.rcpt_tos[0])):
            if answer == "hang up":
                server.transport.close()
            return answer
        self.received.append(bytes(envelope.original_content or b""))
        self.senders.append(envelope.mail_from or "")
        self.recipients += envelope.rcpt_tos
        return "250 taken"

    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=default) for raw in self.received]  # type: ignore[misc]


@contextmanager
def smtp_sink() -> Generator[tuple[Sink, SmtpServer]]:
    """Run one on a free port; yields it and the setting that sends mail there."""
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    try:
        yield sink, SmtpServer("127.0.0.1", port, "", "", "none")
    finally:
        controller.stop()
