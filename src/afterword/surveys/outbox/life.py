"""One invitation's life: what led to it, what became of it, and what happens next.

What later stages know of it comes by the relations of the survey and of the invitation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from django.urls import reverse

from afterword.decisions.explain import explain
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.occasions.occasion import Kind
from afterword.sending.models import WAITING, DeliveryEvent, Mail, State
from afterword.surveys.invite import SURVEY
from afterword.surveys.models import Invitation, Survey
from afterword.surveys.outbox.by_whom import asked_by, member_named
from afterword.surveys.outbox.status import Status
from afterword.surveys.outbox.step import Step, moment
from afterword.surveys.outbox.what_next import what_next
from afterword.surveys.reported import reported

# Of reports about one mail, the first so many are shown: mail programs may open it for years.
MOST_REPORTS = 100


@dataclass(frozen=True, slots=True)
class Life:
    """The story of an invitation, the oldest step first, and a sentence on what comes next."""

    steps: list[Step]
    next: str
    reports_left_out: int = 0
    hits: Mapping[str, int] = field(default_factory=dict)  # {"all": …, "machines": …}


def life_of(invitation: Invitation, now: datetime, zone: tzinfo) -> Life:
    """Tell it in a fixed number of queries; instants inside sentences are in `zone`."""
    mail = invitation.mail
    about = DeliveryEvent.objects.filter(mail_id=invitation.id)
    reports = list(about.order_by("at", "id")[: MOST_REPORTS + 1])
    left_out = about.count() - MOST_REPORTS if len(reports) > MOST_REPORTS else 0
    steps = [
        *_beginning(invitation, zone),
        *(_sending(mail) if mail else ()),
        *_shown(invitation, zone),
        *reported(invitation, reports[:MOST_REPORTS]),
        *_answered(invitation),
        *(_ended(mail, zone) if mail else ()),
        *(_sent_again(mail) if mail else ()),
        *(_hastened(mail) if mail else ()),
        *_reminders(invitation),
    ]
    never = now + timedelta(days=36500)  # what nobody noted the time of comes last
    return Life(
        sorted(steps, key=lambda step: step.at or never),
        what_next(invitation, now, zone),
        left_out,
        _hits(invitation),
    )


def _beginning(invitation: Invitation, zone: tzinfo) -> Iterator[Step]:
    survey = invitation.survey
    if invitation.is_reminder:
        yield Step(
            invitation.created_at,
            "Reminder scheduled",
            "clock",
            f"It reminds of the survey of {moment(survey.created_at, zone)}, "
            "which was not answered.",
            address=reverse("surveys:survey", args=[survey.id]),
            link="Look at that survey",
        )
        return
    if survey.event:
        yield Step(
            survey.event.received_at,
            f"Event: {survey.event.name}",
            "bolt",
            address=reverse("events:event", args=[survey.event.id]),
            link="Look at the event",
        )
    yield Step(invitation.created_at, "Scheduled", "clock", _why(invitation, zone))


def _why(invitation: Invitation, zone: tzinfo) -> str:
    survey, mail = invitation.survey, invitation.mail
    if decision := _decision(survey):
        return explain(Reason.SCHEDULED, decision.detail, zone)
    if survey.occasion_kind == Kind.HAND and not invitation.is_reminder:
        return asked_by(survey)
    was_put_off = mail is None or mail.refusals or "again_at" in mail.detail
    return "" if was_put_off or mail is None else f"Due {moment(mail.due_at, zone)}."


def _decision(survey: Survey) -> Decision | None:
    """Return what scheduled it, where that is worth telling: by hand, its member is."""
    decisions = Decision.objects.filter(campaign_id=survey.campaign_id, reason=Reason.SCHEDULED)
    if survey.event_id:
        return decisions.filter(event_id=survey.event_id).first()
    if survey.occasion_id and survey.occasion_kind in {Kind.CALL, Kind.DUE_DATE}:
        occasion = {"occasion_kind": survey.occasion_kind, "occasion_id": survey.occasion_id}
        return decisions.filter(**occasion).first()
    return None


def _sending(mail: Mail) -> Iterator[Step]:
    if mail.first_refused_at:
        times = "once" if mail.refusals == 1 else f"{mail.refusals} times"
        yield Step(
            mail.first_refused_at,
            "Put off by the mail server",
            "clock",
            f"It was refused for the time being, {times} since then.",
            "" if mail.sent_at else mail.server_reply,
        )
    if mail.sent_at:
        again = " It went out twice, as the first time was in doubt." * (mail.handed_over > 1)
        said = "" if mail.bounced_at else mail.server_reply
        yield Step(mail.sent_at, "Sent", "send", f"The mail server took it.{again}", said)


def _shown(invitation: Invitation, zone: tzinfo) -> Iterator[Step]:
    if invitation.shown_at:
        yield Step(invitation.shown_at, "Shown", "mail-opened", "The customer saw the survey.")
    if invitation.dismissed_at:
        yield Step(invitation.dismissed_at, "Closed", "x", "The customer closed it unanswered.")
    if invitation.withdrawn_at:
        yield Step(invitation.withdrawn_at, "Not shown", "x", _why_not_shown(invitation, zone))


def _why_not_shown(invitation: Invitation, zone: tzinfo) -> str:
    survey = invitation.survey
    if not invitation.is_reminder:
        ran_out = "The customer did not come by in time."
        return explain(Reason(survey.reason), survey.detail, zone) if survey.reason else ran_out
    if survey.answered_at:
        return f"The survey it reminds of was answered, on {moment(survey.answered_at, zone)}."
    return Status.WITHDRAWN.explanation


def _answered(invitation: Invitation) -> Iterator[Step]:
    response = getattr(invitation.survey, "response", None)
    if response and not invitation.is_reminder:
        yield Step(
            response.created_at,
            "Answered",
            "message",
            score=response.score,
            comment=response.comment,
            address=f"{reverse('feedback:list')}?campaign={invitation.survey.campaign_id}",
            link="Feedback of this campaign",
        )
    elif invitation.answered_at:
        yield Step(invitation.answered_at, "Answered", "message")


def _ended(mail: Mail, zone: tzinfo) -> Iterator[Step]:
    match mail.state:
        case State.CANCELLED:
            yield Step(mail.cancelled_at, "Cancelled", "x", _cancelled(mail, zone))
        case State.DISMISSED:
            why = explain(Reason(mail.reason), mail.detail, zone) if mail.reason else ""
            yield Step(mail.ended_at, "Not sent", "x", why)
        case State.PARKED:
            yield Step(
                mail.ended_at,
                "Failed",
                "alert-triangle",
                Status.FAILED.explanation,
                mail.server_reply,
            )


def _hastened(mail: Mail) -> Iterator[Step]:
    if at := mail.detail.get("hastened_at"):
        by = _by(mail, "hastened_by")
        yield Step(datetime.fromisoformat(at), "Sent before its time", "send", by)


def _sent_again(mail: Mail) -> Iterator[Step]:
    """A person said so, after it had failed."""
    if at := mail.detail.get("again_at"):
        nothing_since = mail.state in WAITING and not mail.refusals
        yield Step(
            datetime.fromisoformat(str(at)),
            "Queued again",
            "refresh",
            f"{_by(mail, 'again_by')} It had failed before.",
            mail.server_reply if nothing_since else "",
        )


def _by(mail: Mail, name: str) -> str:
    """Name the user whose id is in `detail`."""
    return member_named(mail.workspace_id, mail.detail[name])


def _cancelled(mail: Mail, zone: tzinfo) -> str:
    detail, which = mail.detail, "It" if mail.kind == SURVEY else "The survey it reminds of"
    if "by" in detail:
        return _by(mail, "by")
    if detail.get("customer") == "deleted":
        return "The customer was deleted meanwhile."
    if answered := detail.get("answered_at"):
        at = datetime.fromisoformat(str(answered))
        return f"{which} was answered meanwhile, on {moment(at, zone)}."
    if bounced := detail.get("bounced_at"):
        at = datetime.fromisoformat(str(bounced))
        return f"{which} has bounced meanwhile, on {moment(at, zone)}."
    return ""


def _reminders(invitation: Invitation) -> Iterator[Step]:
    if invitation.is_reminder:
        return
    reminders = invitation.survey.invitations.exclude(id=invitation.survey_id)
    for one in reminders.select_related("mail").order_by("created_at"):
        sent_at = one.mail.sent_at if one.mail else one.shown_at
        yield Step(
            sent_at or one.created_at,
            "Reminder sent" if sent_at else "Reminder scheduled",
            "send" if sent_at else "clock",
            address=reverse("surveys:survey", args=[one.id]),
            link="Look at the reminder",
        )


def _hits(invitation: Invitation) -> dict[str, int]:
    found: list[str] = list(invitation.hits.values_list("judgement", flat=True)[:1000])
    return {"all": len(found), "machines": sum(bool(one) for one in found)}
