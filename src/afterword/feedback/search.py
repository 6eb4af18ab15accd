"""Which responses a person wants to see, on the feedback page and behind every number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db.models import Q

from afterword.core.ids import parsed_id
from afterword.feedback.models import Response
from afterword.survey_templates.metrics import SCALES, Bucket, Metric, Scale
from afterword.workspaces.models import WorkspaceRows

PERIODS = {7: "Last 7 days", 30: "Last 30 days", 90: "Last 90 days", 365: "Last 365 days"}
BUCKETS = {
    Bucket.PROMOTER: "Promoters, satisfied",
    Bucket.PASSIVE: "Passives, neutral",
    Bucket.DETRACTOR: "Detractors, unsatisfied",
}


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for; None asks for nothing. What a query says wrongly is left out."""

    metric: Metric | None = None
    bucket: Bucket | None = None
    score: int | None = None
    campaign_id: UUID | None = None
    days: int | None = None
    counts: bool | None = None
    customer_id: UUID | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        metric, bucket = query.get("metric", ""), query.get("bucket", "")
        return cls(
            metric=Metric(metric) if metric in set(Metric) else None,
            bucket=Bucket(bucket) if bucket in set(Bucket) else None,
            score=_SCORES.get(query.get("score", "")),
            campaign_id=parsed_id(query.get("campaign", "")),
            days=_DAYS.get(query.get("days", "")),
            counts={"yes": True, "no": False}.get(query.get("counts", "")),
            customer_id=parsed_id(query.get("customer", "")),
        )

    def __bool__(self) -> bool:
        return self != Search()

    @property
    def query(self) -> dict[str, str]:
        """The same as a page's query, from which `of` reads it back."""
        said: dict[str, object] = {
            "metric": self.metric,
            "bucket": self.bucket,
            "score": self.score,
            "campaign": self.campaign_id,
            "days": self.days,
            "counts": {True: "yes", False: "no", None: None}[self.counts],
            "customer": self.customer_id,
        }
        return {name: str(value) for name, value in said.items() if value is not None}

    def since(self, now: datetime) -> datetime | None:
        return now - timedelta(days=self.days) if self.days else None

    def find(self, rows: WorkspaceRows[Response], now: datetime) -> WorkspaceRows[Response]:
        asked: dict[str, object] = {
            "metric": self.metric,
            "score": self.score,
            "campaign_id": self.campaign_id,
            "created_at__gte": self.since(now),
            "counts": self.counts,
            "customer_id": self.customer_id,
        }
        rows = rows.filter(**{name: value for name, value in asked.items() if value is not None})
        return rows.filter(in_bucket(self.bucket)) if self.bucket else rows


def in_bucket(bucket: Bucket) -> Q:
    """Each metric draws its own lines, so say them for each."""
    found = Q()
    for metric, scale in SCALES.items():
        lowest, highest = _ends(scale, bucket)
        found |= Q(metric=metric, score__gte=lowest, score__lte=highest)
    return found


def _ends(scale: Scale, bucket: Bucket) -> tuple[int, int]:
    scores = [score for score in scale.scores if scale.bucket(score) == bucket]
    return scores[0], scores[-1]


_SCORES = {str(score): score for scale in SCALES.values() for score in scale.scores}
_DAYS = {str(days): days for days in PERIODS}
