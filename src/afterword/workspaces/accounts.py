"""How people get accounts and sign in: a workspace adds them; nobody signs up by themselves."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest

from afterword.workspaces.models import User

_send_password_link: Callable[[User], None] | None = None


def send_links_by(send_password_link: Callable[[User], None]) -> None:
    """Say how a link to choose a password gets to its user: mail belongs to a later stage."""
    global _send_password_link  # noqa: PLW0603  (said once, where the stages are joined)
    _send_password_link = send_password_link


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Let it go the way of all mails, which makes its link anew; there is no other way."""
        assert _send_password_link, "the stages are not joined"
        _send_password_link(user)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """Count wrong passwords by account and address together.

        By account alone strangers could lock its person out; by address alone everybody behind
        the same one.
        """
        return f"{get_ip(request)} {credentials.get('email', '').lower()}"
