"""One survey's life: what led to it, what became of it, and what happens next.

What later stages know of a survey comes by the survey's own relations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from django.urls import reverse

from afterword.decisions.explain import explain
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.surveys.models import State, Survey
from afterword.surveys.outbox.search import WAITING
from afterword.surveys.outbox.status import Status
from afterword.surveys.outbox.step import Step, moment
from afterword.surveys.outbox.what_next import what_next
from afterword.surveys.reported import reported
from afterword.workspaces.models import User

# Of reports about one mail, the first so many are shown: mail programs may open it for years.
MOST_REPORTS = 100


@dataclass(frozen=True, slots=True)
class Life:
    """The story of a survey, the oldest step first, and a sentence on what comes next."""

    steps: list[Step]
    next: str
    reports_left_out: int = 0
    hits: Mapping[str, int] = field(default_factory=dict)  # {"all": …, "machines": …}


def life_of(survey: Survey, now: datetime, zone: tzinfo) -> Life:
    """Tell it in a fixed number of queries; instants inside sentences are in `zone`."""
    reports = list(survey.delivery_events.order_by("at", "id")[: MOST_REPORTS + 1])
    left_out = survey.delivery_events.count() - MOST_REPORTS if len(reports) > MOST_REPORTS else 0
    steps = [
        *_beginning(survey, zone),
        *_sending(survey),
        *reported(survey, reports[:MOST_REPORTS]),
        *_answered(survey),
        *_ended(survey, zone),
        *_sent_again(survey),
        *_reminders(survey),
    ]
    never = now + timedelta(days=36500)  # what nobody noted the time of comes last
    return Life(
        sorted(steps, key=lambda step: step.at or never),
        what_next(survey, now, zone),
        left_out,
        _hits(survey),
    )


def _beginning(survey: Survey, zone: tzinfo) -> Iterator[Step]:
    if survey.event:
        yield Step(
            survey.event.received_at,
            f"Event: {survey.event.name}",
            "bolt",
            address=reverse("events:event", args=[survey.event.id]),
            link="Look at the event",
        )
    if survey.reminds:
        yield Step(
            survey.created_at,
            "Reminder scheduled",
            "clock",
            f"It reminds of the survey of {moment(survey.reminds.created_at, zone)}, "
            "which was not answered.",
            address=reverse("surveys:survey", args=[survey.reminds.id]),
            link="Look at that survey",
        )
    else:
        yield Step(survey.created_at, "Scheduled", "clock", _why(survey, zone))


def _why(survey: Survey, zone: tzinfo) -> str:
    decision = (
        Decision.objects.filter(
            event_id=survey.event_id,
            campaign_id=survey.campaign_id,
            reason=Reason.SCHEDULED,
        ).first()
        if survey.event_id
        else None
    )
    if decision:
        return explain(Reason.SCHEDULED, decision.detail, zone)
    was_put_off = survey.refusals or "again_at" in survey.detail
    return "" if was_put_off else f"Due {moment(survey.due_at, zone)}."


def _sending(survey: Survey) -> Iterator[Step]:
    if survey.first_refused_at:
        times = "once" if survey.refusals == 1 else f"{survey.refusals} times"
        yield Step(
            survey.first_refused_at,
            "Put off by the mail server",
            "clock",
            f"It was refused for the time being, {times} since then.",
            "" if survey.sent_at else survey.server_reply,
        )
    if survey.sent_at:
        again = " It went out twice, as the first time was in doubt." * (survey.handed_over > 1)
        said = "" if survey.bounced_at else survey.server_reply
        yield Step(survey.sent_at, "Sent", "send", f"The mail server took it.{again}", said)


def _answered(survey: Survey) -> Iterator[Step]:
    response = getattr(survey, "response", None)
    if response:
        yield Step(
            response.created_at,
            "Answered",
            "message",
            score=response.score,
            comment=response.comment,
            address=f"{reverse('feedback:list')}?campaign={survey.campaign_id}",
            link="Feedback of this campaign",
        )
    elif survey.answered_at:
        yield Step(survey.answered_at, "Answered", "message")


def _ended(survey: Survey, zone: tzinfo) -> Iterator[Step]:
    match survey.state:
        case State.CANCELLED:
            yield Step(survey.cancelled_at, "Cancelled", "x", _cancelled(survey, zone))
        case State.DISMISSED:
            why = explain(Reason(survey.reason), survey.detail, zone) if survey.reason else ""
            yield Step(survey.ended_at, "Not sent", "x", why)
        case State.PARKED:
            yield Step(
                survey.ended_at,
                "Failed",
                "alert-triangle",
                Status.FAILED.explanation,
                survey.server_reply,
            )


def _sent_again(survey: Survey) -> Iterator[Step]:
    """A person said so, after it had failed."""
    if at := survey.detail.get("again_at"):
        nothing_since = survey.state in WAITING and not survey.refusals
        yield Step(
            datetime.fromisoformat(str(at)),
            "Queued again",
            "refresh",
            f"{_by(survey, 'again_by')} It had failed before.",
            survey.server_reply if nothing_since else "",
        )


def _by(survey: Survey, name: str) -> str:
    """Name the user whose id is in `detail`."""
    member_of = User.objects.filter(memberships__workspace_id=survey.workspace_id)
    user = member_of.filter(id=survey.detail[name]).first()
    return f"By {user}." if user else "By somebody who is no longer here."


def _cancelled(survey: Survey, zone: tzinfo) -> str:
    detail = survey.detail
    if "by" in detail:
        return _by(survey, "by")
    if detail.get("customer") == "deleted":
        return "The customer was deleted meanwhile."
    if answered := detail.get("answered_at"):
        at = datetime.fromisoformat(str(answered))
        return f"The survey it reminds of was answered meanwhile, on {moment(at, zone)}."
    if bounced := detail.get("bounced_at"):
        at = datetime.fromisoformat(str(bounced))
        return f"The survey it reminds of has bounced meanwhile, on {moment(at, zone)}."
    return ""


def _reminders(survey: Survey) -> Iterator[Step]:
    for reminder in survey.reminders.order_by("created_at"):
        yield Step(
            reminder.sent_at or reminder.created_at,
            "Reminder sent" if reminder.sent_at else "Reminder scheduled",
            "send" if reminder.sent_at else "clock",
            address=reverse("surveys:survey", args=[reminder.id]),
            link="Look at the reminder",
        )


def _hits(survey: Survey) -> dict[str, int]:
    verdicts: list[str] = list(survey.hits.values_list("verdict", flat=True)[:1000])
    return {"all": len(verdicts), "machines": sum(bool(verdict) for verdict in verdicts)}
