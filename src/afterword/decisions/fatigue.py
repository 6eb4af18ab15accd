"""The budget of surveys that a workspace allows itself for each customer. Pure."""

from collections.abc import Sequence
from datetime import datetime

from afterword.decisions.reasons import Reason
from afterword.decisions.terms import PastSurvey, Rules, Verdict


def fatigued(
    rules: Rules, surveys: Sequence[PastSurvey], at: datetime, *, is_going: bool = False
) -> Verdict | None:
    """Count the surveys of all campaigns around `at`: those sent, and those that wait.

    One that waits for a campaign of lower priority does not count: it gives way when its time
    comes. A survey that is going (`is_going`) yields only to what waits with a higher priority; of
    equals the first one gets the place.
    """
    budget = rules.fatigue
    if budget is None:
        return None
    near = [one for one in surveys if not one.is_reminder and abs(at - one.at) < budget.window]
    sent = [one for one in near if not one.is_waiting]
    higher = [one for one in near if one.is_waiting and one.priority > rules.priority]
    equal = [one for one in near if one.is_waiting and one.priority == rules.priority]
    taken = len(sent) + (0 if is_going else len(equal))
    if taken + len(higher) < budget.surveys:
        return None
    detail = {
        "surveys": taken + len(higher),
        "limit": budget.surveys,
        "days": budget.window.days,
        "priority": rules.priority,
    }
    if taken >= budget.surveys:
        return Verdict(Reason.FATIGUE_BUDGET, detail)
    first = max(higher, key=lambda one: one.priority)
    by = {"campaign_id": first.campaign_id, "survey_id": first.id, "by_priority": first.priority}
    return Verdict(Reason.OUTRANKED, {**detail, **by})
