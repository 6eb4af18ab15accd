"""Mail about an account: it is no workspace's, and nothing holds it back but a hard bounce.

Nothing that lets anybody in is stored: the link is made when the mail is composed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from afterword.core.jobs import wake
from afterword.mail.message.assemble import build, envelope_address, needs_smtputf8
from afterword.mail.message.rendered import Rendered
from afterword.mail.message.return_path import return_path
from afterword.mail.senders.find import default_address
from afterword.mail.ways.way import Letter
from afterword.sending.kinds import Kind, Unwanted
from afterword.sending.models import Bounce, Mail
from afterword.sending.streams import ACCOUNTS
from afterword.workspaces.members import password_link
from afterword.workspaces.models import User

PASSWORD_RESET = "password_reset"
SENDER_NAME = "Afterword"
_SUBJECT = "Choose a new password"
# The decision log's word for an address of which a mail came back for good.
_HARD_BOUNCED = "hard_bounced"


def send_password_link(user: User) -> None:
    """Send the user a link to choose a password; committed with the caller's transaction."""
    now = timezone.now()
    Mail.objects.create(
        kind=PASSWORD_RESET,
        about=str(user.id),
        stream_kind=ACCOUNTS.kind,
        stream_id=ACCOUNTS.id,
        recipient=user.email,
        created_at=now,
        due_at=now,
    )
    wake("send_due")


def _may_still_go(mails: Sequence[Mail], _now: datetime) -> dict[UUID, Unwanted]:
    """Ask whether the account is there and has that address, and mail to it arrives at all.

    The link is what a letter is made of; to make it takes a query, so it is made here.
    """
    users = User.objects.filter(is_active=True).in_bulk({mail.about for mail in mails})
    by_id = {str(id_): user for id_, user in users.items()}
    bounced = _bounced({mail.recipient for mail in mails})
    unwanted: dict[UUID, Unwanted] = {}
    for mail in mails:
        user = by_id.get(mail.about)
        if user is None or user.email != mail.recipient:
            unwanted[mail.id] = Unwanted(detail={"account": "changed"})
        elif at := bounced.get(mail.recipient):
            unwanted[mail.id] = Unwanted(_HARD_BOUNCED, {"since": at})
        else:
            mail.matter = password_link(user)
    return unwanted


def _bounced(recipients: set[str]) -> dict[str, datetime]:
    rows = Mail.objects.filter(workspace=None, recipient__in=recipients, bounce=Bounce.HARD)
    return {recipient: at for recipient, at in rows.values_list("recipient", "bounced_at") if at}


_NONE_BOUNCED: LiteralString = """
    (SELECT id FROM sending_mail AS earlier
     WHERE earlier.workspace_id IS NULL AND earlier.recipient = ready.recipient
       AND earlier.bounce = 'hard' LIMIT 1) IS NULL
"""


def _password_letter(mail: Mail, now: datetime) -> Letter:
    words = {"link": mail.matter, "address": mail.recipient, "host": settings.BASE_URL}
    rendered = Rendered(
        _SUBJECT,
        render_to_string("sending/password_reset.html", words),
        render_to_string("sending/password_reset.txt", words),
    )
    return _letter(mail, rendered, now)


def _letter(mail: Mail, rendered: Rendered, now: datetime) -> Letter:
    sender = default_address()
    message_id = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    content = build(
        rendered,
        sender=sender,
        sender_name=SENDER_NAME,
        recipient=mail.recipient,
        message_id=message_id,
        date=now,
    )
    return Letter(
        mail.id,
        None,
        return_path(mail.id, sender),
        envelope_address(mail.recipient),
        needs_smtputf8(mail.recipient),
        rendered.subject,
        content,
        text=rendered.text,
        html=rendered.html,
        from_address=sender,
        from_name=SENDER_NAME,
        headers={
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )


PASSWORD_RESET_KIND = Kind(PASSWORD_RESET, _password_letter, _may_still_go, condition=_NONE_BOUNCED)
