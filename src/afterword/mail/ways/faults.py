"""What can go wrong with a mail that is handed over. Pure."""

from enum import Enum, auto


class Fault(Enum):
    """What went wrong, by what to do about it."""

    SERVER = auto()  # the server cannot be used now: stop, and try all of it later
    TEMPORARY = auto()  # 4xx: try this mail later
    RECIPIENT = auto()  # 5xx about the address: it bounced
    MESSAGE = auto()  # 5xx about the mail: park it
    UNKNOWN = auto()  # the body went out and no answer came: it may have arrived
    SENDER = auto()  # 5xx about who sends: others may go on, this sender's mail waits


class NotSent(Exception):
    """A mail that was not, or may not have been, taken. Its text is the server's own words.

    `code` is the SMTP code that was answered, or 421 for a provider that asks to slow down. What
    is said before the recipient is named is about us, and tells nothing of the recipient's domain.
    """

    def __init__(
        self, fault: Fault, reply: str, code: int | None = None, *, is_about_us: bool = False
    ) -> None:
        super().__init__(reply)
        self.fault = fault
        self.reply = reply
        self.code = code
        self.is_about_us = is_about_us
