"""Serves static files, for pages that are answered asynchronously."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

from afterword.web.around import around


def _file(request: HttpRequest) -> HttpResponse | None:
    """As WhiteNoise's own middleware, which knows no async."""
    found = found_files().files.get(request.path_info)
    if found is None:
        return None
    said = found.get_response(request.method, request.META)
    content = b""
    if said.file is not None:
        with said.file as file:
            content = file.read()
    response = HttpResponse(content, status=int(said.status))
    del response["Content-Type"]  # one that is not changed has none
    for name, value in said.headers:
        response[name] = value
    return response


static_files = around(before=_file)


@cache
def found_files() -> WhiteNoiseMiddleware:
    """Look for all files, once for each process: whatever answers requests in it shares them."""
    return WhiteNoiseMiddleware(lambda request: None)
