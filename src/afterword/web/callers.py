"""Who calls, and by which name: what limits, logs and pages go by."""

from collections.abc import Awaitable, Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseBase
from django.utils.decorators import async_only_middleware

from afterword.configuration import configuration
from afterword.core.client_address import client_address

AsyncView = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

# Who watches over us may know us by any name.
HEALTH = {"/health/live", "/health/ready"}


@async_only_middleware
def behind_proxies(get_response: AsyncView) -> AsyncView:
    """Let REMOTE_ADDR be the client's address, and not that of a trusted proxy."""

    async def answer(request: HttpRequest) -> HttpResponseBase:
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.headers.get("X-Forwarded-For", ""),
            configuration().trusted_proxies,
        )
        return await get_response(request)

    return answer


@async_only_middleware
def by_own_name(get_response: AsyncView) -> AsyncView:
    """Refuse requests for another host, in one line; Django would log a traceback of each."""

    async def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path_info in HEALTH:
            request.META["HTTP_HOST"] = "localhost"
        try:
            request.get_host()
        except DisallowedHost:
            return HttpResponseBadRequest(
                f"This is {settings.BASE_URL} (AFTERWORD_URL), which has no such host name.\n",
                content_type="text/plain; charset=utf-8",
            )
        return await get_response(request)

    return answer
