"""What Afterword will do with an invitation by itself, in a sentence."""

from datetime import datetime, tzinfo
from uuid import UUID

from afterword.campaigns.models import Campaign
from afterword.sending.hand_over import DOUBT
from afterword.sending.models import Mail, State
from afterword.sending.paused import pausing
from afterword.surveys.models import Invitation
from afterword.surveys.outbox.status import Status, status_of
from afterword.surveys.outbox.step import moment
from afterword.surveys.send_again import may_be_sent_again


def what_next(invitation: Invitation, now: datetime, zone: tzinfo) -> str:
    """Say what Afterword will do with it by itself; empty if nothing."""
    mail, campaign = invitation.mail, invitation.survey.campaign
    if mail is None:
        return _next_showing(invitation, now, zone)
    match mail.state:
        case State.HELD:
            return (
                f"Held: the campaign {campaign} is paused{_paused_since(campaign, zone)}. "
                "It is sent when somebody resumes the campaign."
            )
        case State.PARKED if may_be_sent_again(invitation):
            return "Nothing by itself. Once what failed is mended, a member can send it again."
        case State.PARKED if status_of(invitation) is Status.FAILED:
            return "Nothing: it was in doubt twice, and no mail goes out a third time."
        case State.SENT:
            return _next_reminder(invitation)
    return _next_try(mail, campaign, now, zone)


def _next_showing(invitation: Invitation, now: datetime, zone: tzinfo) -> str:
    """What is shown in an application waits for the customer."""
    due_at, expires_at = invitation.due_at, invitation.expires_at
    if status_of(invitation) in {Status.SHOWN, Status.CLOSED}:
        return _next_reminder(invitation)
    if not (due_at and expires_at) or status_of(invitation) is not Status.OFFERED:
        return ""
    if invitation.survey.answered_at:  # a reminder's
        return "Nothing: the survey it reminds of was answered."
    if not invitation.survey.campaign.is_active:
        return "The campaign is switched off: unless it is on when the customer comes, it ends."
    begins = f"from {moment(due_at, zone)} on, " if due_at > now else ""
    campaign = invitation.survey.campaign
    hours = "within the time frame, " if campaign.is_in_app and campaign.time_frame else ""
    until = moment(expires_at, zone)
    return f"It is shown when the customer comes by, {hours}{begins}until {until}."


def _next_try(mail: Mail, campaign: Campaign, now: datetime, zone: tzinfo) -> str:
    match mail.state:
        case State.QUEUED if not campaign.is_active:
            return (
                "The campaign is switched off: unless it is on when this is due, nothing is sent."
            )
        case State.QUEUED if mail.handed_over:
            return (
                "In doubt: the connection broke after the mail went out, and no sign was found "
                "that it arrived. It is sent once more, and never a third time."
            )
        case State.QUEUED if mail.refusals and mail.due_at > now:
            return f"It will be tried again at {moment(mail.due_at, zone)}."
        case State.QUEUED if mail.due_at > now:
            return f"It will be sent at {moment(mail.due_at, zone)}."
        case State.QUEUED:
            return "It is due, and is sent as soon as it is its turn."
        case State.CLAIMED:
            return "It is being sent just now."
        case State.HANDING_OVER if mail.worker is None:
            until = mail.lease_until or now + DOUBT
            return (
                "In doubt: the connection broke after the mail went out. Evidence that it arrived "
                f"is looked for until {moment(until, zone)}; then it is sent once more."
                if mail.handed_over < 2
                else "In doubt for the second time: without evidence that it arrived it is set "
                f"aside at {moment(until, zone)}, and not sent again."
            )
        case State.HANDING_OVER:
            return "It is being handed over to the mail server just now."
    return ""


def _next_reminder(invitation: Invitation) -> str:
    survey, mail = invitation.survey, invitation.mail
    is_over = survey.answered_at or survey.unsubscribed_at or (mail and mail.bounced_at)
    if invitation.is_reminder or is_over or (mail and mail.complained_at):
        return ""
    sent: set[UUID | int | None] = set(survey.invitations.values_list("reminder_id", flat=True))
    left = [one for one in survey.campaign.reminders.order_by("position") if one.id not in sent]
    if not left:
        return ""
    days = f"{left[0].after_days} day{'s' if left[0].after_days != 1 else ''}"
    return f"A reminder follows after {days} if it is {left[0].get_when_display().lower()} by then."


def _paused_since(campaign: Campaign, zone: tzinfo) -> str:
    brake = pausing(campaign.workspace_id, campaign.id).order_by("at").first()
    return f" since {moment(brake.at, zone)}" if brake else ""
