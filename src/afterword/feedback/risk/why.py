"""Whether a customer is at risk, and why: a rule in numbers, facts, and the first reason. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from afterword.survey_templates.metrics import SCALES, Bucket, Metric


class Reason(StrEnum):
    WORST = "worst"  # the last answer was in the lowest category
    FELL = "fell"  # it was much lower than the one before
    SILENT = "silent"  # surveys since then were not answered


@dataclass(frozen=True, slots=True)
class Rule:
    """The numbers of a workspace. A part whose first number is None is switched off."""

    worst_days: int | None = 90
    fall_percent: int | None = 30  # of the scale from its lowest to its highest score
    fall_days: int = 90
    silent_surveys: int | None = 2
    silent_days: int = 7


@dataclass(frozen=True, slots=True)
class Facts:
    """The last answer that counts, the score before it of the same metric, and what followed."""

    metric: Metric
    score: int
    answered_at: datetime
    before: int | None
    unanswered: int  # surveys since then that had the rule's days to be answered


def why(rule: Rule, facts: Facts, now: datetime) -> Reason | None:
    """Return the first reason; None for a customer who is not at risk."""
    scale, age = SCALES[facts.metric], now - facts.answered_at
    is_worst = scale.bucket(facts.score) is Bucket.DETRACTOR
    if is_worst and rule.worst_days is not None and age <= timedelta(days=rule.worst_days):
        return Reason.WORST
    if rule.fall_percent is not None and facts.before is not None:
        fell = 100 * (facts.before - facts.score) / (scale.highest - scale.lowest)
        if fell >= rule.fall_percent and age <= timedelta(days=rule.fall_days):
            return Reason.FELL
    if rule.silent_surveys is not None and facts.unanswered >= rule.silent_surveys:
        return Reason.SILENT
    return None
