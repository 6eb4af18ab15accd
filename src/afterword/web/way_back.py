"""Where a page that was opened from another one leads back to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest) -> str | None:
    """Return the page of ours that `?back=` names; None where it names none, or another's."""
    back = request.GET.get("back", "")
    return back if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else None
