"""What Afterword will do with a survey by itself, in a sentence."""

from datetime import datetime, tzinfo
from uuid import UUID

from afterword.surveys.hand_over import DOUBT
from afterword.surveys.models import SentBy, State, Survey
from afterword.surveys.outbox.status import Status, status_of
from afterword.surveys.outbox.step import moment
from afterword.surveys.send_again import may_be_sent_again


def what_next(survey: Survey, now: datetime, zone: tzinfo) -> str:
    """Say what Afterword will do with the survey by itself; empty if nothing."""
    campaign = survey.campaign
    match survey.state:
        case State.HELD:
            return (
                f"Held: the campaign {campaign} is paused"
                f"{_since(campaign.paused_at, zone)}. "
                "It is sent when somebody resumes the campaign."
            )
        case State.QUEUED if not campaign.is_active:
            return (
                "The campaign is switched off: unless it is on when this is due, nothing is sent."
            )
        case State.QUEUED if survey.handed_over:
            return (
                "In doubt: the connection broke after the mail went out, and no sign was found "
                "that it arrived. It is sent once more, and never a third time."
            )
        case State.QUEUED if survey.refusals and survey.due_at > now:
            return f"It will be tried again at {moment(survey.due_at, zone)}."
        case State.QUEUED if survey.due_at > now:
            return f"It will be sent at {moment(survey.due_at, zone)}."
        case State.QUEUED:
            return "It is due, and is sent as soon as it is its turn."
        case State.CLAIMED:
            return "It is being sent just now."
        case State.HANDING_OVER if survey.worker is None:
            until = survey.lease_until or now + DOUBT
            return (
                "In doubt: the connection broke after the mail went out. Evidence that it arrived "
                f"is looked for until {moment(until, zone)}; then it is sent once more."
                if survey.handed_over < 2
                else "In doubt for the second time: without evidence that it arrived it is set "
                f"aside at {moment(until, zone)}, and not sent again."
            )
        case State.HANDING_OVER:
            return "It is being handed over to the mail server just now."
        case State.PARKED if may_be_sent_again(survey):
            return "Nothing by itself. Once what failed is mended, a member can send it again."
        case State.PARKED if status_of(survey) is Status.FAILED:
            return "Nothing: it was in doubt twice, and no mail goes out a third time."
        case State.SENT:
            return _next_reminder(survey)
    return ""


def _next_reminder(survey: Survey) -> str:
    is_over = survey.answered_at or survey.unsubscribed_at or survey.bounced_at
    if survey.sent_by != SentBy.CAMPAIGN or is_over or survey.complained_at:
        return ""
    sent: set[UUID | int | None] = set(survey.reminders.values_list("reminder_id", flat=True))
    left = [one for one in survey.campaign.reminders.order_by("position") if one.id not in sent]
    if not left:
        return ""
    days = f"{left[0].after_days} day{'s' if left[0].after_days != 1 else ''}"
    return f"A reminder follows after {days} if it is {left[0].get_when_display().lower()} by then."


def _since(at: datetime | None, zone: tzinfo) -> str:
    return f" since {moment(at, zone)}" if at else ""
