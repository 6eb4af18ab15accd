"""Keeps answers out of caches: nearly all of them are of somebody's own."""

from django.http import HttpRequest, HttpResponseBase

from afterword.web.around import around


def _private(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Forbid caches to keep an answer, except where its view says how long they may."""
    response.headers.setdefault("Cache-Control", "no-store, private")
    return response


kept_by_nobody = around(after=_private)
