"""What the script asks and tells: is there a survey, it was shown, it was closed, the answer."""

from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from afterword.core import foreign_json
from afterword.feedback.answering.anonymous import record_anonymous
from afterword.feedback.answering.answer import (
    More,
    has_ended,
    read_comment,
    read_score,
    record_answer,
)
from afterword.feedback.answering.further import read_answers
from afterword.feedback.answering.refused import AnswerClosed, FormRefused
from afterword.feedback.in_app.ask import what_to_show
from afterword.feedback.in_app.door import UNKNOWN_KEY, for_pages, problem, said, workspace_of
from afterword.feedback.in_app.drawn import drawn
from afterword.feedback.in_app.handed_out import HandedOut, hand_out, read_handed_out
from afterword.feedback.in_app.visitor import Named, find_visitor
from afterword.survey_templates.metrics import Metric
from afterword.survey_templates.wording.words import words_for
from afterword.surveys.in_app.offers import note_closed, note_shown
from afterword.surveys.models import Invitation, Survey

LONGEST_TRAITS = 5_000  # characters
_NO_SURVEY = "No survey is like that."


@for_pages
def check(request: HttpRequest) -> HttpResponse:
    """Return the surveys that the page may show to its visitor, as `drawn` has them."""
    workspace = workspace_of(said(request, "key", 100))
    if workspace is None:
        return problem(UNKNOWN_KEY, HTTPStatus.UNAUTHORIZED)
    now = timezone.now()
    visitor = find_visitor(workspace, _named(request), now)
    if visitor.customer is None:
        return JsonResponse({"surveys": []})
    offers = what_to_show(workspace, visitor.customer, said(request, "language", 35), now)
    surveys = [drawn(one, hand_out(one.id, is_claimed=visitor.is_claimed)) for one in offers]
    return JsonResponse({"surveys": surveys})


@for_pages
def shown(request: HttpRequest) -> HttpResponse:
    _, offer = _handed_out(request)
    if offer is None:
        return problem(_NO_SURVEY, HTTPStatus.NOT_FOUND)
    note_shown(offer, timezone.now())
    return JsonResponse({})


@for_pages
def closed(request: HttpRequest) -> HttpResponse:
    _, offer = _handed_out(request)
    if offer is None:
        return problem(_NO_SURVEY, HTTPStatus.NOT_FOUND)
    note_closed(offer, timezone.now())
    return JsonResponse({})


@for_pages
def answer(request: HttpRequest) -> HttpResponse:
    """Take an answer; what comes before the form is sent (no `done`) is kept as far as it goes."""
    handed, offer = _handed_out(request)
    if offer is None or handed is None:
        return problem(_NO_SURVEY, HTTPStatus.NOT_FOUND)
    if has_ended(offer, timezone.now()):
        return problem(words_for(offer.said.language).ended_title, HTTPStatus.GONE)
    try:
        _record(request, handed, offer)
    except AnswerClosed:
        return problem(words_for(offer.said.language).closed, HTTPStatus.GONE)
    except FormRefused as refusal:
        return problem(refusal.told(offer.said), HTTPStatus.BAD_REQUEST)
    return JsonResponse({})


@transaction.atomic
def _record(request: HttpRequest, handed: HandedOut, offer: Invitation) -> None:
    is_done, now = "done" in request.POST, timezone.now()
    score = read_score(request.POST.get("score", ""), Metric(offer.survey.metric))
    comment = read_comment(request.POST.get("comment", ""))
    answers = read_answers(request.POST, offer.asks.said, score, is_complete=is_done)
    more = More(answers, "consent" in request.POST if offer.asks.said.consent else None)
    note_shown(offer, now)
    if offer.said.anonymous:
        if is_done:  # only what is sent as a whole: there is no second look at it
            record_anonymous(offer, score, comment, more, now)
        return
    if handed.is_claimed and not offer.survey.detail.get("claimed"):
        detail = {**offer.survey.detail, "claimed": True}
        Survey.objects.filter(id=offer.survey_id).update(detail=detail)
    record_answer(offer, score, comment or None, now, submitted=is_done, more=more)


def _handed_out(request: HttpRequest) -> tuple[HandedOut | None, Invitation | None]:
    handed = read_handed_out(said(request, "id", 300))
    rows = Invitation.objects.select_related("survey__response", "version", "template")
    return handed, rows.filter(id=handed.invitation_id).first() if handed else None


def _named(request: HttpRequest) -> Named:
    return Named(
        user_id=said(request, "userId", 255),
        email=said(request, "email", 254),
        hash=said(request, "hash", 200),
        traits=_traits(said(request, "traits", LONGEST_TRAITS)),
        origin=request.headers.get("Origin", ""),
    )


def _traits(text: str) -> dict[str, Any]:
    """Return traits as a page wrote them; nothing where it wrote something else."""
    try:
        found = foreign_json.read((text or "{}").encode())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
