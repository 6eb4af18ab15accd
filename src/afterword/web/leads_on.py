"""An address that only takes forms shows a page that leads on, where Django answers nothing."""

from http import HTTPStatus
from typing import cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.decorators import sync_and_async_middleware

from afterword.web.around import AsyncView, SyncView, View


@sync_and_async_middleware
def leads_on(get_response: View) -> View:
    """Somebody reloaded, or signed in and was led to, an address that is only posted to.

    The page asks the database who looks at it, which the server's event loop must not wait for.
    """
    if iscoroutinefunction(get_response):
        get_later = cast(AsyncView, get_response)

        async def answer_later(request: HttpRequest) -> HttpResponseBase:
            response = await get_later(request)
            if leads_nowhere(request, response):
                return await sync_to_async(_page)(request, response)
            return response

        return answer_later
    get = cast(SyncView, get_response)

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get(request)
        return _page(request, response) if leads_nowhere(request, response) else response

    return answer


def leads_nowhere(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether somebody who only looks is told no more than that they may not."""
    return (
        response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        and request.method in {"GET", "HEAD"}
        and isinstance(response, HttpResponse)
        and not response.content
    )


def _page(request: HttpRequest, refused: HttpResponseBase) -> HttpResponseBase:
    page = render(request, "405.html", {"onward": nearest_page(request.path)}, status=405)
    page["Allow"] = refused["Allow"]
    return page


def nearest_page(path: str) -> str:
    """Return the nearest address above `path` that there is: `/campaigns/7` for its activation."""
    while (path := path.rpartition("/")[0]) and path != "/":
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"
