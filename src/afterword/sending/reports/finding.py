"""What a mail that came back, or came in, says of the mail that we sent. Pure."""

from enum import Enum


class Finding(Enum):
    NOTHING = "nothing"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    SOFT_BOUNCED = "soft_bounced"
    HARD_BOUNCED = "hard_bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
