"""How people get accounts and sign in: a workspace adds them; nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """Count wrong passwords by account and address together.

        By account alone strangers could lock its person out; by address alone everybody behind
        the same one.
        """
        return f"{get_ip(request)} {credentials.get('email', '').lower()}"
