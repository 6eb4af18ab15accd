"""Where a page leads that was opened from another one, or saved on the way to another one."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest) -> str | None:
    """Return the page of ours that `?back=` names; None where it names none, or another's."""
    return _ours(request.GET.get("back", ""))


def onward(request: HttpRequest) -> str | None:
    """Return the page of ours that a form's field `then` names: where its person was going."""
    return _ours(request.POST.get("then", ""))


def _ours(address: str) -> str | None:
    is_ours = address and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours else None
