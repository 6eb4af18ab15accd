"""Accept: a member makes an answer of a score that a link was fetched with."""

from datetime import datetime

from django.db import transaction

from afterword.feedback.answering.answer import lock_survey, record_answer
from afterword.feedback.answering.refused import AnswerRefused
from afterword.feedback.hits.discarded import unconfirmed
from afterword.feedback.models import Hit, Response
from afterword.surveys.models import Invitation
from afterword.workspaces.models import Member


class AlreadyAnswered(AnswerRefused):
    """The customer was quicker."""


@transaction.atomic
def accept(invitation: Invitation, score: int, member: Member, now: datetime) -> Response:
    """Take `score` as the survey's answer, which may still be changed for 24 hours.

    Raises AlreadyAnswered, and AnswerRefused where no link was fetched with that score.
    """
    survey = lock_survey(invitation)
    if Response.objects.filter(survey=survey).exists():
        raise AlreadyAnswered("It has been answered meanwhile, and that answer stays.")
    hits = unconfirmed(Hit.objects.visible_to(member)).filter(invitation=invitation, score=score)
    if not hits.update(accepted_at=now, accepted_by=member.user):
        raise AnswerRefused(f"No link with the score {score} was fetched: choose one of those.")
    return record_answer(invitation, score, None, now, submitted=False)
