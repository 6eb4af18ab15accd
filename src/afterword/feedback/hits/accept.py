"""Accept: a member makes an answer of a score that a link was fetched with."""

from datetime import datetime

from django.db import transaction

from afterword.feedback.answering.answer import AnswerRefused, lock_original, record_answer
from afterword.feedback.hits.discarded import unconfirmed
from afterword.feedback.models import Hit, Response
from afterword.surveys.models import Survey
from afterword.workspaces.models import Member


class AlreadyAnswered(AnswerRefused):
    """The customer was quicker."""


@transaction.atomic
def accept(survey: Survey, score: int, member: Member, now: datetime) -> Response:
    """Take `score` as the survey's answer, which may still be changed for 24 hours.

    Raises AlreadyAnswered, and AnswerRefused where no link was fetched with that score.
    """
    original = lock_original(survey)
    if Response.objects.filter(survey=original).exists():
        raise AlreadyAnswered("It has been answered meanwhile, and that answer stays.")
    hits = unconfirmed(Hit.objects.visible_to(member)).filter(survey=survey, score=score)
    if not hits.update(accepted_at=now, accepted_by=member.user):
        raise AnswerRefused(f"No link with the score {score} was fetched: choose one of those.")
    return record_answer(survey, score, None, now, submitted=False)
