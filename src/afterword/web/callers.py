"""Who calls, and by which name: what limits, logs and pages go by."""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBadRequest

from afterword.configuration import configuration
from afterword.core.client_address import client_address
from afterword.web.around import around

# Who watches over us may know us by any name.
HEALTH = {"/health/live", "/health/ready"}


def _know_client(request: HttpRequest) -> None:
    """Let REMOTE_ADDR be the client's address, and not that of a trusted proxy."""
    request.META["REMOTE_ADDR"] = client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        configuration().trusted_proxies,
    )


behind_proxies = around(before=_know_client)


def _refuse_others(request: HttpRequest) -> HttpResponseBadRequest | None:
    """Refuse requests for another host, in one line; Django would log a traceback of each."""
    if request.path_info in HEALTH:
        request.META["HTTP_HOST"] = "localhost"
    try:
        request.get_host()
    except DisallowedHost:
        return HttpResponseBadRequest(
            f"This is {settings.BASE_URL} (AFTERWORD_URL), which has no such host name.\n",
            content_type="text/plain; charset=utf-8",
        )
    return None


by_own_name = around(before=_refuse_others)
