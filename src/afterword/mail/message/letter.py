"""Make what a mail says into a letter that is ready to go."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from afterword.mail.message.assemble import build, envelope_address, needs_smtputf8
from afterword.mail.message.rendered import Rendered
from afterword.mail.message.return_path import return_path
from afterword.mail.senders.find import Sender
from afterword.mail.ways.way import Letter


def letter_of(
    mail_id: UUID,
    workspace_id: UUID | None,
    rendered: Rendered,
    now: datetime,
    *,
    sender: Sender,
    sender_name: str,
    recipient: str,
    recipient_name: str = "",
    unsubscribe: str = "",
    feedback_id: str = "",
    list_name: str = "",
    reply_to: Sequence[str] = (),
) -> Letter:
    """Assemble and sign it; raises MessageRefused where it can't be a message.

    The Message-ID is the mail's own: whoever gets two copies can see that they are one mail.
    Of the addresses that replies go to those that are empty are left out.
    `list_name` tells mails of one kind from others of the same sender: their List-Id (RFC 2919).
    """
    message_id = f"<{mail_id}@{sender.address.rpartition('@')[2]}>"
    domain = envelope_address(sender.address).rpartition("@")[2]
    list_id = f"{list_name}.{domain}" if list_name else ""
    reply_to = [one for one in reply_to if one]
    content = build(
        rendered,
        sender=sender.address,
        sender_name=sender_name,
        recipient=recipient,
        recipient_name=recipient_name,
        message_id=message_id,
        date=now,
        unsubscribe=unsubscribe,
        feedback_id=feedback_id,
        list_id=list_id,
        reply_to=reply_to,
    )
    return Letter(
        mail_id,
        workspace_id,
        return_path(mail_id, sender.address),
        envelope_address(recipient),
        needs_smtputf8(recipient),
        rendered.subject,
        sender.signer.sign(content) if sender.signer else content,
        text=rendered.text,
        html=rendered.html,
        from_address=sender.address,
        from_name=sender_name,
        to_name=recipient_name,
        headers=_headers(message_id, reply_to, unsubscribe, list_id),
    )


def _headers(
    message_id: str, reply_to: Sequence[str], unsubscribe: str, list_id: str
) -> dict[str, str]:
    """Return what a provider is told beside the parts that it has fields for."""
    headers = {
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if reply_to:
        headers["Reply-To"] = ", ".join(map(envelope_address, reply_to))
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if list_id:
        headers["List-Id"] = f"<{list_id}>"
    return headers
