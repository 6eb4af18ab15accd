"""Keeps answers out of caches: nearly all of them are of somebody's own."""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import async_only_middleware

AsyncView = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@async_only_middleware
def kept_by_nobody(get_response: AsyncView) -> AsyncView:
    """Forbid caches to keep an answer, except where its view says how long they may."""

    async def answer(request: HttpRequest) -> HttpResponseBase:
        response = await get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return answer
