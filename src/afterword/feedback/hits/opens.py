"""The invisible picture of a mail: being fetched, it tells that the mail was opened, or scanned."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterword.core import signed_ids
from afterword.core.text import clean_text
from afterword.sending import outcomes
from afterword.sending.models import DeliveryKind
from afterword.sending.outcomes import Report
from afterword.sending.reports.open_agents import machine_behind
from afterword.surveys.models import Invitation

PURPOSE = "open"
# One pixel, transparent.
PICTURE = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
_LONGEST = 200  # characters of an agent's name that are kept


@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with the same picture whatever the token: it reveals nothing, and sets no cookie."""
    invitation_id = signed_ids.read(PURPOSE, token)
    if invitation_id and request.method == "GET":
        note_open(invitation_id, request.headers.get("User-Agent", ""), timezone.now())
    answer = HttpResponse(PICTURE, content_type="image/gif")
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def note_open(invitation_id: UUID, agent: str, now: datetime) -> None:
    """Note the first opening by a person, and the first by a machine.

    Nothing is noted while the workspace does not track opens, whenever the mail was sent.
    """
    opened = (
        Invitation.objects.filter(id=invitation_id, workspace__tracks_opens=True)
        .values_list("mail__sent_at", "opened_at", "machine_opened_at")
        .first()
    )
    if opened is None:
        return
    sent_at, opened_at, machine_opened_at = opened
    why = machine_behind(agent, sent_at, now)
    if machine_opened_at if why else opened_at:
        return
    kind = DeliveryKind.MACHINE_OPENED if why else DeliveryKind.OPENED
    key = "pixel-machine" if why else "pixel-open"
    # Of a person only the date is kept, not the program they read their mail with.
    words = f"{why} {clean_text(agent)[:_LONGEST]}".strip() if why else ""
    outcomes.note([Report(invitation_id, kind, now, "pixel", words, key)], now)
