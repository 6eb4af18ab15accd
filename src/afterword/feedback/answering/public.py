"""The pages that links in mails lead to. Fetching one changes nothing; only a POST does.

They have no cookies, so no CSRF token either: an answer proves by its visit (`visit.py`) that
its page was loaded. `unsubscribing.py` has the other link's page.
"""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from afterword.core.ids import new_id
from afterword.core.text import clean_text
from afterword.feedback.answering.anonymous import record_anonymous
from afterword.feedback.answering.answer import (
    More,
    answer_to,
    has_ended,
    is_closed,
    read_comment,
    read_score,
    record_answer,
)
from afterword.feedback.answering.further import read_answers
from afterword.feedback.answering.page import (
    SurveyPage,
    not_found,
    page_address,
    sealed,
    show,
    spoken_in,
)
from afterword.feedback.answering.refused import AnswerClosed, FormRefused
from afterword.feedback.answering.visit import A_BREATH, A_PERSON, NOBODY_YET, Visit, read_visit
from afterword.feedback.hits.note import confirm, is_burst, note_hit, note_shown
from afterword.feedback.models import HitKind, Response
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.survey_templates.wording.words import words_for
from afterword.surveys.models import Invitation

THANKS = "thanks"
KNEW_COMMENT = "knew_comment"  # the form held the comment that stands
KNEW_ANSWERS = "knew_answers"  # not empty: the same, of what was answered further
A_POINT = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\0\0\0!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
public_methods = require_http_methods(["GET", "HEAD", "POST"])


@csrf_exempt
@public_methods
def survey(request: HttpRequest, token: str) -> HttpResponse:
    asked, now = _asked(token), timezone.now()
    if asked is None:
        return not_found(request)
    answer = answer_to(asked.survey)
    if asked.said.anonymous and asked.survey.answered_at and request.method != "POST":
        return _answered_anonymously(request, asked)
    if is_closed(answer, now):
        return show("closed.html", asked.asks.looks, spoken_in(asked.said.language), status=410)
    if has_ended(asked, now):
        return show("ended.html", asked.asks.looks, spoken_in(asked.said.language), status=410)
    if request.method == "POST":
        return _answer(request, asked, answer, now)
    if answer and THANKS in request.GET:
        page = SurveyPage(asked, new_id(), answer.score)
        return show("thanks.html", asked.asks.looks, {"page": page})
    return _choose(request, asked, answer)


@require_safe
def trap(request: HttpRequest, token: str) -> HttpResponse:
    """Where the hidden link of a mail leads, which no person sees."""
    asked = _asked(token)
    if asked is None:
        return not_found(request)
    note_hit(request, asked, HitKind.TRAP)
    return show("trap.html", asked.asks.looks, {})


@require_safe
def shown(request: HttpRequest, token: str, hit: UUID) -> HttpResponse:
    """The invisible picture of a survey page; whether there is such a page is not said."""
    if request.method == "GET":
        note_shown(clean_text(token), hit, timezone.now())
    return sealed(HttpResponse(A_POINT, content_type="image/gif"))


def _answered_anonymously(request: HttpRequest, asked: Invitation) -> HttpResponse:
    """Thank whoever has just answered, whose score nothing but the address knows."""
    given = request.GET.get(THANKS)
    if given is None:
        return show("closed.html", asked.asks.looks, spoken_in(asked.said.language), status=410)
    scores = {str(score): score for score in SCALES[Metric(asked.survey.metric)].scores}
    page = SurveyPage(asked, new_id(), scores.get(given))
    return show("thanks.html", asked.asks.looks, {"page": page})


def _choose(request: HttpRequest, asked: Invitation, answer: Response | None) -> HttpResponse:
    """The page to answer on, with the score that the link carries already chosen.

    Where an answer stands it is shown instead, and another score asks whether to change it.
    """
    chosen, score, problem = request.GET.get("score"), None, ""
    try:
        score = read_score(chosen, Metric(asked.survey.metric)) if chosen is not None else None
    except FormRefused as refusal:
        incomplete = words_for(asked.said.language).incomplete
        problem = f"{incomplete} {refusal.told(asked.said)}"
    # Of an anonymous survey, not even what was clicked is kept.
    hit = note_hit(request, asked, HitKind.PAGE, None if asked.said.anonymous else score)
    status = 400 if problem else 200
    if request.method == "HEAD":
        return sealed(HttpResponse(status=status))
    if answer is None:
        page = SurveyPage(asked, hit, score, problem=problem)
    elif score in {None, answer.score}:
        page = _with_answer(asked, hit, answer, problem)
    else:
        page = SurveyPage(asked, hit, score, answer=answer)
        return show("change.html", asked.asks.looks, {"page": page})
    return show("survey.html", asked.asks.looks, {"page": page}, status=status)


def _with_answer(asked: Invitation, hit: UUID, answer: Response, problem: str) -> SurveyPage:
    return SurveyPage(
        asked,
        hit,
        answer.score,
        answer.comment,
        problem,
        answer=answer,
        shows_comment=True,
        shows_answers=True,
        answers=answer.answers,
        has_consent=bool(answer.consent),
    )


