"""The addresses below /api/."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt

from afterword.api.envelope import refused
from afterword.api.rest import rest

View = Callable[..., HttpResponseBase]


def in_envelope(view: View) -> View:
    """Let also the refusal of a method speak as the API does."""

    @wraps(view)
    def enveloped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        allowed = response.headers["Allow"]
        answer = refused(405, f"This address takes only {allowed}.")
        answer.headers["Allow"] = allowed
        return answer

    return enveloped


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    return refused(404, "There is nothing here: /api/v2/openapi.json describes what there is.")


_patterns, _app, _namespace = rest.urls
for pattern in _patterns:
    assert isinstance(pattern, URLPattern)
    pattern.callback = in_envelope(pattern.callback)

urlpatterns = [
    path("v2/", nothing_here),
    path("v2/", (_patterns, _app, _namespace)),
    re_path("", nothing_here),
]
