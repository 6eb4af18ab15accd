"""What texts may say of a happening: every field, by its name."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from afterword.core.ids import new_id
from afterword.customers.models import Customer
from afterword.feedback.models import BY_SURVEY, Response
from afterword.followups.engine.occurrence import Occurrence, occurrences
from afterword.followups.models import TEST, Delivery
from afterword.followups.rules import Rule
from afterword.happenings.read import Told
from afterword.survey_templates.metrics import SCALES, Metric

# An answer of nobody in particular: what a test tells of, and what texts are tried on.
SAMPLE: dict[str, object] = {
    "email": "ann@example.com",
    "first_name": "Ann",
    "last_name": "Example",
    "full_name": "Ann Example",
    "company_name": "Example Inc.",
    "job_title": "Buyer",
    "city": "Prague",
    "country": "Czechia",
    "tags": ["example"],
    "properties": {},
    "is_at_risk": False,
    "comment": "This is an example of a comment.",
    "channel": "email",
    "answers": {},
}
FIELDS = (
    "event", "id", "created_date", "workspace_name", "campaign_id", "campaign_name", "metric",
    "response_id", "survey_id", "score", "rating_category", "comment", "answers", "channel",
    "customer_id", "email", "first_name", "last_name", "full_name", "company_id", "company_name",
    "job_title", "phone", "city", "state", "country", "tags", "properties", "is_at_risk",
    "at_risk_reason", "bounce",
)  # fmt: skip


def occurrences_of(deliveries: Collection[Delivery]) -> Mapping[UUID, Occurrence]:
    """Return what deliveries are about, as it is today; without those whose row is gone."""
    about = {
        (one.kind, one.subject_id): Told(
            one.happening_id or 0, one.workspace_id, one.kind, one.subject_id, one.happened_at
        )
        for one in deliveries
        if one.subject_id
    }
    found = {(one.told.kind, one.told.subject_id): one for one in occurrences([*about.values()])}
    return {
        one.id: occurrence
        for one in deliveries
        if one.subject_id and (occurrence := found.get((one.kind, one.subject_id)))
    }


def values_of(delivery: Delivery, rule: Rule, occurrence: Occurrence | None) -> dict[str, Any]:
    """Return the fields of what happened; what is not known is None."""
    values: dict[str, Any] = dict.fromkeys(FIELDS)
    values |= {
        "event": delivery.kind,
        "id": str(delivery.id),
        "created_date": _moment(delivery.happened_at),
        "workspace_name": rule.workspace.name,
    }
    if rule.campaign:
        values |= _of_campaign(rule.campaign)
    if delivery.kind == TEST or occurrence is None:
        return values | _sample(rule)
    if occurrence.invitation:
        survey = occurrence.invitation.survey
        values |= _of_campaign(survey.campaign)
        values |= {
            "survey_id": str(survey.id),
            "email": survey.email,
            "metric": survey.metric,
            "channel": occurrence.invitation.channel,
            "bounce": occurrence.invitation.mail.bounce if occurrence.invitation.mail else None,
        }
    if occurrence.move:
        values |= _of_campaign(occurrence.move.campaign)
    if occurrence.response:
        values |= _of_response(occurrence.response)
    if occurrence.customer:
        values |= _of_customer(occurrence.customer)
    return values


def _sample(rule: Rule) -> dict[str, Any]:
    metric = Metric(rule.campaign.metric) if rule.campaign else Metric.NPS
    scale = SCALES[metric]
    campaign = {} if rule.campaign else {"campaign_name": "An example"}
    return {
        **SAMPLE,
        **campaign,
        "metric": metric.value,
        "score": scale.highest,
        "rating_category": scale.bucket_label(scale.highest),
        "response_id": str(new_id()),
        "customer_id": str(new_id()),
    }


def _of_campaign(campaign: Any) -> dict[str, object]:
    return {"campaign_id": str(campaign.id), "campaign_name": campaign.name}


def _of_response(response: Response) -> dict[str, object]:
    return {
        **(_of_campaign(response.campaign) if response.campaign else {}),
        "metric": response.metric,
        "response_id": str(response.id),
        "survey_id": str(response.survey_id) if response.survey_id else None,
        "score": response.score,
        "rating_category": response.scale.bucket_label(response.score),
        "comment": response.comment,
        "answers": response.answers,
        "channel": "email" if response.source in BY_SURVEY else response.source,
        "email": response.email or None,
        "created_date": _moment(response.created_at),
    }


def _of_customer(customer: Customer) -> dict[str, object]:
    risk = getattr(customer, "at_risk", None)
    return {
        "customer_id": str(customer.id),
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "full_name": customer.full_name,
        "company_id": str(customer.company.whole_id) if customer.company else None,
        "company_name": customer.company_name,
        "job_title": customer.job_title,
        "phone": customer.phone,
        "city": customer.city,
        "state": customer.state,
        "country": customer.country,
        "tags": list(customer.tags),
        "properties": customer.properties,
        "is_at_risk": risk is not None,
        "at_risk_reason": risk.words if risk else None,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
