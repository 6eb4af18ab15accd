"""At risk as a field that audiences may filter on: "yes" or "no"."""

from collections.abc import Collection, Mapping
from uuid import UUID

from afterword.audience.later_fields import LaterField
from afterword.customers.values import PropertyType
from afterword.feedback.risk.models import AtRisk


def _at_risk(customers: Collection[UUID]) -> Mapping[UUID, str]:
    found = set(AtRisk.objects.filter(customer__in=customers).values_list("customer_id", flat=True))
    return {id_: "yes" if id_ in found else "no" for id_ in customers}


AT_RISK = LaterField(
    name="at_risk",
    label="At risk (yes or no)",
    kind=PropertyType.TEXT,
    read=_at_risk,
    sql="""(CASE WHEN EXISTS (
        SELECT FROM feedback_atrisk WHERE customer_id = customers_customer.id
    ) THEN 'yes' ELSE 'no' END)""",
)
