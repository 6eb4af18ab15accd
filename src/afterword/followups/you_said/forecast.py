"""How many people a draft would reach, as far as that is known within a moment."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from afterword.core.in_time import in_time
from afterword.followups.you_said.models import Became, YouSaid
from afterword.followups.you_said.whom import BY_A_SURVEY, Answers, Step

SECONDS = 0.5
BATCH = 2_000


@dataclass(slots=True)
class Forecast:
    """How many people it would meet, by what would become of them; and answers of nobody."""

    people: Counter[str] = field(default_factory=Counter)
    anonymous: int = 0
    elsewhere: int = 0
    looked_at: int = 0  # answers, the newest
    is_whole: bool = True  # whether they were all of them

    @property
    def mailed(self) -> int:
        return self.people[Became.MAILED]

    @property
    def may_reach_somebody(self) -> bool:
        return bool(self.mailed) or not self.is_whole

    @property
    def left_out(self) -> list[tuple[str, int]]:
        """Why, and how many; the last two are answers."""
        found = [
            (str(one.label), self.people[one])
            for one in Became
            if one not in {Became.MAILED, Became.HELD_BACK} and self.people[one]
        ]
        found += [("Answers of nobody in particular", self.anonymous)] * bool(self.anonymous)
        found += [("Answers that were not given to a survey", self.elsewhere)] * bool(
            self.elsewhere
        )
        return found


def forecast(you_said: YouSaid, now: datetime) -> Forecast:
    """Count whom it would reach now: step by step, until all are counted or time is up."""
    ends = time.monotonic() + SECONDS
    answers, found, cursor = Answers(you_said, now), Forecast(), ""
    met: set[UUID] = set()
    while True:
        step = in_time(partial(answers.step, cursor, BATCH), ends)
        rows = in_time(partial(_read, step), ends) if step else None
        if step is None or rows is None:
            found.is_whole = False
            return found
        for customer_id, is_asked, why in rows:
            if customer_id is None:
                found.anonymous += 1
            elif not is_asked:
                found.elsewhere += 1
            elif customer_id not in met:
                met.add(customer_id)
                found.people[why] += 1
        found.looked_at, cursor = found.looked_at + step.looked_at, step.after
        if not cursor:
            return found


def _read(step: Step) -> list[tuple[UUID | None, bool, str]]:
    rows = step.found.annotate(is_asked=BY_A_SURVEY)
    return list(rows.values_list("customer_id", "is_asked", "why"))
