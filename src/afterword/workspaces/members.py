"""Add people to a workspace, and let them choose a password.

An account that says it has an address need not be that of the address's person. So what is given
by an address waits until somebody opens a link that was sent to the address, or printed for it,
and chooses a password there.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterword.workspaces.models import Invite, Member, PendingMember, Role, User, Workspace


class Joining(Enum):
    """What adding somebody came to."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PENDING = "pending"


class CannotChange(Exception):
    """A change of a workspace's members that cannot be; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Joined:
    user: User
    workspace: Workspace
    role: Role
    joining: Joining
    former_role: Role | None = None


@transaction.atomic
def add_member(workspace: Workspace, email: str, role: Role, password: str | None = None) -> Joined:
    """Give somebody a role in the workspace, and an account if they have none.

    `email` is normalised. A password replaces the one that the account has. Where the account is
    in use and its address unconfirmed, whatever would let it do more is pending. The last owner
    stays one: raises CannotChange.
    """
    user = _account(email)
    is_unused = not user.has_usable_password()  # so nobody can have signed in with it
    if password is not None:
        user.set_password(password)
        if is_unused:  # whoever chose its first password says whose it is
            user.address_confirmed_at = timezone.now()
        user.save(update_fields=["password", "address_confirmed_at"])
    if is_unused or user.address_confirmed_at or not _is_more(workspace, user, role):
        return _give(workspace, user, role)
    PendingMember.objects.update_or_create(workspace=workspace, user=user, defaults={"role": role})
    return Joined(user, workspace, role, Joining.PENDING)


@transaction.atomic
def remove_member(workspace: Workspace, email: str) -> None:
    """Take somebody out of the workspace, or back what waits for them; raises CannotChange.

    Every page asks for the member anew, so it holds from the next one on. What they offered to
    others is taken back; the workspace's tokens go on. The last owner stays.
    """
    members = Member.objects.filter(workspace=workspace, user__email=email)
    found = members.select_related("user").first()
    pending = PendingMember.objects.filter(workspace=workspace, user__email=email)
    invites = Invite.objects.filter(workspace=workspace, email=email)
    if found is None and not pending.exists() and not invites.exists():
        raise CannotChange(f"{email} is not in {workspace.name}.")
    if found:
        _keep_an_owner(workspace, email)
    pending.delete()
    invites.delete()
    if found:
        found.delete()
        _take_back_offers(workspace, found.user)


@transaction.atomic
def change_role(workspace: Workspace, user: User, role: Role) -> Role:
    """Give a member another role and return the one before; raises CannotChange.

    It is given to somebody who is in the workspace, not to an address. The last owner stays one.
    Of who may do less from now on, the offers to others are taken back.
    """
    if role != Role.OWNER:
        _keep_an_owner(workspace, user.email)
    rows = Member.objects.select_for_update().filter(workspace=workspace, user=user)
    if (member := rows.first()) is None:
        raise CannotChange(f"{user.email} is not in {workspace.name} any more.")
    former = Role(member.role)
    rows.update(role=role)
    if former.exceeds(role):
        _take_back_offers(workspace, user)
    return former


@transaction.atomic
def confirm_address(user: User, now: datetime) -> None:
    """Note that whoever uses the account owns its address, and give what waited for that."""
    User.objects.filter(id=user.id).update(address_confirmed_at=now)
    for pending in PendingMember.objects.filter(user=user).select_related("workspace"):
        _give(pending.workspace, user, Role(pending.role))


def join(workspace: Workspace, user: User, role: Role) -> Joined:
    """Make a member of somebody who has shown who they are; a higher role that they have stays."""
    held = Member.objects.filter(workspace=workspace, user=user).first()
    if held and not role.exceeds(Role(held.role)):
        return Joined(user, workspace, Role(held.role), Joining.UNCHANGED)
    return _give(workspace, user, role)


def password_link(user: User) -> str:
    """Return an address where the user chooses a password; it works once, for three days."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )
    return f"{settings.BASE_URL}{path}"


def _account(email: str) -> User:
    """Return the account, locked until the end of the transaction: it is confirmed or it is not."""
    found = User.objects.select_for_update().filter(email=email).first()
    return found or User.objects.create_user(email)


def _is_more(workspace: Workspace, user: User, role: Role) -> bool:
    held = Member.objects.filter(workspace=workspace, user=user).first()
    return held is None or role.exceeds(Role(held.role))


def _keep_an_owner(workspace: Workspace, email: str) -> None:
    """Raise CannotChange if nobody else is an owner; the owners are locked, so it stays true."""
    owners = Member.objects.select_for_update(of=("self",)).filter(
        workspace=workspace, role=Role.OWNER
    )
    if [one.user.email for one in owners.select_related("user").order_by("id")] == [email]:
        raise CannotChange(
            f"{email} is the last owner of {workspace.name}: make somebody else an owner first."
        )


def _give(workspace: Workspace, user: User, role: Role) -> Joined:
    """Make the user a member with this role; nothing waits any longer."""
    if role != Role.OWNER:
        _keep_an_owner(workspace, user.email)
    PendingMember.objects.filter(workspace=workspace, user=user).delete()
    member, is_new = Member.objects.select_for_update().get_or_create(
        workspace=workspace, user=user, defaults={"role": role}
    )
    if is_new:
        return Joined(user, workspace, role, Joining.ADDED)
    former = Role(member.role)
    if former == role:
        return Joined(user, workspace, role, Joining.UNCHANGED)
    member.role = role
    member.save(update_fields=["role"])
    if former.exceeds(role):
        _take_back_offers(workspace, user)
    return Joined(user, workspace, role, Joining.CHANGED, former)


def _take_back_offers(workspace: Workspace, user: User) -> None:
    """Delete the invites that they made: they may be those whom they invited."""
    Invite.objects.filter(workspace=workspace, by=user).delete()
