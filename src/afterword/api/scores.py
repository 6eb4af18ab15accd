"""GET /{nps|csat|ces|star}/score."""

from ninja import Query, Router, Schema
from ninja.errors import HttpError

from afterword.api.access import TokenRequest
from afterword.api.envelope import Success
from afterword.api.finding import refuse_attributes
from afterword.api.metrics import METRIC_OF_PATH, METRIC_TYPES
from afterword.api.parameters import Id, Period
from afterword.feedback.models import Response
from afterword.insights.rollup import counts_by_score
from afterword.insights.scores import score

router = Router(tags=["Scores"])


class ScoreOut(Schema):
    """A score; null without responses. Promoters, passives and detractors are percentages.

    Every response in the period counts, also several of one customer.
    """

    score: float | int | None
    scoreSum: int
    metricsType: str
    promoters: int
    passives: int
    detractors: int
    promotersCount: int
    passivesCount: int
    detractorsCount: int
    totalResponses: int


class ScoreQuery(Period):
    campaignId: Id = None


@router.get("/{metric}/score", response=Success[ScoreOut])
def get_score(request: TokenRequest, metric: str, asked: Query[ScoreQuery]) -> Success[ScoreOut]:
    """Return the score of all responses, or of a campaign's or a period's."""
    refuse_attributes(request)
    found = METRIC_OF_PATH.get(metric)
    if found is None:
        raise HttpError(404, f"There is no such score; use one of {', '.join(METRIC_OF_PATH)}.")
    rows = Response.objects.visible_to(request.auth).filter(metric=found)
    rows = rows.filter(**asked.within("created_at"))
    if asked.campaignId:
        rows = rows.filter(campaign_id=asked.campaignId)
    result = score(found, counts_by_score(rows))
    return Success(
        data=ScoreOut(
            score=result.score,
            scoreSum=result.score_sum,
            metricsType=METRIC_TYPES[found],
            promoters=result.promoters,
            passives=result.passives,
            detractors=result.detractors,
            promotersCount=result.promoters_count,
            passivesCount=result.passives_count,
            detractorsCount=result.detractors_count,
            totalResponses=result.total,
        )
    )
