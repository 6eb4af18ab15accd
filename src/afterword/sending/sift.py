"""Of what was just claimed, pick what may go now."""

from collections.abc import Sequence
from datetime import datetime

from afterword.sending import pace
from afterword.suppressions.address_check import check_before_first_survey
from afterword.surveys import hand_over
from afterword.surveys.lease import Held
from afterword.surveys.models import Survey
from afterword.surveys.recheck import settle_if_needed


def deliverable(surveys: Sequence[Survey], now: datetime) -> list[Survey]:
    """Look at the addresses of those who never got a survey, and settle what cannot arrive."""
    customers = [survey.customer for survey in surveys if survey.customer]
    bad = check_before_first_survey(customers, now)
    if bad:
        needless = [one for one in surveys if one.customer_id in bad]
        settle_if_needed([Held(one.id, one.attempt) for one in needless], now)
    return [one for one in surveys if one.customer_id not in bad]


def in_turn(server: str, surveys: Sequence[Survey], now: datetime) -> list[Survey]:
    """Put off what the recipients' domains are not ready for."""
    domains = [survey.email.rpartition("@")[2] for survey in surveys]
    waits = pace.waits(pace.allow(server, domains, now), domains)
    later = [(Held(s.id, s.attempt), at) for s, at in zip(surveys, waits, strict=True) if at]
    if later:
        hand_over.postpone(later)
    return [survey for survey, at in zip(surveys, waits, strict=True) if at is None]
