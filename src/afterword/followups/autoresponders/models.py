"""Autoresponders: after which answers, in whose name, saying what, how much later."""

from datetime import timedelta

from django.db import models

from afterword.followups.events import Event
from afterword.followups.rules import Rule
from afterword.followups.written import Written

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(minutes=60)
# What one of them may follow: one each.
WHEN = (Event.WITHOUT_COMMENT, Event.DETRACTOR, Event.PASSIVE, Event.PROMOTER, Event.SCORE_RANGE)


class Autoresponder(Rule, Written):
    # It goes at a moment between these after the answer, drawn once.
    delay_min = models.DurationField(default=SHORTEST)
    delay_max = models.DurationField(default=LONGEST)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(delay_max__gte=models.F("delay_min")),
                name="an_autoresponders_delay_is_a_range",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.subject

    @property
    def summary(self) -> str:
        low, high = (int(each.total_seconds() // 60) for each in (self.delay_min, self.delay_max))
        return f"{low} to {high} minutes after the answer"
