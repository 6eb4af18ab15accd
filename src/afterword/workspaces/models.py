"""Workspaces, the people who work in them, and the tokens programs use."""

import hashlib
import secrets
from typing import ClassVar, Protocol, Self, TypeVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from afterword.core.ids import new_id

MOST_MAILS_PER_DAY = 1_000
MAILS_ARE_A_PERSONS = (
    "It keeps one person from getting too many; how much the whole workspace sends has no limit."
)
MOST_ADDRESS_WAIT_MINUTES = 24 * 60
MOST_EVENT_AGE_DAYS = 3_650
MOST_FATIGUE_SURVEYS = 1_000
MOST_FATIGUE_DAYS = 3_650
MOST_OWN_PEOPLE = 200


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None) -> "User":
        user = self.model(email=email.strip().lower())
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in, known by the e-mail address."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    # When the person behind the account was last known to own the address: by a link sent to it
    # or printed for it, or by an operator who made the account. Whatever changes the address must
    # forget this.
    address_confirmed_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email


class Workspace(models.Model):
    """One company's data; every other row belongs to one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    keeps_unsent_properties = models.BooleanField(
        default=False,
        help_text="Keep a property that an event does not carry, instead of unassigning it.",
    )
    max_mails_per_day = models.PositiveSmallIntegerField(
        default=3, help_text="Survey mails one address gets in 24 hours, over all campaigns."
    )
    max_event_age_days = models.PositiveSmallIntegerField(
        default=7, help_text="Older events bring customers up to date but survey nobody."
    )
    tracks_opens = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Put an invisible picture into survey mails, to see whether they are opened.",
    )
    # At most so many surveys of a customer in so many days, over all campaigns; None for no budget.
    fatigue_surveys = models.PositiveSmallIntegerField(null=True, blank=True)
    fatigue_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Domains and addresses of who works here: never asked, and no part of scores.
    own_people = ArrayField(
        models.CharField(max_length=254),
        default=list,
        blank=True,
        db_default=models.Value([], ArrayField(models.CharField(max_length=254))),
    )
    # How long an event whose ids lead to no address yet waits for one.
    address_wait_minutes = models.PositiveSmallIntegerField(default=5, db_default=5)
    # Empty for the address that the server's settings give; else one at a verified domain.
    sender_address = models.EmailField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    ANALYST = "analyst"

    @property
    def may_change(self) -> bool:
        """Whether the role may change campaigns and customers; an analyst only reads."""
        return self != Role.ANALYST

    @property
    def may_administer(self) -> bool:
        """Whether the role may make and revoke tokens and change the workspace."""
        return self in {Role.OWNER, Role.ADMIN}

    def may_manage(self, *others: "Role") -> bool:
        """Whether the role may give and take these: an admin's own do not reach an owner's."""
        return self.may_administer and not any(other.exceeds(self) for other in others)

    def exceeds(self, other: "Role") -> bool:
        """Whether the role may do more than the other one."""
        from_the_top = list(Role)
        return from_the_top.index(self) < from_the_top.index(other)


class Viewer(Protocol):
    """Whoever asks for rows: a member at a page, or a token at the API."""

    @property
    def workspace_id(self) -> UUID: ...


Row = TypeVar("Row", bound=models.Model, covariant=True)


class WorkspaceRows(models.QuerySet[Row]):
    """Rows that belong to a workspace."""

    def visible_to(self, viewer: Viewer) -> Self:
        """The one door to rows: those of the workspace that the viewer acts in."""
        return self.filter(workspace_id=viewer.workspace_id)


class Member(models.Model):
    """Somebody who works in a workspace."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    # Since when they want no mail by the workspace's notifications; None: they get it.
    spared_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_each"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} as {self.role}"


class PendingMember(models.Model):
    """A role that waits until the account's person has shown that the address is theirs."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="pending_members")
    user = models.ForeignKey(User, models.CASCADE, related_name="pending_memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "user"], name="one_pending_membership_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} as {self.role}, once confirmed"


class Invite(models.Model):
    """A role that is offered to whoever opens the link sent to an address.

    The link is `link_id`, signed (`invites.py`): nothing in the table lets anybody in. A link that
    is sent again has a new one, and the old one leads nowhere.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="invites", db_index=False)
    email = models.CharField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices)
    link_id = models.UUIDField(unique=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="invites")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "email"], name="one_invite_per_address"),
        )

    def __str__(self) -> str:
        return f"invite as {self.role}"


class AddressChange(models.Model):
    """Another address that an account is to have, once a link sent there was opened.

    The link is `link_id`, signed (`own_address.py`); one that is asked for later takes its place.
    """

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="address_change"
    )
    email = models.EmailField()
    link_id = models.UUIDField(unique=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"address change of {self.user_id}"


class Scope(models.TextChoices):
    INGEST = "ingest", "Ingest: send events from a server"
    BROWSER = "browser", "Browser: send events from a web page (public)"
    READ = "read", "Read: the REST API"
    WRITE = "write", "Write: the REST API"


TOKEN_PREFIX = "aw_"


def hash_token(secret: str) -> bytes:
    """Hash a token for storage and look-up.

    A plain SHA-256 is enough: the tokens are random, with more than 128 bits of entropy.
    """
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


class TokenQuerySet(WorkspaceRows["Token"]):
    def live(self) -> "TokenQuerySet":
        return self.filter(revoked_at=None)


class Token(models.Model):
    """A key for a program. Only its hash is kept, and its first characters to tell it apart."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    hash = models.BinaryField(max_length=32, unique=True)
    hint = models.CharField(max_length=12)
    created_at = models.DateTimeField(auto_now_add=True)
    # None where a command or a file made it, and for those of before this was kept.
    made_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "name"],
                condition=models.Q(revoked_at=None),
                name="one_live_token_per_name",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


def new_token_secret() -> str:
    """Return a new token: 32 characters, as Segment's write keys have."""
    return TOKEN_PREFIX + secrets.token_hex(16)[:29]
