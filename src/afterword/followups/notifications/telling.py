"""What a notification says of what happened, for people to read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings

from afterword.feedback.models import Assignment, AtRisk, Response
from afterword.followups.engine.occurrence import Occurrence
from afterword.followups.engine.room import follows
from afterword.followups.events import OF_ASSIGNMENTS, Follows
from afterword.followups.models import DIGEST, TEST, Delivery
from afterword.followups.moves import ScoreMove
from afterword.followups.notifications.models import Frequency, Notification
from afterword.followups.notifications.parts import first_parts, how_many, replies_told
from afterword.followups.notifications.scores import scores_of
from afterword.followups.values import occurrences_of, values_of
from afterword.happenings.models import HappeningKind
from afterword.survey_templates.metrics import SCALES, Bucket, Metric

COMMENT_LIMIT = 2_000  # characters of a comment in a notification
MOST_LINES = 30  # in a digest
SHOWS_ENDS = 3  # comments from which on the best and the worst stand apart
_ORDER = (Bucket.DETRACTOR, Bucket.PASSIVE, Bucket.PROMOTER)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    headline: str
    comment: str
    who: str
    campaign: str
    at: datetime
    link: str
    bucket: Bucket | None = None
    reply_to: str = ""
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What one mail or one Slack message says. `counts` are answers by category, in words."""

    title: str
    lines: Sequence[Line]
    workspace: str
    settings_link: str
    is_test: bool = False
    left_out: int = 0
    all_link: str = ""
    counts: Sequence[str] = field(default_factory=list)
    # Of a digest: the score of each metric beside the one before, in words, and what was said by
    # whoever was least and most content, where more than a few said something.
    scores: Sequence[str] = field(default_factory=list)
    worst: Line | None = None
    best: Line | None = None

    @property
    def reply_to(self) -> str:
        return self.lines[0].reply_to if len(self.lines) == 1 else ""


def messages_of(deliveries: Collection[Delivery]) -> dict[UUID, Message]:
    """Return what each notification delivery says today; without those that are needless by now.

    A fixed number of queries, but for the scores of each digest.
    """
    digests = {one.id for one in deliveries if one.kind == DIGEST}
    parts, counts = first_parts(digests), how_many(digests)
    all_ = [*deliveries, *chain(*parts.values())]
    found = _Found(occurrences_of(all_), replies_told(all_))
    told: dict[UUID, Message] = {}
    for one in deliveries:
        rule = one.notification
        assert rule
        of_it = parts.get(one.id, ()) if one.id in digests else [one]
        lines, unread = _lines(rule, of_it, found), max(0, counts[one.id] - len(of_it))
        if lines or unread or (one.id in digests and rule.sends_empty):
            told[one.id] = _message(one, rule, lines, unread)
    return told


class _Found(NamedTuple):
    """What deliveries are about, by their keys; and what customers replied."""

    occurrences: Mapping[UUID, Occurrence]
    replies: Mapping[tuple[UUID, datetime], str]


def _lines(rule: Notification, deliveries: Sequence[Delivery], found: _Found) -> list[Line]:
    lines = []
    for one in deliveries:
        occurrence = found.occurrences.get(one.id)
        if one.kind == TEST or (occurrence and follows(rule, occurrence) is not Follows.NOT):
            lines.append(_line(rule, one, occurrence, found.replies))
    return lines


def _message(delivery: Delivery, rule: Notification, lines: list[Line], unread: int) -> Message:
    """`unread` are the parts of a digest that were not looked at: they count as they are."""
    title = lines[0].headline if lines else "Nothing new"
    if delivery.kind == DIGEST:
        period = "day" if rule.frequency == Frequency.DAILY else "week"
        where = rule.campaign.name if rule.campaign else rule.workspace.name
        count = len(lines) + unread
        title = f"{where}: {count:,} new in the last {period}" if count else f"{where}: nothing new"
    in_order = sorted(lines, key=lambda line: _ORDER.index(line.bucket) if line.bucket else 3)
    shown = in_order[:MOST_LINES]
    return Message(
        title=title,
        lines=shown,
        workspace=rule.workspace.name,
        settings_link=_settings_link(rule),
        is_test=delivery.kind == TEST,
        left_out=len(lines) - len(shown) + unread,
        all_link=_all_link(rule),
        **(_of_digest(delivery, rule, lines, unread) if delivery.kind == DIGEST else {}),
    )


def _of_digest(
    delivery: Delivery, rule: Notification, lines: list[Line], unread: int
) -> dict[str, Any]:
    period = timedelta(days=1 if rule.frequency == Frequency.DAILY else 7)
    until = delivery.happened_at
    said = sorted(
        (line for line in lines if line.comment and line.score is not None),
        key=lambda line: (line.score, line.at),
    )
    shows_ends = len(said) >= SHOWS_ENDS and said[0].score != said[-1].score
    return {
        "counts": _counts(rule, lines, unread),
        "scores": scores_of(rule.workspace_id, rule.campaign_id, until - period, until),
        "worst": said[0] if shows_ends else None,
        "best": said[-1] if shows_ends else None,
    }


