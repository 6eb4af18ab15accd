"""The pages that links in mails lead to. Fetching one changes nothing; only a POST does.

They have no cookies, so no CSRF token either: an answer proves by its visit (`visit.py`) that
its page was loaded. `unsubscribing.py` has the other link's page.
"""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from afterword.core.ids import new_id
from afterword.core.text import clean_text
from afterword.feedback.answering.answer import (
    AnswerClosed,
    AnswerRefused,
    has_ended,
    is_closed,
    read_comment,
    read_score,
    record_answer,
)
from afterword.feedback.answering.page import SurveyPage, sealed, show
from afterword.feedback.answering.visit import A_BREATH, A_PERSON, NOBODY_YET, Visit, read_visit
from afterword.feedback.hits.note import confirm, is_burst, note_hit, note_shown
from afterword.feedback.models import HitKind
from afterword.survey_templates.metrics import Metric
from afterword.surveys.models import Invitation

LOOKED_AT_TOO_LONG = "This page was open for a long time. Please press Send once more."
ONCE_MORE = (
    "Almost done. A program seems to be opening the links of this mail, so we would like to be "
    "sure that it is you: please press Send once more."
)
A_POINT = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\0\0\0!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
public_methods = require_http_methods(["GET", "HEAD", "POST"])


@csrf_exempt
@public_methods
def survey(request: HttpRequest, token: str) -> HttpResponse:
    asked, now = _asked(token), timezone.now()
    if asked is None:
        return _not_found()
    if is_closed(getattr(asked.survey, "response", None), now):
        return show("closed.html", asked.template, {}, status=410)
    if has_ended(asked, now):
        return show("ended.html", asked.template, {}, status=410)
    if request.method == "POST":
        return _answer(request, asked, now)
    return _choose(request, asked)


@require_safe
def trap(request: HttpRequest, token: str) -> HttpResponse:
    """Where the hidden link of a mail leads, which no person sees."""
    asked = _asked(token)
    if asked is None:
        return _not_found()
    note_hit(request, asked, HitKind.TRAP)
    return show("trap.html", asked.template, {})


@require_safe
def shown(request: HttpRequest, token: str, hit: UUID) -> HttpResponse:
    """The invisible picture of a survey page; whether there is such a page is not said."""
    if request.method == "GET":
        note_shown(clean_text(token), hit, timezone.now())
    return sealed(HttpResponse(A_POINT, content_type="image/gif"))


def _choose(request: HttpRequest, asked: Invitation) -> HttpResponse:
    """The page to answer on, with the score that the link carries already chosen."""
    chosen, score, problem = request.GET.get("score"), None, ""
    try:
        score = read_score(chosen, Metric(asked.survey.metric)) if chosen is not None else None
    except AnswerRefused as refusal:
        problem = f"This link is incomplete. {refusal}"
    hit = note_hit(request, asked, HitKind.PAGE, score)
    status = 400 if problem else 200
    if request.method == "HEAD":
        return sealed(HttpResponse(status=status))
    page = SurveyPage(asked, hit, score, problem=problem)
    return show("survey.html", asked.template, {"page": page}, status=status)


def _answer(request: HttpRequest, asked: Invitation, now: datetime) -> HttpResponse:
    """Take what the form says; whatever is wrong with it, nothing that was typed is lost."""
    visit = read_visit(request.POST.get("visit", ""), asked.answer_token)
    hit = visit.hit if visit else new_id()
    score, comment = None, request.POST.get("comment", "")
    by_itself = "by_itself" in request.POST  # the score alone, on a sign of a person
    try:
        score = read_score(request.POST.get("score", ""), Metric(asked.survey.metric))
        if visit is None:
            page = SurveyPage(asked, hit, score, comment, LOOKED_AT_TOO_LONG)
            return show("survey.html", asked.template, {"page": page}, status=403)
        kept = None if by_itself else read_comment(comment)
        if _is_doubtful(request, asked, visit, now):
            return _ask_again(asked, visit, score, comment, by_itself=by_itself)
        record_answer(asked, score, kept, now, submitted=not by_itself)
    except AnswerClosed:
        return show("closed.html", asked.template, {}, status=410)
    except AnswerRefused as refusal:
        page = SurveyPage(asked, hit, score, comment, str(refusal))
        return show("survey.html", asked.template, {"page": page}, status=400)
    confirm(asked, hit, now)
    if by_itself:
        return sealed(HttpResponse(status=204))
    return show("thanks.html", asked.template, {"page": SurveyPage(asked, hit, score)})


def _is_doubtful(request: HttpRequest, asked: Invitation, visit: Visit, now: datetime) -> bool:
    """Whether a machine may have sent this: they submit forms too.

    Where scripts run, nobody presses Send without touching anything. Where none run, only what a
    machine fetches at the same time speaks against the sender, who may say it again.
    """
    sign = request.POST.get("sign", "")
    if sign in {A_PERSON, NOBODY_YET}:
        return sign == NOBODY_YET
    if visit.is_repeated and visit.age >= A_BREATH:
        return False
    return is_burst(asked, now)


def _ask_again(
    asked: Invitation, visit: Visit, score: int, comment: str, *, by_itself: bool
) -> HttpResponse:
    if by_itself:
        return sealed(HttpResponse(status=202))
    page = SurveyPage(asked, visit.hit, score, comment, ONCE_MORE, is_repeated=True)
    return show("survey.html", asked.template, {"page": page}, status=403)


def _asked(token: str) -> Invitation | None:
    """Load all that the page needs at once."""
    rows = Invitation.objects.select_related("template__workspace", "survey__response")
    return next(iter(rows.filter(answer_token=clean_text(token))), None)


def _not_found() -> HttpResponse:
    return show("not_found.html", None, {}, status=404)
