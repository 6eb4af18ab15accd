"""Make and revoke the tokens that programs use."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from afterword.core.announce import announce
from afterword.workspaces.models import (
    Scope,
    Token,
    User,
    Workspace,
    hash_token,
    new_token_secret,
)


class NameTaken(Exception):
    """Another live token of the workspace has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a token named {name} already: revoke it, or choose a new name.")


@transaction.atomic
def make_token(
    workspace: Workspace, name: str, scope: Scope, made_by: User | None = None
) -> tuple[Token, str]:
    """Make a token; return it with its secret, which nobody can read again.

    Raises NameTaken.
    """
    secret = new_token_secret()
    try:
        with transaction.atomic():
            token = Token.objects.create(
                workspace=workspace,
                name=name,
                scope=scope,
                hash=hash_token(secret),
                hint=secret[:7],
                made_by=made_by,
            )
    except IntegrityError as error:
        raise NameTaken(name) from error
    announce()
    return token, secret


@transaction.atomic
def revoke(token: Token) -> None:
    """Refuse the token: at the API from now on, at ingest once each process has heard of it.

    That takes less than a second.
    """
    Token.objects.filter(id=token.id, revoked_at=None).update(revoked_at=timezone.now())
    announce()
