"""Change the address of one's own account: a link sent to the new one must be opened.

Only whoever is signed in to the account can use the link. So nobody gets another person's address
by having them follow a link, and what waits for a person's address is given to that person alone.
"""

from datetime import datetime, timedelta
from typing import Protocol

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction

from afterword.core.ids import new_id
from afterword.core.signed_ids import read, sign
from afterword.workspaces.models import AddressChange, PendingMember, User

GOOD_FOR = timedelta(days=1)
BETWEEN = timedelta(minutes=1)  # two mails of one account
_PURPOSE = "address change"


class Post(Protocol):
    """What mail does for it; it belongs to a later stage."""

    def send_link(self, change: AddressChange) -> None:
        """Mail the link to the new address, in the caller's transaction."""

    def tell(self, user: User, before: str) -> None:
        """Tell the old address that the account has another one."""


_post: Post | None = None


def send_by(post: Post) -> None:
    global _post  # noqa: PLW0603  (said once, where the stages are joined)
    _post = post


@transaction.atomic
def ask(user: User, email: str, now: datetime) -> bool:
    """Send a link to the address; False where one was sent a moment ago.

    Whether somebody else has the address is not told: its mail then does not go.
    """
    User.objects.select_for_update().get(id=user.id)
    if AddressChange.objects.filter(user=user, asked_at__gt=now - BETWEEN).exists():
        return False
    change, _ = AddressChange.objects.update_or_create(
        user=user,
        defaults={
            "email": email,
            "link_id": new_id(),
            "asked_at": now,
            "expires_at": now + GOOD_FOR,
        },
    )
    assert _post, "the stages are not joined"
    _post.send_link(change)
    return True


def link_of(change: AddressChange) -> str:
    return f"{settings.BASE_URL}/account/address/{sign(_PURPOSE, change.link_id)}"


def change_of(token: str, user: User, now: datetime) -> AddressChange | None:
    """Return what a link is for; None where it is another account's, used or too old."""
    if (link_id := read(_PURPOSE, token)) is None:
        return None
    rows = AddressChange.objects.filter(user=user, link_id=link_id, expires_at__gt=now)
    return rows.first()


@transaction.atomic
def change(asked: AddressChange, now: datetime) -> bool:
    """Give the account its address; False where that is somebody's, or the link was used.

    What was offered to the old address and still waited is not given to the new one.
    """
    user = User.objects.select_for_update().get(id=asked.user_id)
    used, _ = AddressChange.objects.filter(user=user, link_id=asked.link_id).delete()
    if not used or User.objects.filter(email=asked.email).exclude(id=user.id).exists():
        return False
    before, user.email, user.address_confirmed_at = user.email, asked.email, now
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "address_confirmed_at"])
    except IntegrityError:  # somebody got it at this very moment
        return False
    PendingMember.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    assert _post, "the stages are not joined"
    _post.tell(user, before)
    return True
