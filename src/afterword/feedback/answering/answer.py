"""Answer: record what a person says to a survey, once per survey.

A reminder asks the same survey again: what is answered on its page answers the one it reminds of.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from afterword.core.text import clean_text
from afterword.customers.record import OWN_COLUMNS
from afterword.customers.snapshot import snapshot
from afterword.feedback.answering.further import Answers
from afterword.feedback.answering.refused import AnswerClosed, FormRefused
from afterword.feedback.models import Response, ResponseFacts, Source
from afterword.feedback.own_people.recount import is_own
from afterword.happenings.models import HappeningKind
from afterword.happenings.note import Happened, note
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.surveys.models import Invitation, Survey

Standing = tuple[int | None, str, Answers, bool]
CHANGEABLE = timedelta(hours=24)
LIFE = timedelta(days=180)  # of a survey's links, from its sending on
COMMENT_LIMIT = 10_000  # characters
MOST_EARLIER = 20  # answers that are kept beside the last one


class More(NamedTuple):
    """What a form says beside score and comment; None for consent where nobody asked for it."""

    answers: Answers
    consent: bool | None = None


def is_closed(response: Response | None, now: datetime) -> bool:
    """Whether the time to change an answer is over; it runs from the first one."""
    return response is not None and now - response.created_at >= CHANGEABLE


def has_ended(invitation: Invitation, now: datetime) -> bool:
    """Whether it is too old to be answered by. One in doubt counts from when it was made."""
    asked_at = invitation.created_at
    if not invitation.is_reminder and invitation.survey.asked_at:
        asked_at = invitation.survey.asked_at
    return now - asked_at >= LIFE


def answer_to(survey: Survey) -> Response | None:
    """Return the answer that stands, whichever of its mails the survey was opened from."""
    return getattr(survey, "response", None)


def read_score(text: str, metric: Metric) -> int:
    """Return the score that `text` says; raises FormRefused if the metric has no such score."""
    scale = SCALES[metric]
    written = {str(score): score for score in scale.scores}
    if text not in written:
        raise FormRefused("choose_score", lowest=scale.lowest, highest=scale.highest)
    return written[text]


def read_comment(text: str) -> str:
    """Return a comment as it may be stored; raises FormRefused if it is too long."""
    comment = clean_text(text.replace("\r\n", "\n")).strip()
    if len(comment) > COMMENT_LIMIT:
        over = len(comment) - COMMENT_LIMIT
        raise FormRefused("comment_too_long", over=over, limit=COMMENT_LIMIT)
    return comment


@transaction.atomic
def record_answer(
    invitation: Invitation,
    score: int,
    comment: str | None,
    now: datetime,
    *,
    submitted: bool,
    more: More | None = None,
) -> Response:
    """Make `score` and `comment` the survey's answer; an earlier one is kept beside it.

    None for a comment keeps an earlier one; an empty one removes it. `submitted` says that the
    person sent the form; a score alone may come before that. `more` is what else the form says;
    where it is None, that stays as it is. Raises AnswerClosed.
    """
    survey = lock_survey(invitation)
    response = Response.objects.filter(survey=survey).first() or _new_response(survey, now)
    is_new = response._state.adding
    if is_closed(response, now):
        raise AnswerClosed("This survey was answered a while ago: the answer can no longer change.")
    before = _standing(response)
    comment = response.comment if comment is None else comment
    if response.score not in {None, score} or response.comment not in {"", comment}:
        response.earlier = [*response.earlier, _said(response)][-MOST_EARLIER:]
    response.score = score
    response.comment = comment
    if more is not None:
        response.answers, response.consent = more
    response.updated_at = now
    response.version = invitation.asks
    response.language = invitation.language
    if submitted:
        response.submitted_at = now
    response.save()
    if is_new:
        keep_facts(response)
    Survey.objects.filter(id=survey.id, answered_at=None).update(answered_at=now)
    # Also the reminder that the person came through: neither is called ignored.
    invited = Invitation.objects.filter(id__in={invitation.id, survey.id}, answered_at=None)
    invited.update(answered_at=now)
    _note(response, before, now)
    return response


@transaction.atomic
def answer_by_mail(invitation: Invitation, score: int, comment: str, now: datetime) -> Response:
    """Record what a reply by mail says; without words, an earlier comment stays.

    Raises AnswerClosed.
    """
    response = record_answer(invitation, score, comment or None, now, submitted=True)
    if response.created_at == now:
        response.source = Source.REPLY
        response.save(update_fields=["source"])
    return response


def lock_survey(invitation: Invitation) -> Survey:
    """Raises AnswerClosed where whoever was asked has been erased since the page was fetched."""
    rows = Survey.objects.select_for_update(no_key=True)
    if (survey := rows.filter(id=invitation.survey_id).first()) is None:
        raise AnswerClosed("This survey is over.")
    return survey


def _standing(response: Response) -> Standing:
    return response.score, response.comment, response.answers, response.submitted_at is not None


def _note(response: Response, before: Standing, now: datetime) -> None:
    """Tell of a new answer, and of what changes one: sending the form too, if it was not sent."""
    kind = HappeningKind.FEEDBACK_CHANGED if before[0] is not None else HappeningKind.FEEDBACK_NEW
    if before != _standing(response):
        note([Happened(response.workspace_id, kind, response.id)], now)


def _said(response: Response) -> dict[str, object]:
    said = {"score": response.score, "comment": response.comment}
    return {**said, "at": response.updated_at.isoformat()}


def _new_response(survey: Survey, now: datetime) -> Response:
    return Response(
        workspace_id=survey.workspace_id,
        survey=survey,
        campaign_id=survey.campaign_id,
        customer_id=survey.customer_id,
        email=survey.email,
        counts=not is_own(survey.workspace, survey.email),
        metric=survey.metric,
        created_at=now,
    )


def keep_facts(response: Response) -> None:
    """Keep what is known of its customer now; of nobody there is nothing to keep."""
    if customer := response.customer:
        own = {name: getattr(customer, name) for name in OWN_COLUMNS}
        facts = snapshot(own, customer.tags, customer.properties, customer.company_id)
        ResponseFacts.objects.create(response=response, facts=facts)
