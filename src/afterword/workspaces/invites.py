"""Invite somebody by e-mail, and let them in: whoever opens the link has the address.

A link is good for 30 days, and for the one who has the invite's address: nothing happens for
somebody who is signed in with another.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from afterword.core.ids import new_id
from afterword.core.signed_ids import read, sign
from afterword.workspaces.members import CannotChange, Joined, confirm_address, join
from afterword.workspaces.models import Invite, Member, Role, User, Workspace

GOOD_FOR = timedelta(days=30)
BETWEEN = timedelta(minutes=1)  # two mails of one invite
MOST_OPEN = 200
_PURPOSE = "member invite"


class Post(Protocol):
    """What mail does for invites; it belongs to a later stage."""

    def send(self, invite: Invite) -> None:
        """Mail its link, in the caller's transaction."""

    def not_arrived(self, invites: Collection[Invite]) -> Mapping[UUID, str]:
        """Return why the mail of some did not arrive, by the invite's key."""


_post: Post | None = None


def send_by(post: Post) -> None:
    global _post  # noqa: PLW0603  (said once, where the stages are joined)
    _post = post


@dataclass(frozen=True, slots=True)
class ShownInvite:
    invite: Invite
    is_over: bool
    problem: str  # why its mail did not arrive; empty where nothing is known


def open_invites(workspace: Workspace, now: datetime) -> list[ShownInvite]:
    """Return the invites of a workspace as pages show them, the newest first."""
    rows = list(workspace.invites.select_related("by").order_by("-sent_at", "-id"))
    problems = _the_post().not_arrived(rows)
    return [ShownInvite(one, one.expires_at <= now, problems.get(one.id, "")) for one in rows]


@transaction.atomic
def invite(workspace: Workspace, email: str, role: Role, by: User | None, now: datetime) -> Invite:
    """Offer a role to an address, spelt as customers' are, by mail; raises CannotChange."""
    # One at a time, so that two who invite the same person do not get in each other's way.
    Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
    if Member.objects.filter(workspace=workspace, user__email=email).exists():
        raise CannotChange(f"{email} is in {workspace.name} already.")
    if workspace.invites.filter(email=email).exists():
        raise CannotChange(f"{email} is invited already: send the link again, or take it back.")
    if workspace.invites.count() >= MOST_OPEN:
        raise CannotChange(f"{MOST_OPEN} people are invited already: take some of these back.")
    made = Invite.objects.create(
        workspace=workspace,
        email=email,
        role=role,
        link_id=new_id(),
        by=by,
        created_at=now,
        sent_at=now,
        expires_at=now + GOOD_FOR,
    )
    _the_post().send(made)
    return made


@transaction.atomic
def invite_or_send_again(workspace: Workspace, email: str, role: Role, now: datetime) -> Invite:
    """Offer a role, or send the link of the one that is offered anew; raises CannotChange."""
    if (found := workspace.invites.filter(email=email).first()) is None:
        return invite(workspace, email, role, None, now)
    Invite.objects.filter(id=found.id).update(role=role)
    if not send_again(found, now):
        raise CannotChange(f"A link was sent to {email} a moment ago: wait a minute.")
    return Invite.objects.get(id=found.id)


@transaction.atomic
def send_again(invite: Invite, now: datetime) -> bool:
    """Send a new link, good for 30 days from now; False where one was sent a moment ago.

    The link before leads nowhere from now on.
    """
    rows = Invite.objects.filter(id=invite.id, sent_at__lte=now - BETWEEN)
    sent = rows.update(link_id=new_id(), sent_at=now, expires_at=now + GOOD_FOR)
    if sent:
        _the_post().send(invite)
    return bool(sent)


def link_of(invite: Invite) -> str:
    return f"{settings.BASE_URL}/invites/{sign(_PURPOSE, invite.link_id)}"


def invite_of(token: str, now: datetime) -> Invite | None:
    """Return what a link offers; None where it was used, taken back, sent anew or is too old."""
    if (link_id := read(_PURPOSE, token)) is None:
        return None
    rows = Invite.objects.select_related("workspace", "by")
    return rows.filter(link_id=link_id, expires_at__gt=now).first()


def has_account(email: str) -> bool:
    """Whether somebody can sign in with the address, and so has to, before they are let in."""
    found = User.objects.filter(email=email).first()
    return found is not None and found.has_usable_password()


@transaction.atomic
def accept(invite: Invite, user: User, now: datetime) -> Joined | None:
    """Let in the user, who opened the link and has its address; None if it was used meanwhile."""
    taken, _ = Invite.objects.filter(link_id=invite.link_id, email=user.email).delete()
    if not taken:
        return None
    confirm_address(user, now)
    return join(invite.workspace, user, Role(invite.role))


@transaction.atomic
def accept_anew(invite: Invite, password: str, name: str, now: datetime) -> User | None:
    """Let in whoever opened the link and has no account yet; None if it was used meanwhile.

    An account that nobody can have signed in to becomes theirs.
    """
    if not Invite.objects.select_for_update().filter(link_id=invite.link_id).exists():
        return None
    found = User.objects.select_for_update().filter(email=invite.email).first()
    user = found or User.objects.create_user(invite.email)
    if user.has_usable_password():
        return None
    user.set_password(password)
    user.name = name
    user.save(update_fields=["password", "name"])
    return user if accept(invite, user, now) else None


def _the_post() -> Post:
    assert _post, "the stages are not joined"
    return _post
