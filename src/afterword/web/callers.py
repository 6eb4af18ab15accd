"""Who calls: the address that limits and logs go by."""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import async_only_middleware

from afterword.configuration import configuration
from afterword.core.client_address import client_address

AsyncView = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


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