def _answer(
    request: HttpRequest, asked: Invitation, answer: Response | None, now: datetime
) -> HttpResponse:
    """Take what the form says; whatever is wrong with it, nothing that was typed is lost."""
    visit = read_visit(request.POST.get("visit", ""), asked.answer_token)
    hit = visit.hit if visit else new_id()
    score = None
    by_itself = "by_itself" in request.POST  # the score alone, on a sign of a person
    try:
        score = read_score(request.POST.get("score", ""), Metric(asked.survey.metric))
        if visit is None:
            problem = words_for(asked.said.language).open_too_long
            return _show_again(request, asked, hit, score, problem=problem, status=403)
        kept = read_comment(request.POST.get("comment", "")) or None
        if not by_itself:
            kept = _comment_in(request)
        more = _more_in(request, asked, score, is_complete=not by_itself)
        if by_itself and answer and request.POST.get("stands") != str(answer.score):
            return sealed(HttpResponse(status=202))  # its page did not know what it would change
        if _is_doubtful(request, asked, visit, now):
            if by_itself:
                return sealed(HttpResponse(status=202))
            return _ask_again(request, asked, visit, score)
        if asked.said.anonymous:
            return _answer_anonymously(asked, score, kept or "", more, now, by_itself=by_itself)
        record_answer(asked, score, kept, now, submitted=not by_itself, more=more)
    except AnswerClosed:
        return show("closed.html", asked.asks.looks, spoken_in(asked.said.language), status=410)
    except FormRefused as refusal:
        problem = refusal.told(asked.said)
        return _show_again(
            request, asked, hit, score, problem=problem, status=400, wrong=refusal.key
        )
    confirm(asked, hit, now)
    if by_itself:
        return sealed(HttpResponse(status=204))
    # A page that was fetched can be loaded again without sending the answer once more.
    return sealed(HttpResponseRedirect(f"{page_address(asked)}?{THANKS}", status=303))


def _answer_anonymously(
    asked: Invitation, score: int, comment: str, more: More, now: datetime, *, by_itself: bool
) -> HttpResponse:
    """Only what is sent as a whole is an answer: there is no second look at it."""
    if by_itself:
        return sealed(HttpResponse(status=202))
    record_anonymous(asked, score, comment, more, now)
    address = f"{page_address(asked)}?{THANKS}={score}"
    return sealed(HttpResponseRedirect(address, status=303))


def _more_in(request: HttpRequest, asked: Invitation, score: int, *, is_complete: bool) -> More:
    said = asked.asks.said
    unseen = _unseen(request, asked)
    before = unseen.answers if unseen else {}
    answers = read_answers(request.POST, said, score, is_complete=is_complete, before=before)
    is_ticked = "consent" in request.POST or bool(unseen and unseen.consent)
    return More(answers, is_ticked if said.consent else None)


def _unseen(request: HttpRequest, asked: Invitation) -> Response | None:
    """The answer that stands, where the form did not show it: what it leaves out is not gone."""
    answer = answer_to(asked.survey)
    if answer is None or request.POST.get(KNEW_ANSWERS):
        return None
    return answer if answer.version_id == asked.asks.id else None


def _show_again(
    request: HttpRequest,
    asked: Invitation,
    hit: UUID,
    score: int | None,
    *,
    problem: str,
    status: int,
    wrong: str = "",
    is_repeated: bool = False,
    known_visit: str = "",
) -> HttpResponse:
    """The form as it was sent, with what is wrong about it."""
    typed = _typed(request, asked, score)
    page = SurveyPage(
        asked,
        hit,
        score,
        request.POST.get("comment", ""),
        problem,
        wrong=wrong,
        is_repeated=is_repeated,
        known_visit=known_visit,
        shows_comment=KNEW_COMMENT in request.POST,
        shows_answers=typed is not None,
        answers=typed.answers if typed else {},
        has_consent=bool(typed and typed.consent),
    )
    return show("survey.html", asked.asks.looks, {"page": page}, status=status)


def _typed(request: HttpRequest, asked: Invitation, score: int | None) -> More | None:
    if score is None:
        return None
    try:
        return _more_in(request, asked, score, is_complete=False)
    except FormRefused:
        return None


def _comment_in(request: HttpRequest) -> str | None:
    """An empty field says nothing, unless the comment that stands was shown in it."""
    comment = read_comment(request.POST.get("comment", ""))
    return comment or ("" if KNEW_COMMENT in request.POST else None)


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


def _ask_again(request: HttpRequest, asked: Invitation, visit: Visit, score: int) -> HttpResponse:
    """Ask for one more press. Who pressed too soon keeps the time of the first asking."""
    words = words_for(asked.said.language)
    return _show_again(
        request,
        asked,
        visit.hit,
        score,
        problem=words.a_moment if visit.is_repeated else words.press_again,
        status=403,
        is_repeated=True,
        known_visit=request.POST["visit"] if visit.is_repeated else "",
    )


def _asked(token: str) -> Invitation | None:
    """Load all that the page needs at once."""
    rows = Invitation.objects.select_related(
        "version", "template__workspace__brand", "survey__response"
    )
    return next(iter(rows.filter(answer_token=clean_text(token))), None)
