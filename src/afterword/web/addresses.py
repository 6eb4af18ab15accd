"""Forgives a slash at the end of an address that has none, and a missing one."""

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path

from afterword.web.around import around


def _lead(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Lead whoever only looks to the page whose address differs by its last slash."""
    is_lost = response.status_code == 404 and request.resolver_match is None
    is_looking = request.method in {"GET", "HEAD"}
    if is_lost and is_looking and (path := other_spelling(request.path_info)):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(escape_uri_path(path) + (query and f"?{query}"))
    return response


give_or_take_a_slash = around(after=_lead)


def other_spelling(path: str) -> str | None:
    """Return the path of the page that was meant; None if there is none."""
    if path.startswith("//"):  # to a browser, another host
        return None
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    try:
        resolve(other)
    except Resolver404:
        return None
    return other
