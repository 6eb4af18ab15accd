"""A real mail server that only keeps account: who got which message, in the order of arrival."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.running.conftest import free_port

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class Receiver:
    """`addresses` and `message_ids` go in step."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.message_ids: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        found = _MESSAGE_ID.search(bytes(envelope.original_content or b""))
        self.message_ids.append(found[1].decode() if found else "")
        self.addresses.append(envelope.rcpt_tos[0])
        return "250 taken"


@contextmanager
def receiver() -> Iterator[tuple[Receiver, str]]:
    """Run one on a free port; yields it and the address to send mail to."""
    receiver, port = Receiver(), free_port()
    controller = Controller(receiver, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield receiver, f"smtp://127.0.0.1:{port}?tls=none"
    finally:
        controller.stop()
