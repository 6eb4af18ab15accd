"""Count responses for the scores: what the API and the dashboard both show."""

from django.db.models import Count, QuerySet

from afterword.feedback.models import Response


def counts_by_score(responses: QuerySet[Response]) -> dict[int, int]:
    """Return how many of the responses have each score, in one query.

    Every response that counts does, also several of one customer: so a number is always the
    length of the list it leads to.
    """
    rows = (
        responses.filter(counts=True)
        .order_by()
        .values_list("score")
        .annotate(responses=Count("id"))
    )
    return dict(rows)