def _counts(rule: Notification, lines: Sequence[Line], unread: int) -> list[str]:
    metric = Metric(rule.campaign.metric) if rule.campaign else Metric.NPS
    words = SCALES[metric].by_bucket
    counted = {bucket: sum(line.bucket is bucket for line in lines) for bucket in Bucket}
    told = [f"{words[bucket]}: {count}" for bucket, count in counted.items() if count]
    return [f"Of the first {len(lines):,}", *told] if told and unread else told


def _line(
    rule: Notification,
    delivery: Delivery,
    occurrence: Occurrence | None,
    replies: Mapping[tuple[UUID, datetime], str],
) -> Line:
    values = values_of(delivery, rule, occurrence)
    who = " · ".join(dict.fromkeys(str(values[name]) for name in _WHO if values[name]))
    response = occurrence.response if occurrence else None
    comment = str(values["comment"] or "")
    if len(comment) > COMMENT_LIMIT:
        comment = comment[:COMMENT_LIMIT] + "…"
    if move := occurrence and occurrence.move:
        comment = _compared(move)
    if delivery.kind == HappeningKind.CUSTOMER_REPLIED:
        assert delivery.subject_id
        comment = replies.get((delivery.subject_id, delivery.happened_at), "")[:COMMENT_LIMIT]
    is_said = response is not None or delivery.kind == HappeningKind.CUSTOMER_REPLIED
    known = (response and response.customer_id) or (occurrence and occurrence.customer)
    return Line(
        headline=_headline(delivery, values, occurrence),
        comment=comment,
        who=who,
        campaign=str(values["campaign_name"] or ""),
        at=delivery.happened_at,
        link=settings.BASE_URL + _path(values, occurrence, is_known=bool(known)),
        bucket=response.bucket if response else None,
        score=response.score if response else None,
        reply_to=str(values["email"] or "") if is_said and delivery.kind != TEST else "",
    )


def _path(values: Mapping[str, object], occurrence: Occurrence | None, *, is_known: bool) -> str:
    if occurrence and occurrence.response and occurrence.told.kind in OF_ASSIGNMENTS:
        return f"/feedback/{occurrence.response.id}/assignment"
    if occurrence and occurrence.move:
        return f"/campaigns/{occurrence.move.campaign_id}/results"
    return f"/customers/{values['customer_id']}" if is_known else "/feedback"


def _compared(move: ScoreMove) -> str:
    return (
        f"{move.after:g} from {move.answers_after:,} answers of the last 30 days, "
        f"{move.before:g} from {move.answers_before:,} of the 30 days before. "
        "That is more than chance makes likely."
    )


_WHO = ("full_name", "email", "company_name")


def _headline(
    delivery: Delivery, values: Mapping[str, object], occurrence: Occurrence | None
) -> str:
    who = values["full_name"] or values["email"] or "somebody"
    if delivery.kind in OF_ASSIGNMENTS and occurrence and occurrence.response:
        return _assigned(delivery, occurrence.response, str(who))
    if delivery.kind == HappeningKind.SURVEY_BOUNCED:
        return f"A survey to {who} bounced"
    if delivery.kind == HappeningKind.CUSTOMER_UNSUBSCRIBED:
        return f"{who} unsubscribed"
    if delivery.kind == HappeningKind.CUSTOMER_REPLIED:
        return f"{who} replied to a mail"
    if delivery.kind == HappeningKind.CUSTOMER_AT_RISK:
        return f"{who} is at risk{_reason(occurrence)}"
    if delivery.kind == HappeningKind.SENDING_PAUSED:
        brake = occurrence.brake if occurrence else None
        of = brake.sender_domain if brake and brake.sender_domain else values["campaign_name"]
        return f"Sending is paused{f' for {of}' if of else ''}: too many mails came back"
    if delivery.kind == HappeningKind.SCORE_MOVED and occurrence and (move := occurrence.move):
        label = SCALES[Metric(move.campaign.metric)].label
        way = "rose" if move.after > move.before else "fell"
        return f"{label} of {move.campaign.name} {way} from {move.before:g} to {move.after:g}"
    metric = SCALES[Metric(str(values["metric"]))].label
    return f"{metric} {values['score']} ({values['rating_category']}) from {who}"


def _assigned(delivery: Delivery, response: Response, who: str) -> str:
    what = f"{response.scale.label} {response.score} from {who}"
    assignment: Assignment | None = getattr(response, "assignment", None)
    whose = assignment and assignment.user
    if delivery.kind == HappeningKind.FEEDBACK_OVERDUE:
        return f"Overdue with {whose or 'nobody'}: {what}"
    return f"Assigned to {whose or 'nobody yet'}: {what}"


def _reason(occurrence: Occurrence | None) -> str:
    """Return why somebody is at risk today; nothing where they are not any more."""
    customer = occurrence.customer if occurrence else None
    risk: AtRisk | None = getattr(customer, "at_risk", None)
    return f": {risk.words}" if risk else ""


def _all_link(rule: Notification) -> str:
    query = f"?campaign={rule.campaign_id}" if rule.campaign_id else ""
    return f"{settings.BASE_URL}/feedback{query}"


def _settings_link(rule: Notification) -> str:
    root = f"/campaigns/{rule.campaign_id}" if rule.campaign_id else "/follow-ups"
    return f"{settings.BASE_URL}{root}/notifications"
