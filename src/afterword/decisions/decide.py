"""Whether to ask a customer on an occasion, and if not, why not: one function for all. Pure.

The rules stand in `whom`, `when` and `how_often`; the occasion says which of them it skips.
"""

from datetime import datetime
from typing import Any

from afterword.decisions.fatigue import fatigued
from afterword.decisions.how_often import capped, drawn, not_drawn, throttled
from afterword.decisions.reasons import Reason
from afterword.decisions.terms import Facts, Rules, Verdict
from afterword.decisions.when import by_own_clocks, due_at, not_on, too_old, waits_for
from afterword.decisions.whom import (
    not_meant,
    not_reachable,
    not_to_be_asked,
    not_vouched_for,
    of_our_own,
)
from afterword.occasions.occasion import Occasion, Rule


def decide(occasion: Occasion, rules: Rules, facts: Facts, now: datetime) -> Verdict:
    """Return the first rule that decides, in the order of `Reason`."""
    rules = by_own_clocks(rules, facts)
    due = due_at(occasion, rules)
    is_throttled = not occasion.skips(Rule.THROTTLE)
    return (
        not_reachable(rules, facts)
        or not_on(occasion, rules)
        or too_old(occasion, rules, now)
        or (None if occasion.skips(Rule.OWN_PEOPLE) else of_our_own(rules, facts.person))
        or not_to_be_asked(rules, facts)
        or not_vouched_for(occasion, facts)
        or not_meant(occasion, rules, facts, now)
        or not_drawn(occasion, rules, facts)
        or (throttled(rules, facts.surveys, now) if is_throttled else None)
        or (fatigued(rules, facts.surveys, due) if is_throttled else None)
        or capped(rules, facts.surveys, due)
        or Verdict(Reason.SCHEDULED, _scheduled(occasion, rules, facts, due), due)
    )


def _scheduled(occasion: Occasion, rules: Rules, facts: Facts, due: datetime) -> dict[str, Any]:
    wait = waits_for(occasion, rules, due)
    return {"due_at": due, **({"waits_for": wait} if wait else {}), **drawn(occasion, rules, facts)}


def why_not_now(rules: Rules, facts: Facts, now: datetime) -> Verdict | None:
    """Return why a scheduled survey must not be sent after all; None means go ahead.

    `facts.surveys` holds only others: sent, being sent, or, for the budget alone, waiting.
    """
    sent = [survey for survey in facts.surveys if not survey.is_waiting]
    if not rules.is_active:
        return Verdict(Reason.CAMPAIGN_OFF)
    return (
        of_our_own(rules, facts.person)
        or not_to_be_asked(rules, facts)
        or throttled(rules, sent, now)
        or fatigued(rules, facts.surveys, now, is_going=True)
        or capped(rules, sent, now)
    )
