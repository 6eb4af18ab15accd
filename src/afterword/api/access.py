"""Who asks: the token that a request carries, and whether its scope is enough."""

from django.http import HttpRequest
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.security import APIKeyHeader

from afterword.workspaces.models import Scope, Token, hash_token

UNKNOWN = (
    "This needs a valid API token. Send it as the header X-Api-Key; "
    "an administrator of the workspace makes tokens."
)


class TokenRequest(HttpRequest):
    """A request whose token has been accepted."""

    auth: Token


class TokenAuth(APIKeyHeader):
    """Accepts the live tokens of some scopes; a token revoked is refused from then on."""

    param_name = "X-Api-Key"
    openapi_description = (
        "Also accepted: `Authorization: Bearer TOKEN`, `Authorization: api_key=TOKEN` and, only "
        "where nothing else works because addresses end up in logs, `?api_key=TOKEN`."
    )

    def __init__(self, *scopes: Scope) -> None:
        self.scopes = scopes
        super().__init__()

    def _get_key(self, request: HttpRequest) -> str:
        return sent_secret(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Token:
        live = Token.objects.live().select_related("workspace")
        token = live.filter(hash=hash_token(key)).first() if key else None
        if token is None:
            raise AuthenticationError(message=UNKNOWN)
        if token.scope not in self.scopes:
            needed = " or ".join(self.scopes)
            raise AuthorizationError(
                message=f"This token has the scope {token.scope}; use one with the scope {needed}."
            )
        return token


def sent_secret(request: HttpRequest) -> str:
    """Return the token as it was sent, in the first of the accepted places; "" if in none."""
    if header := request.headers.get("X-Api-Key", "").strip():
        return header
    authorization = request.headers.get("Authorization", "").strip()
    for form in ("api_key=", "bearer "):
        if authorization.lower().startswith(form):
            return authorization[len(form) :].strip()
    return request.GET.get("api_key", "").strip()


may_read = TokenAuth(Scope.READ, Scope.WRITE)
may_write = TokenAuth(Scope.WRITE)
