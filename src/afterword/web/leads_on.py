"""An address that only takes forms shows a page that leads on, where Django answers nothing."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.decorators import async_only_middleware

AsyncView = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@async_only_middleware
def leads_on(get_response: AsyncView) -> AsyncView:
    """Somebody reloaded, or signed in and was led to, an address that is only posted to."""

    async def answer(request: HttpRequest) -> HttpResponseBase:
        response = await get_response(request)
        if (
            response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
            and request.method in {"GET", "HEAD"}
            and isinstance(response, HttpResponse)
            and not response.content
        ):
            page: HttpResponse = await sync_to_async(_page)(request)
            page["Allow"] = response["Allow"]
            return page
        return response

    return answer


def _page(request: HttpRequest) -> HttpResponse:
    return render(request, "405.html", {"onward": nearest_page(request.path)}, status=405)


def nearest_page(path: str) -> str:
    """Return the nearest address above `path` that there is: `/campaigns/7` for its activation."""
    while (path := path.rpartition("/")[0]) and path != "/":
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"
