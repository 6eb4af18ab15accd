"""Ways to hand a mail over, as whoever sends sees them.

Each speaks in two steps, so that the hand-over can be committed between them: `offer` goes as far
as the server's go-ahead for the body, `hand_over` sends the body and returns the server's answer.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol
from uuid import UUID

from afterword.mail.ways.faults import Fault, NotSent

__all__ = ["Fault", "InThread", "Letter", "NotSent", "Transport"]

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Letter(NamedTuple):
    """A mail ready to go. Addresses are as the protocol wants them; content has CRLF lines.

    `sender` is the return path, which need not be the address that people see. `workspace_id` is
    None for mail that is no workspace's. What follows `content` is for providers, which put the
    message together themselves.
    """

    mail_id: UUID
    workspace_id: UUID | None
    sender: str
    recipient: str
    needs_smtputf8: bool
    subject: str
    content: bytes
    text: str = ""
    html: str = ""
    from_address: str = ""
    from_name: str = ""
    to_name: str = ""
    # What else the message says of itself: Message-ID, List-Unsubscribe, Auto-Submitted, …
    headers: Mapping[str, str] = NO_HEADERS


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


InThread = Callable[[Callable[[], object]], Awaitable[object]]
