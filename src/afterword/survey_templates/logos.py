"""Logos: how they are kept, and their public address."""

import hashlib
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from afterword.survey_templates.models import Logo
from afterword.survey_templates.pictures import redraw
from afterword.workspaces.models import Workspace

_YEAR = 365 * 24 * 3600


def keep_logo(workspace: Workspace, content: bytes) -> Logo:
    """Keep a logo, drawn anew, once per content; raises PictureRefused.

    One that is kept already, as in a file that was exported from here, is taken as it is: a photo
    would lose a little each time that it is drawn.
    """
    kept = Logo.objects.filter(workspace=workspace, digest=_digest(content)).first()
    if kept is None:
        picture = redraw(content)
        kept, _ = Logo.objects.get_or_create(
            workspace=workspace, digest=_digest(picture.content), defaults=picture._asdict()
        )
    return kept


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@require_safe
@cache_control(public=True, max_age=_YEAR, immutable=True)
def logo(request: HttpRequest, logo_id: UUID) -> HttpResponse:
    """Show a logo to anyone: it stands in mails and on survey pages. It never changes."""
    found = get_object_or_404(Logo, id=logo_id)
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
