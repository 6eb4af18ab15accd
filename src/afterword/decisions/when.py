"""Rules on when to ask: while the campaign is on, soon enough, at the due time. Pure."""

from dataclasses import replace
from datetime import datetime

from afterword.decisions.reasons import Reason
from afterword.decisions.terms import Facts, Rules, Verdict
from afterword.occasions.occasion import Occasion, Rule


def by_own_clocks(rules: Rules, facts: Facts) -> Rules:
    """Return the rules with the time frame as it is where the customer lives, if that counts."""
    frame = rules.time_frame
    return replace(rules, time_frame=frame.of(facts.fields)) if frame and frame.own_time else rules


def due_at(occasion: Occasion, rules: Rules) -> datetime:
    """The delay runs from the receipt; a time frame that is closed then opens later."""
    if occasion.skips(Rule.DELAY):
        return occasion.received_at
    if occasion.delay is not None:
        return occasion.received_at + occasion.delay
    due = occasion.received_at + rules.delay
    return rules.time_frame.opens(due) if rules.time_frame else due


def waits_for(occasion: Occasion, rules: Rules, due: datetime) -> str:
    """Say what puts it off until it is due: "delay", "time_frame", or "" for nothing."""
    if due == occasion.received_at:
        return ""
    delay = rules.delay if occasion.delay is None else occasion.delay
    return "delay" if due == occasion.received_at + delay else "time_frame"


def not_on(occasion: Occasion, rules: Rules) -> Verdict | None:
    if rules.is_active or occasion.skips(Rule.CAMPAIGN_ON):
        return None
    return Verdict(Reason.CAMPAIGN_OFF)


def too_old(occasion: Occasion, rules: Rules, now: datetime) -> Verdict | None:
    if occasion.skips(Rule.AGE) or now - occasion.occurred_at <= rules.max_event_age:
        return None
    detail = {"occurred_at": occasion.occurred_at, "max_days": rules.max_event_age.days}
    return Verdict(Reason.TOO_OLD, detail)
