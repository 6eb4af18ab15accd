"""Reset last survey: a regular campaign begins anew with them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from afterword.customers.amend import forget_last_surveys
from afterword.long_work.models import Work
from afterword.profiles.bulk.act import Act, ActForm, Outcome


def _reset(work: Work, ids: Sequence[UUID], now: datetime) -> Outcome:
    outcome = Outcome(forget_last_surveys(work.workspace_id, work.by, ids, now))
    outcome.left_out["Were not surveyed yet"] = len(ids) - outcome.done
    return outcome


RESET_LAST_SURVEY = Act(
    "reset_last_survey",
    "Reset last survey",
    "icons/refresh.svg",
    ActForm,
    "A regular campaign may then ask them at once; throttles still count what was sent.",
    lambda _said: "Reset the last survey",
    "Reset",
    _reset,
)
