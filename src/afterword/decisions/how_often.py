"""Rules on how often to ask: the sample, the throttle, the cap on a day's mails. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from afterword.decisions.reasons import Reason
from afterword.decisions.targets import aim, told
from afterword.decisions.terms import Facts, PastSurvey, Rules, Verdict
from afterword.occasions.occasion import Occasion, Rule

CAP_WINDOW = timedelta(hours=24)


def draw_sample(campaign_id: UUID, draw: str) -> float:
    """Return a number in [0, 100) that is always the same for a campaign and an occasion."""
    digest = blake2b(campaign_id.bytes + draw.encode(), digest_size=6).digest()
    return int.from_bytes(digest) / 2**48 * 100


def drawn(occasion: Occasion, rules: Rules, facts: Facts) -> dict[str, Any]:
    """Return what a decision tells of the draw; nothing where everybody is asked."""
    if occasion.skips(Rule.SAMPLE):
        return {}
    rate, why = _rate(rules, facts)
    if rate >= 100 and not why:
        return {}
    draw = draw_sample(rules.campaign_id, occasion.draw)
    return {"draw": round(draw, 3), "rate": round(rate, 2), **why}


def not_drawn(occasion: Occasion, rules: Rules, facts: Facts) -> Verdict | None:
    if occasion.skips(Rule.SAMPLE):
        return None
    if draw_sample(rules.campaign_id, occasion.draw) < _rate(rules, facts)[0]:
        return None
    return Verdict(Reason.SAMPLED_OUT, drawn(occasion, rules, facts))


def _rate(rules: Rules, facts: Facts) -> tuple[float, dict[str, Any]]:
    """Return the percentage that is drawn, and why it is not the campaign's own."""
    if rules.target is None or facts.tally is None:
        return rules.sample_percent, {}
    aimed = aim(rules.target, facts.tally, rules.sample_percent)
    return aimed.rate, told(rules.target, facts.tally, aimed)


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
