"""What became of it: the mails, and the next scores of who was mailed and who was held back."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from afterword.followups.you_said.mail import YOU_SAID
from afterword.followups.you_said.models import Became, Told, YouSaid
from afterword.sending.models import WAITING, DeliveryEvent, DeliveryKind, Mail, State
from afterword.survey_templates.metrics import Metric

Counts = Mapping[int, int]  # answers by score


class Compared(NamedTuple):
    """The next scores of one metric, in words."""

    metric: str
    mailed: str
    held_back: str
    verdict: str


Compare = Callable[[Metric, Counts, Counts], Compared]
_compare: list[Compare] = []


def compare_by(compare: Compare) -> None:
    """Let a later stage, which knows what scores are, compare them."""
    _compare[:] = [compare]


@dataclass(frozen=True, slots=True)
class Results:
    """`people` are counted by what became of them; the mails by how far they came."""

    people: Mapping[str, int]
    sent: int
    waiting: int
    bounced: int
    not_sent: int
    opened: int
    compared: list[Compared]

    @property
    def mailed(self) -> int:
        return self.people.get(Became.MAILED, 0)

    @property
    def held_back(self) -> int:
        return self.people.get(Became.HELD_BACK, 0)

    @property
    def left_out(self) -> list[tuple[str, int]]:
        apart = {Became.MAILED, Became.HELD_BACK}
        return [
            (str(one.label), self.people[one])
            for one in Became
            if one not in apart and one in self.people
        ]


def results_of(you_said: YouSaid) -> Results:
    """Count it all, with four queries."""
    told = Told.objects.filter(you_said=you_said)
    mails = Mail.objects.filter(stream_id=you_said.id, kind=YOU_SAID)
    came_back = Q(bounced_at__isnull=False) | Q(state=State.BOUNCED)
    on_the_way = [*WAITING, State.CLAIMED, State.HANDING_OVER]
    never = [State.DISMISSED, State.CANCELLED, State.PARKED]
    counts = mails.aggregate(
        sent=Count("id", filter=Q(sent_at__isnull=False)),
        waiting=Count("id", filter=Q(state__in=on_the_way)),
        bounced=Count("id", filter=came_back),
        not_sent=Count("id", filter=Q(state__in=never)),
    )
    opens = DeliveryEvent.objects.filter(kind=DeliveryKind.OPENED, mail__in=mails)
    return Results(
        people=dict(told.values_list("became").annotate(Count("id"))),
        opened=opens.aggregate(number=Count("mail", distinct=True))["number"],
        compared=_compared(you_said.id),
        **counts,
    )


def _compared(you_said_id: UUID) -> list[Compared]:
    next_scores: dict[Metric, dict[str, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_SCORES, [you_said_id])
        for became, metric, score, number in cursor:
            next_scores[Metric(metric)][became][score] += number
    return [
        compare(metric, found[Became.MAILED], found[Became.HELD_BACK])
        for metric, found in sorted(next_scores.items())
        for compare in _compare
    ]


# Of each person the first counted answer after they were met, to the same metric. Both groups are
# taken as they were drawn, whether or not a mail arrived: only so the draw alone tells them apart.
_NEXT_SCORES = """
    SELECT told.became, told.metric, later.score, count(*)
    FROM followups_told AS told
    CROSS JOIN LATERAL (
        SELECT score FROM feedback_response AS answer
        WHERE answer.customer_id = told.customer_id AND answer.created_at > told.at
          AND answer.metric = told.metric AND answer.counts
        ORDER BY answer.created_at LIMIT 1
    ) AS later
    WHERE told.you_said_id = %s AND told.became IN ('mailed', 'held_back')
    GROUP BY 1, 2, 3
"""
