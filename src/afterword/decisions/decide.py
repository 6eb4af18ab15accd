"""Whether to ask a customer after an event, and if not, why not. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from afterword.audience.match import Audience
from afterword.decisions.reasons import Reason

CAP_WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a campaign and its workspace ask for."""

    campaign_id: UUID
    is_active: bool
    audience: Audience
    sample_percent: float
    delay: timedelta
    throttle: timedelta | None
    throttle_spans_campaigns: bool
    max_mails_per_day: int
    max_event_age: timedelta


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The event as far as a decision needs it. Instants are aware, in UTC."""

    message_id: str
    occurred_at: datetime
    received_at: datetime
    is_trusted: bool
    email: str | None
    refused_email: str | None = None
    ids: tuple[str, str] = ("", "")
    duplicate_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastSurvey:
    """A survey that counts for throttle and cap: sent, or still waiting."""

    id: UUID
    campaign_id: UUID
    at: datetime  # when it was sent, or is due
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the customer when the decision is made."""

    is_known: bool = False
    fields: dict[str, object] = field(default_factory=dict)
    unsubscribed_at: datetime | None = None
    hard_bounced_at: datetime | None = None
    undeliverable_at: datetime | None = None
    suppressed_at: datetime | None = None
    # Unsubscribed from these campaigns only.
    campaigns: Mapping[UUID, datetime] = field(default_factory=dict)
    # What suppresses the address: the pattern on the list, and what was noted with it.
    pattern: str = ""
    note: str = ""
    surveys: Sequence[PastSurvey] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    reason: Reason
    detail: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None


def decide(event: Occurrence, rules: Rules, facts: Facts, now: datetime) -> Verdict:
    """Return the first rule that decides, in the order of `Reason`."""
    draw = draw_sample(rules.campaign_id, event.message_id)
    due_at = event.received_at + rules.delay
    return (
        _about_the_event(event, rules, now)
        or _about_the_address(rules, facts)
        or _about_the_source(event, facts)
        or _about_the_audience(rules, facts, now)
        or _about_the_sample(rules, draw)
        or _throttled(rules, facts.surveys, now)
        or _capped(rules, facts.surveys, due_at)
        or Verdict(Reason.SCHEDULED, {"due_at": due_at, **_draw(rules, draw)}, due_at)
    )


def why_not_now(rules: Rules, facts: Facts, now: datetime) -> Verdict | None:
    """Return why a scheduled survey must not be sent after all; None means go ahead.

    `facts.surveys` holds only others that were sent or are being sent.
    """
    if not rules.is_active:
        return Verdict(Reason.CAMPAIGN_OFF)
    return (
        _about_the_address(rules, facts)
        or _throttled(rules, facts.surveys, now)
        or _capped(rules, facts.surveys, now)
    )


def draw_sample(campaign_id: UUID, message_id: str) -> float:
    """Return a number in [0, 100) that is always the same for a campaign and a message."""
    digest = blake2b(campaign_id.bytes + message_id.encode(), digest_size=6).digest()
    return int.from_bytes(digest) / 2**48 * 100


def _about_the_event(event: Occurrence, rules: Rules, now: datetime) -> Verdict | None:
    if event.duplicate_of:
        return Verdict(Reason.DUPLICATE, {"first_received_at": event.duplicate_of})
    if event.refused_email:
        return Verdict(Reason.INVALID_EMAIL, {"email": event.refused_email})
    if not event.email:
        user_id, anonymous_id = event.ids
        return Verdict(Reason.NO_EMAIL, {"user_id": user_id, "anonymous_id": anonymous_id})
    if not rules.is_active:
        return Verdict(Reason.CAMPAIGN_OFF)
    if now - event.occurred_at > rules.max_event_age:
        return Verdict(
            Reason.TOO_OLD,
            {"occurred_at": event.occurred_at, "max_days": rules.max_event_age.days},
        )
    return None


def _about_the_address(rules: Rules, facts: Facts) -> Verdict | None:
    for reason, at, detail in (
        (Reason.UNSUBSCRIBED, facts.unsubscribed_at, {"from": "all"}),
        (Reason.UNSUBSCRIBED, facts.campaigns.get(rules.campaign_id), {"from": "campaign"}),
        (Reason.HARD_BOUNCED, facts.hard_bounced_at, {}),
        (Reason.UNDELIVERABLE, facts.undeliverable_at, {}),
        (Reason.SUPPRESSED, facts.suppressed_at, {"pattern": facts.pattern, "note": facts.note}),
    ):
        if at:
            return Verdict(reason, {"since": at, **detail})
    return None


def _about_the_source(event: Occurrence, facts: Facts) -> Verdict | None:
    if event.is_trusted or facts.is_known:
        return None
    return Verdict(Reason.UNTRUSTED_SOURCE, {"email": event.email})


def _about_the_audience(rules: Rules, facts: Facts, now: datetime) -> Verdict | None:
    mismatch = rules.audience.first_mismatch(facts.fields, now)
    return Verdict(Reason.OUTSIDE_AUDIENCE, mismatch.detail) if mismatch else None


def _about_the_sample(rules: Rules, draw: float) -> Verdict | None:
    if draw < rules.sample_percent:
        return None
    return Verdict(Reason.SAMPLED_OUT, _draw(rules, draw))


def _throttled(rules: Rules, surveys: Sequence[PastSurvey], now: datetime) -> Verdict | None:
    """A survey that still waits throttles whenever it is due; a sent one for N days."""
    if rules.throttle is None:
        return None
    for survey in surveys:
        if not rules.throttle_spans_campaigns and survey.campaign_id != rules.campaign_id:
            continue
        if survey.is_waiting or now - survey.at < rules.throttle:
            return Verdict(
                Reason.THROTTLED,
                {
                    "survey_id": survey.id,
                    "campaign_id": survey.campaign_id,
                    "due_at" if survey.is_waiting else "surveyed_at": survey.at,
                    "until": survey.at + rules.throttle,
                    "days": rules.throttle.days,
                },
            )
    return None


def _capped(rules: Rules, surveys: Sequence[PastSurvey], at: datetime) -> Verdict | None:
    """Count the mails of a day before and after: what another worker sends now, and what waits."""
    mails = sum(abs(at - survey.at) < CAP_WINDOW for survey in surveys)
    if mails < rules.max_mails_per_day:
        return None
    return Verdict(
        Reason.CAPPED,
        {
            "mails": mails,
            "limit": rules.max_mails_per_day,
            "hours": CAP_WINDOW // timedelta(hours=1),
        },
    )


def _draw(rules: Rules, draw: float) -> dict[str, Any]:
    if rules.sample_percent >= 100:
        return {}
    return {"draw": round(draw, 3), "rate": rules.sample_percent}
