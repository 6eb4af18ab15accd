"""The score of a customer's newest answer that counts, as a field that audiences may filter on."""

from collections.abc import Collection, Mapping
from uuid import UUID

from afterword.audience.later_fields import LaterField
from afterword.customers.values import PropertyType
from afterword.feedback.models import Response


def _last_scores(customers: Collection[UUID]) -> Mapping[UUID, int]:
    newest = (
        Response.objects.filter(customer__in=customers, counts=True)
        .order_by("customer", "-created_at", "-id")
        .distinct("customer")
    )
    return dict(newest.values_list("customer_id", "score"))


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
