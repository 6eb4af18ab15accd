"""The envelope sender of a mail: where its bounces go, and whose they are.

`bounces@mail.example.com` becomes `bounces+<signed id>@mail.example.com` (VERP), so that a report
tells by its own address which mail it is about, and nobody else can make such an address.
"""

import re
from uuid import UUID

from django.conf import settings

from afterword.core import signed_ids

PURPOSE = "bounce"
REPLY = "reply"
# Other servers may wrap the address in one of theirs, as the Sender Rewriting Scheme does.
_SIGNED = re.compile(r"(?<![a-z0-9])[a-z2-7]{40}(?![a-z0-9])", re.IGNORECASE)
LONGEST = 320


def return_path(mail_id: UUID, sender: str) -> str:
    """Return the envelope sender of a mail: `sender` itself where no address is set."""
    address: str | None = settings.CONFIGURATION.bounce_address
    if not address:
        return sender
    local, _, domain = address.rpartition("@")
    return f"{local}+{signed_ids.sign(PURPOSE, mail_id)}@{domain}"


def reply_address(mail_id: UUID) -> str:
    """Return where replies to a mail come to us, by the same mailbox; empty where none is set."""
    address: str | None = settings.CONFIGURATION.bounce_address
    if not address:
        return ""
    local, _, domain = address.rpartition("@")
    return f"{local}+{signed_ids.sign(REPLY, mail_id)}@{domain}"


def mail_replied_to(address: str) -> UUID | None:
    """Return the mail whose `reply_address` this is; None if it is not one of ours."""
    return _signed(REPLY, address)


def mail_of(address: str) -> UUID | None:
    """Return the mail whose return path this is; None if it is not one of ours."""
    return _signed(PURPOSE, address)


def _signed(purpose: str, address: str) -> UUID | None:
    if len(address) > LONGEST:
        return None
    local = address.rpartition("@")[0]
    found = (signed_ids.read(purpose, text) for text in _SIGNED.findall(local))
    return next((id_ for id_ in found if id_), None)
