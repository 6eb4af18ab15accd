"""The score of a customer's newest answer that counts, as a field that audiences may filter on."""

from collections.abc import Collection, Mapping
from uuid import UUID

from afterword.audience.later_fields import LaterField
from afterword.customers.values import PropertyType
from afterword.feedback.models import Response


def newest_answers(customers: Collection[UUID]) -> Mapping[UUID, Response]:
    """Return the newest answer that counts, by customer; one query."""
    newest = (
        Response.objects.filter(customer__in=customers, counts=True)
        .order_by("customer", "-created_at", "-id")
        .distinct("customer")
    )
    return {one.customer_id: one for one in newest if one.customer_id}


def _last_scores(customers: Collection[UUID]) -> Mapping[UUID, int]:
    return {id_: one.score for id_, one in newest_answers(customers).items()}


LAST_SCORE = LaterField(
    name="last_score",
    label="Last score",
    kind=PropertyType.NUMBER,
    read=_last_scores,
    sql="""(
        SELECT score::numeric FROM feedback_response
        WHERE customer_id = customers_customer.id AND counts
        ORDER BY created_at DESC, id DESC LIMIT 1
    )""",
)
