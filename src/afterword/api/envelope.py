"""What every answer of the API looks like from outside."""

from typing import Generic, TypeVar

from django.http import JsonResponse
from ninja import Schema

Body = TypeVar("Body")


class Success(Schema, Generic[Body]):
    """The answer to a request that did what it should."""

    message: str = "Success."
    code: int = 200
    data: Body


class Refused(Schema):
    """The answer to a request that cannot be served; `message` says what to do about it."""

    message: str
    code: int
    data: None = None


class Pages(Schema):
    """Where a page stands among all of them."""

    page: int
    pages: int
    limit: int
    sort: str
    total: int


def refused(code: int, message: str) -> JsonResponse:
    return JsonResponse(Refused(message=message, code=code).model_dump(), status=code)
