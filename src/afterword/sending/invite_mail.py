"""Mail that invites somebody to a workspace. The link is made when the mail is composed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from afterword.mail.ways.way import Letter
from afterword.sending.account_mail import (
    HARD_BOUNCED,
    NONE_BOUNCED,
    account_letter,
    hard_bounced,
    queue_account_mail,
)
from afterword.sending.kinds import Kind, Unwanted
from afterword.sending.models import Mail, State
from afterword.workspaces.invites import link_of
from afterword.workspaces.models import Invite

MEMBER_INVITE = "member_invite"
_ROLES = {
    "owner": "an owner",
    "admin": "an admin",
    "member": "a member",
    "analyst": "an analyst",
}


class InvitePost:
    """What `workspaces/invites.py` asks of mail."""

    def send(self, invite: Invite) -> None:
        queue_account_mail(MEMBER_INVITE, invite.id, invite.email)

    def not_arrived(self, invites: Collection[Invite]) -> Mapping[UUID, str]:
        """Say what is known of the last mail of each; two queries, however many there are."""
        emails = {one.email for one in invites}
        rows = Mail.objects.filter(workspace=None, kind=MEMBER_INVITE, recipient__in=emails)
        last = {mail.about: mail for mail in rows.order_by("created_at")}
        told = {one.id: last.get(str(one.id)) for one in invites}
        return {id_: words for id_, mail in told.items() if mail and (words := _problem(mail))}


def _problem(mail: Mail) -> str:
    if mail.bounced_at or mail.reason == HARD_BOUNCED:
        return "Mail to this address came back."
    if mail.state in {State.PARKED, State.DISMISSED}:
        return "The mail could not be sent."
    return ""


def _may_still_go(mails: Sequence[Mail], now: datetime) -> dict[UUID, Unwanted]:
    """Ask whether the invite stands, and mail to the address arrives at all."""
    ids = {mail.about for mail in mails}
    invites = Invite.objects.filter(expires_at__gt=now).select_related("workspace", "by")
    by_id = {str(one.id): one for one in invites.filter(id__in=ids)}
    bounced = hard_bounced({mail.recipient for mail in mails})
    unwanted: dict[UUID, Unwanted] = {}
    for mail in mails:
        invite = by_id.get(mail.about)
        if invite is None or invite.email != mail.recipient:
            unwanted[mail.id] = Unwanted(detail={"invite": "taken back"})
        elif at := bounced.get(mail.recipient):
            unwanted[mail.id] = Unwanted(HARD_BOUNCED, {"since": at})
        else:
            mail.matter = invite
    return unwanted


def _letter(mail: Mail, now: datetime) -> Letter:
    invite: Invite = mail.matter
    words: dict[str, object] = {
        "link": link_of(invite),
        "workspace": invite.workspace.name,
        "role": _ROLES[invite.role],
        "by": str(invite.by) if invite.by else "",
    }
    subject = f"You are invited to {invite.workspace.name}"
    return account_letter(mail, now, subject, "sending/member_invite", words)


INVITE_KIND = Kind(MEMBER_INVITE, _letter, _may_still_go, condition=NONE_BOUNCED)
