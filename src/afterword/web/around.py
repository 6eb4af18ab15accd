"""Middlewares of what is done before and after a page, in whichever way its client waits."""

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

AsyncView = Callable[[HttpRequest], Awaitable[HttpResponseBase]]
SyncView = Callable[[HttpRequest], HttpResponseBase]
View = AsyncView | SyncView
Before = Callable[[HttpRequest], HttpResponseBase | None]
After = Callable[[HttpRequest, HttpResponseBase], HttpResponseBase]


def _nothing(request: HttpRequest) -> None:
    """Let the page answer."""


def _as_it_is(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    return response


def around(before: Before = _nothing, after: After = _as_it_is) -> Callable[[View], View]:
    """Make a middleware of two functions, neither of which may wait for anything.

    What `before` returns, if anything, is the answer; else what `after` makes of the page's.

    The server's requests stay in their event loop: of a middleware that knows no async, Django
    would make a loop anew for each. In the same way a client that knows no async, as that of most
    tests, goes without any loop.
    """

    @sync_and_async_middleware
    def middleware(get_response: View) -> View:
        if iscoroutinefunction(get_response):
            get_later = cast(AsyncView, get_response)

            async def answer_later(request: HttpRequest) -> HttpResponseBase:
                return before(request) or after(request, await get_later(request))

            return answer_later
        get = cast(SyncView, get_response)

        def answer(request: HttpRequest) -> HttpResponseBase:
            return before(request) or after(request, get(request))

        return answer

    return cast(Callable[[View], View], middleware)
