"""Logos: which files may be one, how they are kept, and their public address."""

import hashlib
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from afterword.survey_templates.models import Logo
from afterword.workspaces.models import Workspace

MOST_BYTES = 1024 * 1024
_YEAR = 365 * 24 * 3600


class LogoRefused(ValueError):
    """A file that cannot be a logo; the text is safe to show and says why."""


def media_type(content: bytes) -> str:
    """Return the picture's media type, by what the file holds; raises LogoRefused."""
    if len(content) > MOST_BYTES:
        raise LogoRefused("The picture is larger than 1 MB: make it smaller.")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if b"<svg" in content[:4096].lower():
        raise LogoRefused("Mail programs do not show SVG pictures: save the logo as PNG.")
    raise LogoRefused("This is no PNG, JPEG, GIF or WebP picture.")


def keep_logo(workspace: Workspace, content: bytes) -> Logo:
    """Keep a logo, once per content; raises LogoRefused."""
    kept, _ = Logo.objects.get_or_create(
        workspace=workspace,
        digest=hashlib.sha256(content).hexdigest(),
        defaults={"content": content, "media_type": media_type(content)},
    )
    return kept


@require_safe
@cache_control(public=True, max_age=_YEAR, immutable=True)
def logo(request: HttpRequest, logo_id: UUID) -> HttpResponse:
    """Show a logo to anyone: it stands in mails and on survey pages. It never changes."""
    found = get_object_or_404(Logo, id=logo_id)
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
