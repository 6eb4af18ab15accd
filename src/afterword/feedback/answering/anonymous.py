"""Answers that keep nobody's name: score, words and day, and no way back to a person."""

from datetime import UTC, datetime
from uuid import uuid4

from django.db import transaction

from afterword.feedback.answering.answer import More, lock_survey
from afterword.feedback.answering.refused import AnswerClosed
from afterword.feedback.models import Response
from afterword.happenings.models import HappeningKind
from afterword.happenings.note import Happened, note
from afterword.surveys.models import Invitation, Survey

ONCE = "This survey was answered already. An anonymous answer cannot be changed."


@transaction.atomic
def record_anonymous(
    invitation: Invitation, score: int, comment: str, more: More, now: datetime
) -> Response:
    """Keep an answer that belongs to nobody. Raises AnswerClosed where there was one.

    Its key is no clock's, and both it and the survey know the day (UTC) alone: neither the order
    of rows nor the time tells whose answer it is. That the survey was answered is kept.
    """
    survey = lock_survey(invitation)
    if survey.answered_at:
        raise AnswerClosed(ONCE)
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    Survey.objects.filter(id=survey.id).update(answered_at=day)
    Invitation.objects.filter(id__in={invitation.id, survey.id}).update(answered_at=day)
    response = Response.objects.create(
        id=uuid4(),
        workspace_id=survey.workspace_id,
        campaign_id=survey.campaign_id,
        metric=survey.metric,
        score=score,
        comment=comment,
        answers=more.answers,
        consent=more.consent,
        version=invitation.asks,
        language=invitation.language,
        created_at=day,
        updated_at=day,
        submitted_at=day,
    )
    note([Happened(survey.workspace_id, HappeningKind.FEEDBACK_NEW, response.id)], day)
    return response
