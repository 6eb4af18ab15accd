"""The pages that links in mails lead to. Fetching one changes nothing; only a POST does.

They have no cookies, so no CSRF token either: an answer proves by its visit (`visit.py`) that
its page was loaded, and the unsubscribe POST of RFC 8058 comes from mail programs.
"""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from afterword.campaigns.metrics import Metric
from afterword.core.text import clean_text
from afterword.feedback.answer import (
    AnswerClosed,
    AnswerRefused,
    is_closed,
    read_comment,
    read_score,
    record_answer,
)
from afterword.feedback.models import Response
from afterword.feedback.page import SurveyPage, sealed, show
from afterword.feedback.unsubscribe import unsubscribe
from afterword.feedback.visit import is_visit
from afterword.surveys.models import Survey

LOOKED_AT_TOO_LONG = "This page was open for a long time. Please press Send once more."
public_methods = require_http_methods(["GET", "HEAD", "POST"])


@csrf_exempt
@public_methods
def survey(request: HttpRequest, token: str) -> HttpResponse:
    asked = _surveys().select_related("response").filter(answer_token=clean_text(token)).first()
    if asked is None:
        return _not_found()
    if request.method == "POST":
        return _answer(request, asked)
    if is_closed(_response_of(asked), timezone.now()):
        return show("closed.html", asked.template, {})
    return _choose(request, asked)


@csrf_exempt
@public_methods
def unsubscribing(request: HttpRequest, token: str) -> HttpResponse:
    """Ask first, unless it is the one-click POST of RFC 8058, which acts at once."""
    sent = _surveys().filter(unsubscribe_token=clean_text(token)).first()
    if sent is None:
        return _not_found()
    if request.method != "POST":
        return show("unsubscribe.html", sent.template, {})
    one_click = request.POST.get("List-Unsubscribe") == "One-Click"
    if not one_click and "unsubscribe" not in request.POST:
        return show("unsubscribe.html", sent.template, {}, status=400)
    unsubscribe(sent, timezone.now())
    if one_click:
        return sealed(HttpResponse("Unsubscribed.\n", content_type="text/plain"))
    return show("unsubscribed.html", sent.template, {})


def _choose(request: HttpRequest, asked: Survey) -> HttpResponse:
    """The page to answer on, with the score that the link carries already chosen."""
    chosen = request.GET.get("score")
    try:
        score = read_score(chosen, Metric(asked.metric)) if chosen is not None else None
    except AnswerRefused as refusal:
        page = SurveyPage(asked, problem=f"This link is incomplete. {refusal}")
        return show("survey.html", asked.template, {"page": page}, status=400)
    return show("survey.html", asked.template, {"page": SurveyPage(asked, score)})


def _answer(request: HttpRequest, asked: Survey) -> HttpResponse:
    """Take what the form says; whatever is wrong with it, nothing that was typed is lost."""
    score, comment = None, request.POST.get("comment", "")
    by_itself = "by_itself" in request.POST  # the score alone, on a sign of a person
    try:
        score = read_score(request.POST.get("score", ""), Metric(asked.metric))
        if not is_visit(request.POST.get("visit", ""), asked.answer_token):
            page = SurveyPage(asked, score, comment, LOOKED_AT_TOO_LONG)
            return show("survey.html", asked.template, {"page": page}, status=403)
        kept = None if by_itself else read_comment(comment)
        record_answer(asked, score, kept, timezone.now(), submitted=not by_itself)
    except AnswerClosed:
        return show("closed.html", asked.template, {}, status=409)
    except AnswerRefused as refusal:
        page = SurveyPage(asked, score, comment, str(refusal))
        return show("survey.html", asked.template, {"page": page}, status=400)
    if by_itself:
        return sealed(HttpResponse(status=204))
    return show("thanks.html", asked.template, {"page": SurveyPage(asked, score)})


def _surveys() -> QuerySet[Survey]:
    return Survey.objects.select_related("template__workspace")


def _response_of(asked: Survey) -> Response | None:
    return getattr(asked, "response", None)


def _not_found() -> HttpResponse:
    return show("not_found.html", None, {}, status=404)
