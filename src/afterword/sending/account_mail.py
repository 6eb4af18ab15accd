"""Mail about an account: it is no workspace's, and nothing holds it back but a hard bounce.

Nothing that lets anybody in is stored: the link is made when the mail is composed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from afterword.core.bulk import AT_ONCE
from afterword.core.jobs import wake
from afterword.mail.message.letter import letter_of
from afterword.mail.message.rendered import Rendered
from afterword.mail.senders.find import Sender, default_address
from afterword.mail.ways.way import Letter
from afterword.sending.kinds import Kind, Unwanted
from afterword.sending.models import WAITING, Bounce, Mail, State
from afterword.sending.streams import ACCOUNTS
from afterword.workspaces.members import password_link
from afterword.workspaces.models import User

PASSWORD_RESET = "password_reset"
SENDER_NAME = "Afterword"
KEPT_FOR = timedelta(days=30)
_UNSETTLED = (*WAITING, State.CLAIMED, State.HANDING_OVER)
_SUBJECT = "Choose a new password"
# The decision log's word for an address of which a mail came back for good.
HARD_BOUNCED = "hard_bounced"


def send_password_link(user: User) -> None:
    """Send the user a link to choose a password; committed with the caller's transaction."""
    queue_account_mail(PASSWORD_RESET, user.id, user.email)


def queue_account_mail(kind: str, about: UUID, recipient: str) -> None:
    """Queue a mail that is no workspace's; committed with the caller's transaction."""
    now = timezone.now()
    Mail.objects.create(
        kind=kind,
        about=str(about),
        stream_kind=ACCOUNTS.kind,
        stream_id=ACCOUNTS.id,
        recipient=recipient,
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
    bounced = hard_bounced({mail.recipient for mail in mails})
    unwanted: dict[UUID, Unwanted] = {}
    for mail in mails:
        user = by_id.get(mail.about)
        if user is None or user.email != mail.recipient:
            unwanted[mail.id] = Unwanted(detail={"account": "changed"})
        elif at := bounced.get(mail.recipient):
            unwanted[mail.id] = Unwanted(HARD_BOUNCED, {"since": at})
        else:
            mail.matter = password_link(user)
    return unwanted


def hard_bounced(recipients: set[str]) -> dict[str, datetime]:
    """Return since when mail about accounts came back for good, by address."""
    rows = Mail.objects.filter(workspace=None, recipient__in=recipients, bounce=Bounce.HARD)
    return {recipient: at for recipient, at in rows.values_list("recipient", "bounced_at") if at}


NONE_BOUNCED: LiteralString = """
    (SELECT id FROM sending_mail AS earlier
     WHERE earlier.workspace_id IS NULL AND earlier.recipient = ready.recipient
       AND earlier.bounce = 'hard' LIMIT 1) IS NULL
"""


def _password_letter(mail: Mail, now: datetime) -> Letter:
    words = {"link": mail.matter}
    return account_letter(mail, now, _SUBJECT, "sending/password_reset", words)


def account_letter(
    mail: Mail, now: datetime, subject: str, template: str, words: dict[str, object]
) -> Letter:
    """Write a mail in the installation's own name; `template` has no ending."""
    words = {"address": mail.recipient, "host": settings.BASE_URL, **words}
    rendered = Rendered(
        subject,
        render_to_string(f"{template}.html", words),
        render_to_string(f"{template}.txt", words),
    )
    sender = Sender(default_address(), None)
    return letter_of(
        mail.id,
        None,
        rendered,
        now,
        sender=sender,
        sender_name=SENDER_NAME,
        recipient=mail.recipient,
    )


def forget_old(now: datetime) -> None:
    """Remove what was settled long ago; of an address that is no good the mail stays, as a mark."""
    old = Mail.objects.filter(workspace=None, created_at__lt=now - KEPT_FOR).exclude(
        Q(bounce=Bounce.HARD) | Q(state__in=_UNSETTLED)
    )
    while ids := list(old.values_list("id", flat=True)[:AT_ONCE]):
        Mail.objects.filter(id__in=ids).delete()


PASSWORD_RESET_KIND = Kind(PASSWORD_RESET, _password_letter, _may_still_go, condition=NONE_BOUNCED)
