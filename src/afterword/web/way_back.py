"""Where a page leads that was opened from another one, or saved on the way to another one."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest, made: UUID | None = None) -> str | None:
    """Return the page of ours that `?back=` names; None where it names none, or another's.

    `made`: what its person made on the way, of which the page is told by `?made=`.
    """
    address = _ours(request.GET.get("back", ""))
    if not address or made is None:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'made': made})}"


def onward(request: HttpRequest) -> str | None:
    """Return the page of ours that a form's field `then` names: where its person was going."""
    return _ours(request.POST.get("then", ""))


def _ours(address: str) -> str | None:
    is_path = address.startswith("/")  # other words would be taken for the names of pages
    is_ours = is_path and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours else None
