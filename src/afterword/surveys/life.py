"""One survey's life: what led to it, what became of it, and what happens next.

What later stages know of a survey comes by the survey's own relations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from django.urls import reverse

from afterword.decisions.explain import explain
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.surveys.hand_over import DOUBT
from afterword.surveys.models import DeliveryEvent, DeliveryKind, SentBy, State, Survey
from afterword.surveys.status import Status
from afterword.workspaces.models import User

# Of reports about one mail, the first so many are shown: mail programs may open it for years.
MOST_REPORTS = 100


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened. `words` are the other side's own; `address` leads to more of it."""

    at: datetime | None  # None where nobody noted when
    name: str
    icon: str
    text: str = ""
    words: str = ""
    address: str = ""
    link: str = ""
    is_machine: bool = False
    score: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class _Report:
    name: str
    icon: str
    column: str = ""


_REPORTS = {
    DeliveryKind.DELAYED: _Report("Put off by a mail server", "clock"),
    DeliveryKind.DELIVERED: _Report("Delivered", "mail", "delivered_at"),
    DeliveryKind.OPENED: _Report("Opened by a person", "mail-opened", "opened_at"),
    DeliveryKind.MACHINE_OPENED: _Report("Opened by a machine", "mail-opened", "machine_opened_at"),
    DeliveryKind.CLICKED: _Report("Link followed", "external-link", "clicked_at"),
    DeliveryKind.SOFT_BOUNCED: _Report("Soft-bounced", "alert-triangle"),
    DeliveryKind.HARD_BOUNCED: _Report("Hard-bounced", "alert-triangle"),
    DeliveryKind.COMPLAINED: _Report("Complained", "alert-circle", "complained_at"),
    DeliveryKind.UNSUBSCRIBED: _Report("Unsubscribed", "circle-off", "unsubscribed_at"),
}
_SOURCES = {
    "smtp": "said by the mail server",
    "report": "by a delivery report",
    "webhook": "reported by the mail provider",
    "pixel": "seen by the picture in the mail",
    "link": "by a link in the mail",
}


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
        *_reported(survey, reports[:MOST_REPORTS]),
        *_answered(survey),
        *_ended(survey, zone),
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
            f"It reminds of the survey of {_moment(survey.reminds.created_at, zone)}, "
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
    return "" if survey.refusals else f"Due {_moment(survey.due_at, zone)}."


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


def _reported(survey: Survey, reports: list[DeliveryEvent]) -> Iterator[Step]:
    told = set()
    for report in reports:
        kind = DeliveryKind(report.kind)
        told.add(kind)
        yield _report_step(kind, report.at, report.source, report.words)
    for kind, said in _REPORTS.items():
        if said.column and kind not in told and (at := getattr(survey, said.column)):
            yield _report_step(kind, at, "", "")
    if not told & {DeliveryKind.SOFT_BOUNCED, DeliveryKind.HARD_BOUNCED} and (
        survey.bounced_at or survey.state == State.BOUNCED
    ):
        how = f"{survey.get_bounce_display()}-bounced" if survey.bounce else "Bounced"
        yield Step(survey.bounced_at, how, "alert-triangle", words=survey.server_reply)


def _report_step(kind: DeliveryKind, at: datetime, source: str, words: str) -> Step:
    is_machine = kind is DeliveryKind.MACHINE_OPENED
    text = _SOURCES.get(source, source)
    if is_machine:
        text = (
            "A mail program or a proxy fetched the pictures by itself; it says nothing of people."
        )
    elif text:
        text = f"{text[0].upper()}{text[1:]}."
    return Step(at, _REPORTS[kind].name, _REPORTS[kind].icon, text, words, is_machine=is_machine)


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
            yield Step(None, "Not sent", "x", why)
        case State.PARKED:
            yield Step(
                None,
                "Failed",
                "alert-triangle",
                Status.FAILED.explanation,
                survey.server_reply,
            )


def _cancelled(survey: Survey, zone: tzinfo) -> str:
    detail = survey.detail
    if by := detail.get("by"):
        user = User.objects.filter(id=by, memberships__workspace_id=survey.workspace_id).first()
        return f"By {user}." if user else "By somebody who is no longer here."
    if detail.get("customer") == "deleted":
        return "The customer was deleted meanwhile."
    if answered := detail.get("answered_at"):
        at = datetime.fromisoformat(str(answered))
        return f"The survey it reminds of was answered meanwhile, on {_moment(at, zone)}."
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
            return f"It will be tried again at {_moment(survey.due_at, zone)}."
        case State.QUEUED if survey.due_at > now:
            return f"It will be sent at {_moment(survey.due_at, zone)}."
        case State.QUEUED:
            return "It is due, and is sent as soon as it is its turn."
        case State.CLAIMED:
            return "It is being sent just now."
        case State.HANDING_OVER if survey.worker is None:
            until = survey.lease_until or now + DOUBT
            return (
                "In doubt: the connection broke after the mail went out. Evidence that it arrived "
                f"is looked for until {_moment(until, zone)}; then it is sent once more."
                if survey.handed_over < 2
                else "In doubt for the second time: without evidence that it arrived it is set "
                f"aside at {_moment(until, zone)}, and not sent again."
            )
        case State.HANDING_OVER:
            return "It is being handed over to the mail server just now."
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
    return f" since {_moment(at, zone)}" if at else ""


def _moment(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M:%S}"
