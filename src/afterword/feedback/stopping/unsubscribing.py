"""The page of `/u/{token}`: which surveys its reader wants, asked in their language.

Fetching it changes nothing. The POST of RFC 8058, which mail programs send, acts at once; a form
must come from a visit to the page, and from a person as far as that can be told.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from afterword.core.text import clean_text
from afterword.feedback.answering.page import not_found, sealed, show
from afterword.feedback.answering.visit import A_BREATH, A_PERSON, NOBODY_YET, Visit, read_visit
from afterword.feedback.hits.note import confirm, is_burst, note_hit
from afterword.feedback.models import HitKind
from afterword.feedback.stopping.preferences import PreferencePage
from afterword.feedback.stopping.unsubscribe import ONE_CLICK, PAGE, resubscribe, unsubscribe
from afterword.surveys.models import Invitation

FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
ONLY_FORMS = "Please send a form: List-Unsubscribe=One-Click.\n"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribing(request: HttpRequest, token: str) -> HttpResponse:
    rows = Invitation.objects.select_related(
        "version", "template__workspace__brand", "survey__customer"
    )
    invitation = rows.filter(unsubscribe_token=clean_text(token)).first()
    if invitation is None:
        return not_found(request)
    if request.method != "POST":
        hit = note_hit(request, invitation, HitKind.UNSUBSCRIBE)
        return _shown(request, invitation, hit)
    if request.content_type not in FORMS:
        return sealed(HttpResponse(ONLY_FORMS, status=415, content_type="text/plain"))
    if request.POST.get("List-Unsubscribe") == "One-Click":
        unsubscribe(invitation, timezone.now(), how=ONE_CLICK)
        return sealed(HttpResponse("Unsubscribed.\n", content_type="text/plain"))
    return _decide(request, invitation)


def _decide(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Do what a form says; ask once more where it may be a program that pressed the button."""
    now = timezone.now()
    visit = read_visit(request.POST.get("visit", ""), invitation.unsubscribe_token)
    wish = request.POST.get("wish", "")
    if visit is None or not _is_by_a_person(request, invitation, visit):
        hit = visit.hit if visit else note_hit(request, invitation, HitKind.UNSUBSCRIBE)
        return _shown(request, invitation, hit, is_repeated=True, status=403)
    if wish in {"stop", "stop_like_this"}:
        unsubscribe(invitation, now, how=PAGE, only_like_this=wish == "stop_like_this")
    elif wish == "start":
        resubscribe(invitation, now)
    else:
        return _shown(request, invitation, visit.hit, status=400)
    confirm(invitation, visit.hit, now)
    return _shown(request, invitation, visit.hit, is_done=True)


def _is_by_a_person(request: HttpRequest, invitation: Invitation, visit: Visit) -> bool:
    """Whether the button was pressed by hand, as the page's script says, or without scripts.

    Whoever is asked once more and answers is believed: nobody is kept from leaving. Only where
    the script runs and saw nobody, on neither page, is it a program that presses what it finds.
    """
    sign = request.POST.get("sign", "")
    if sign == NOBODY_YET:
        return False
    if visit.is_repeated and visit.age >= A_BREATH:
        return True
    by_hand = sign == A_PERSON or "without_script" in request.POST
    return by_hand and not is_burst(invitation, timezone.now())


def _shown(
    request: HttpRequest,
    invitation: Invitation,
    hit: UUID,
    *,
    is_repeated: bool = False,
    is_done: bool = False,
    status: int = 200,
) -> HttpResponse:
    page = PreferencePage(
        invitation,
        hit,
        accepted_languages=request.headers.get("Accept-Language", ""),
        is_repeated=is_repeated,
        is_done=is_done,
    )
    context = {"page": page, "language": page.language, "direction": page.direction}
    return show("preferences.html", invitation.asks.looks, context, status=status)
