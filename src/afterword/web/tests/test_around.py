"""Our middlewares answer a client that waits and one that does not in the same way."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.test import AsyncClient, Client, RequestFactory
from django.utils.module_loading import import_string

from afterword.web.around import around
from afterword.web.leads_on import leads_on


@pytest.mark.parametrize("name", settings.MIDDLEWARE)
def test_no_middleware_needs_a_loop_or_a_thread_of_its_own(name: str):
    middleware = import_string(name)
    assert middleware.sync_capable
    assert middleware.async_capable


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/static/web/afterword.css", {}, 200),
        ("/health/live", {"Host": "evil.example"}, 200),
        ("/accounts/login/", {"Host": "evil.example"}, 400),
        ("/campaigns/", {}, 302),
    ],
)
def test_both_clients_are_told_the_same(path: str, headers: dict[str, str], status: int):
    waits = Client().get(path, headers=headers)
    does_not = asyncio.run(AsyncClient().get(path, headers=headers))

    assert (waits.status_code, does_not.status_code) == (status, status)
    assert waits.content == does_not.content
    assert dict(waits.headers) == dict(does_not.headers)


def both(middleware: Any, page: Callable[[HttpRequest], HttpResponse]) -> list[HttpResponse]:
    """Ask for a page behind a middleware in either way."""

    async def later(request: HttpRequest) -> HttpResponse:
        return page(request)

    request = RequestFactory().get("/campaigns/7/activation")
    return [middleware(page)(request), asyncio.run(middleware(later)(request))]


def test_what_comes_before_a_page_may_answer_in_its_place():
    middleware = around(before=lambda request: HttpResponse("before"))
    assert [answer.content for answer in both(middleware, HttpResponse)] == [b"before"] * 2


def test_what_comes_after_a_page_may_change_its_answer():
    middleware = around(after=lambda request, response: HttpResponse(response, status=418))
    answers = both(middleware, lambda request: HttpResponse("page"))
    assert [(answer.status_code, answer.content) for answer in answers] == [(418, b"page")] * 2


def test_an_address_for_forms_leads_on_either_way():
    for answer in both(leads_on, lambda request: HttpResponseNotAllowed(["POST"])):
        assert answer.status_code == 405
        assert answer["Allow"] == "POST"
        assert b'href="/campaigns"' in answer.content
