"""Who looks at a page of the company's application: the secret by which its server vouches."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q

from afterword.campaigns.models import InAppIdentity
from afterword.core.sealed import seal, unseal
from afterword.workspaces.models import Workspace

NOTED_EVERY = timedelta(seconds=5)  # pages ask often, and Setup wants to know of one


class Proof(StrEnum):
    """What a page says of who looks at it is worth."""

    SIGNED = "signed"  # the company's server vouches for the userId
    CLAIMED = "claimed"  # anybody can say so
    FORGED = "forged"  # signed with something else than the secret
    REFUSED = "refused"  # not signed, where only the signed are asked
    NOBODY = "nobody"  # nobody was named


def identity_of(workspace: Workspace, now: datetime) -> InAppIdentity:
    """Return the workspace's identity, made with its secret at the first time."""
    made = {"sealed_secret": seal(_new_secret()), "made_at": now}
    found, _ = InAppIdentity.objects.get_or_create(workspace=workspace, defaults=made)
    return found


def rotate(identity: InAppIdentity, now: datetime) -> None:
    """Make a new secret; what was signed with the old one is worth nothing from now on."""
    made = {"sealed_secret": seal(_new_secret()), "made_at": now}
    InAppIdentity.objects.filter(workspace_id=identity.workspace_id).update(**made)


def ask_signed_only(identity: InAppIdentity, now: datetime, *, only: bool) -> None:
    rows = InAppIdentity.objects.filter(workspace_id=identity.workspace_id)
    rows.update(signed_only_since=now if only else None)


def signature(secret: str, user_id: str) -> str:
    """HMAC-SHA256 of the userId, in hexadecimal digits, as the company's server makes it."""
    return hmac.new(secret.encode(), user_id.encode(), hashlib.sha256).hexdigest()


def prove(identity: InAppIdentity | None, user_id: str, email: str, given: str) -> Proof:
    """Return what is worth what a page says; `given` is the hash that came with the userId.

    Raises Unreadable if the installation's secret key has changed since the secret was made.
    """
    if given:
        expected = signature(unseal(identity.sealed_secret), user_id) if identity else ""
        is_so = hmac.compare_digest(expected.encode(), given.lower().encode())
        return Proof.SIGNED if user_id and is_so else Proof.FORGED
    if not user_id and not email:
        return Proof.NOBODY
    if identity and identity.signed_only_since:
        return Proof.REFUSED
    return Proof.CLAIMED


def note_heard(identity: InAppIdentity | None, origin: str, proof: Proof, now: datetime) -> None:
    """Note for Setup that a page asked; often enough, and not each time."""
    if identity is None:
        return
    long_ago = Q(heard_at=None) | Q(heard_at__lt=now - NOTED_EVERY)
    rows = InAppIdentity.objects.filter(long_ago, workspace_id=identity.workspace_id)
    rows.update(heard_at=now, heard_origin=origin[:200], heard_proof=proof)


def _new_secret() -> str:
    return "awi_" + secrets.token_hex(32)
