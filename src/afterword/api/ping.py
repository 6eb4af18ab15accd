"""GET /ping: whether a token works, and what it opens."""

from uuid import UUID

from ninja import Router, Schema

from afterword.api.access import TokenRequest
from afterword.api.envelope import Success

router = Router(tags=["Account"])


class Account(Schema):
    workspace: str
    workspaceId: UUID
    token: str
    scope: str


@router.get("/ping", response=Success[Account])
def ping(request: TokenRequest) -> Success[Account]:
    """Return the workspace, and the token's name and scope."""
    token = request.auth
    return Success(
        data=Account(
            workspace=token.workspace.name,
            workspaceId=token.workspace_id,
            token=token.name,
            scope=token.scope,
        )
    )
