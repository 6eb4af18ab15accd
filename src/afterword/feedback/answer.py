"""Answer: record what a person says to a survey, once per survey."""

from datetime import datetime, timedelta

from django.db import transaction

from afterword.campaigns.metrics import SCALES, Metric
from afterword.core.text import clean_text
from afterword.feedback.models import Response
from afterword.surveys.models import Survey

CHANGEABLE = timedelta(hours=24)
COMMENT_LIMIT = 10_000  # characters


class AnswerRefused(ValueError):
    """An answer that cannot be taken; its text is safe to show and says how to mend it."""


class AnswerClosed(AnswerRefused):
    """The survey was answered too long ago to change the answer."""


def is_closed(response: Response | None, now: datetime) -> bool:
    """Whether the time to change an answer is over; it runs from the first one."""
    return response is not None and now - response.created_at >= CHANGEABLE


def read_score(text: str, metric: Metric) -> int:
    """Return the score that `text` says; raises AnswerRefused if the metric has no such score."""
    scale = SCALES[metric]
    written = {str(score): score for score in scale.scores}
    if text not in written:
        raise AnswerRefused(f"Please choose a score from {scale.lowest} to {scale.highest}.")
    return written[text]


def read_comment(text: str) -> str:
    """Return a comment as it may be stored; raises AnswerRefused if it is too long."""
    comment = clean_text(text.replace("\r\n", "\n")).strip()
    if len(comment) > COMMENT_LIMIT:
        over = len(comment) - COMMENT_LIMIT
        raise AnswerRefused(
            f"Your comment is {over:,} characters too long: "
            f"please shorten it to {COMMENT_LIMIT:,} characters and send it again."
        )
    return comment


@transaction.atomic
def record_answer(
    survey: Survey, score: int, comment: str | None, now: datetime, *, submitted: bool
) -> Response:
    """Make `score` and `comment` the survey's answer, in place of an earlier one.

    An empty comment keeps an earlier one, which the page does not show and so nobody deleted.
    `submitted` says that the person sent the form; a score alone may come before that.
    Raises AnswerClosed.
    """
    locked = Survey.objects.select_for_update(no_key=True).get(id=survey.id)
    response = Response.objects.filter(survey=locked).first() or _new_response(locked, now)
    if is_closed(response, now):
        raise AnswerClosed("This survey was answered a while ago: the answer can no longer change.")
    response.score = score
    response.comment = comment or response.comment
    response.updated_at = now
    if submitted:
        response.submitted_at = now
    response.save()
    if locked.answered_at is None:
        Survey.objects.filter(id=locked.id).update(answered_at=now)
    return response


def _new_response(survey: Survey, now: datetime) -> Response:
    return Response(
        workspace_id=survey.workspace_id,
        survey=survey,
        campaign_id=survey.campaign_id,
        customer_id=survey.customer_id,
        email=survey.email,
        metric=survey.metric,
        created_at=now,
    )
