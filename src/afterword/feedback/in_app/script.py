"""Serves the script that pages load: one file, written by hand, the same for everybody."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

FILE = Path(__file__).with_name("v1.js")


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    text, tag = _read()
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _read() -> tuple[str, str]:
    text = FILE.read_text()
    return text, f'"{sha256(text.encode()).hexdigest()[:16]}"'
