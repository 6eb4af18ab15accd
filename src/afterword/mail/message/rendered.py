"""What a mail says, before it is a message. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    html: str
    text: str
