"""The REST API, version 2: its parts, and how it refuses."""

import re
from typing import cast

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.types import DictStrAny

from afterword.api import (
    campaigns,
    companies,
    customers,
    decisions,
    feedback,
    outbox,
    ping,
    scores,
    subscriptions,
    suppressions,
    survey,
)
from afterword.api.access import may_read
from afterword.api.envelope import refused
from afterword.core import foreign_json
from afterword.core.foreign_json import Malformed


class _ForeignJson(Parser):
    def parse_body(self, request: HttpRequest) -> DictStrAny:
        return cast(DictStrAny, foreign_json.read(request.body))


rest = NinjaAPI(
    title="Afterword",
    version="2",
    description=(
        "Every answer is `{message, code, data}`; one that refuses has `data: null` and a message "
        "that says what to do. Lists come in pages of `limit` (at most 1000)."
    ),
    auth=may_read,
    docs_url=None,
    parser=_ForeignJson(),
    urls_namespace="api",
)
for part in (
    ping,
    subscriptions,
    customers,
    companies,
    suppressions,
    feedback,
    outbox,
    campaigns,
    decisions,
    scores,
    survey,
):
    rest.add_router("", part.router)


def _refuse(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(error, HttpError)
    # Of a body that `_ForeignJson` refused; the framework's words say less.
    unread = error.__cause__
    said = f"{unread} Send an object." if isinstance(unread, Malformed) else error.message
    return refused(error.status_code, said)


def _refuse_parameters(
    request: HttpRequest, error: ValidationError | type[ValidationError]
) -> HttpResponse:
    assert isinstance(error, ValidationError)
    return refused(400, " ".join(_sentence(each) for each in error.errors))


def _refuse_request(
    request: HttpRequest, error: SuspiciousOperation | type[SuspiciousOperation]
) -> HttpResponse:
    return refused(400, "This request has too many parameters.")


def _sentence(error: dict[str, object]) -> str:
    where, message = error["loc"], str(error["msg"]).removeprefix("Value error, ")
    assert isinstance(where, tuple)
    # A text whose length is looked at after it was changed counts as a list of something.
    message = re.sub(r"^Value (.* )items after validation, not", r"It \1characters, not", message)
    return f"{_place(where)}: {message[:1].lower()}{message[1:]}."


def _place(where: tuple[str | int, ...]) -> str:
    """Return how a caller finds it: `subscribers[3].email` of a body, else the parameter's name."""
    if where[0] != "body":
        return str(where[-1])
    fields = where[2:]  # below "body" and our own name for it
    steps = (f"[{each}]" if isinstance(each, int) else f".{each}" for each in fields)
    return "".join(steps).removeprefix(".") or "The body"


rest.add_exception_handler(HttpError, _refuse)
rest.add_exception_handler(ValidationError, _refuse_parameters)
rest.add_exception_handler(SuspiciousOperation, _refuse_request)
