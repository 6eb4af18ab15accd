"""Add people to a workspace, and let them choose a password."""

from dataclasses import dataclass
from enum import Enum

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from afterword.workspaces.models import Member, Role, User, Workspace


class Joining(Enum):
    """What adding somebody came to."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Joined:
    member: Member
    joining: Joining
    former_role: Role | None = None


@transaction.atomic
def add_member(workspace: Workspace, email: str, role: Role, password: str | None = None) -> Joined:
    """Give somebody a role in the workspace, and an account if they have none.

    `email` is normalised. A password replaces the one that the account has.
    """
    user = User.objects.filter(email=email).first() or User.objects.create_user(email)
    if password is not None:
        user.set_password(password)
        user.save(update_fields=["password"])
    member, is_new = Member.objects.select_for_update().get_or_create(
        workspace=workspace, user=user, defaults={"role": role}
    )
    if is_new:
        return Joined(member, Joining.ADDED)
    if member.role == role:
        return Joined(member, Joining.UNCHANGED)
    former, member.role = Role(member.role), role
    member.save(update_fields=["role"])
    return Joined(member, Joining.CHANGED, former)


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
