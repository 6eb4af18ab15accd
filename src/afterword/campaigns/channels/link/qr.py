"""A link as a QR code, for paper and screens."""

from io import BytesIO
from uuid import UUID

import segno
from django.http import Http404, HttpResponse
from django.http.request import HttpRequest
from django.views.decorators.http import require_safe

from afterword.campaigns.editor.sections import find_campaign
from afterword.core.links import campaign_link
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member

TYPES = {"svg": "image/svg+xml", "png": "image/png"}
_PIXELS = 16  # of a module in a PNG: some 600 pixels wide, sharp on a page of paper


@require_safe
@for_members
def qr_code(request: HttpRequest, member: Member, campaign_id: UUID, kind: str) -> HttpResponse:
    campaign = find_campaign(request, member, campaign_id)
    if not campaign.link_token or kind not in TYPES:
        raise Http404
    response = HttpResponse(drawn(campaign_link(campaign.link_token), kind), TYPES[kind])
    if "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="{campaign.key}.{kind}"'
    return response


def drawn(address: str, kind: str) -> bytes:
    """Return the code with the quiet zone around it, readable though a sixth of it is covered."""
    code, picture = segno.make_qr(address, error="m"), BytesIO()
    if kind == "svg":
        code.save(picture, kind="svg", light="#fff", scale=4, xmldecl=False)
    else:
        code.save(picture, kind="png", scale=_PIXELS)
    return picture.getvalue()
