"""Rules on how often to ask: the sample, the throttle, the cap on a day's mails. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from afterword.decisions.reasons import Reason
from afterword.decisions.terms import PastSurvey, Rules, Verdict
from afterword.occasions.occasion import Occasion, Rule

CAP_WINDOW = timedelta(hours=24)


def draw_sample(campaign_id: UUID, draw: str) -> float:
    """Return a number in [0, 100) that is always the same for a campaign and an occasion."""
    digest = blake2b(campaign_id.bytes + draw.encode(), digest_size=6).digest()
    return int.from_bytes(digest) / 2**48 * 100


def drawn(occasion: Occasion, rules: Rules) -> dict[str, Any]:
    """Return what a decision tells of the draw; nothing where everybody is asked."""
    if rules.sample_percent >= 100 or occasion.skips(Rule.SAMPLE):
        return {}
    draw = draw_sample(rules.campaign_id, occasion.draw)
    return {"draw": round(draw, 3), "rate": rules.sample_percent}


def not_drawn(occasion: Occasion, rules: Rules) -> Verdict | None:
    if occasion.skips(Rule.SAMPLE):
        return None
    if draw_sample(rules.campaign_id, occasion.draw) < rules.sample_percent:
        return None
    return Verdict(Reason.SAMPLED_OUT, drawn(occasion, rules))


def throttled(rules: Rules, surveys: Sequence[PastSurvey], now: datetime) -> Verdict | None:
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


def capped(rules: Rules, surveys: Sequence[PastSurvey], at: datetime) -> Verdict | None:
    """Count the mails of a day before and after: what another worker sends now, and what waits."""
    mails = sum(one.is_mail and abs(at - one.at) < CAP_WINDOW for one in surveys)
    if not rules.goes_by_mail or mails < rules.max_mails_per_day:
        return None
    return Verdict(
        Reason.CAPPED,
        {
            "mails": mails,
            "limit": rules.max_mails_per_day,
            "hours": CAP_WINDOW // timedelta(hours=1),
        },
    )
