"""The pages of a form that could not be taken: after a session's end, or with a token of before."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from afterword.web import kept_forms


@require_safe
@never_cache
@login_required
def unsaved(request: HttpRequest, kept_id: UUID) -> HttpResponse:
    """Show what was typed before its person had to sign in, and offer to save it."""
    assert request.user.is_authenticated  # as login_required sees to
    found = kept_forms.typed(request.user.pk, kept_id)
    return render(request, "web/unsaved.html", {"typed": found}, status=200 if found else 404)


def token_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose CSRF token does not hold; its text is lost only if another site sent it.

    Offering a form of another site's again would let that site act by a person's hand.
    """
    found = None
    if _is_from_our_page(request):
        if not request.user.is_authenticated:
            return kept_forms.sign_in_first(request)
        kept = kept_forms.keep(request, request.user.pk)
        found = kept_forms.typed(request.user.pk, kept.id) if kept else None
    return render(request, "403_csrf.html", {"typed": found}, status=403)


def _is_from_our_page(request: HttpRequest) -> bool:
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return request.headers.get("Origin") in ours
