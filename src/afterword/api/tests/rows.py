"""Rows that only the API's tests need."""

from datetime import datetime
from typing import Any

from afterword.decisions.models import Decision
from afterword.events.models import Event
from afterword.feedback.models import Response
from afterword.surveys.models import Survey
from afterword.workspaces.models import Workspace
from tests import factories
from tests.factories import NOW


def a_response(survey: Survey, score: int, at: datetime = NOW, **fields: Any) -> Response:
    Survey.objects.filter(id=survey.id).update(answered_at=at)
    return Response.objects.create(
        **{
            "workspace": survey.workspace,
            "survey": survey,
            "campaign": survey.campaign,
            "customer": survey.customer,
            "email": survey.email,
            "metric": survey.metric,
            "score": score,
            "created_at": at,
            "updated_at": at,
            **fields,
        }
    )


def a_decision(workspace: Workspace, reason: str, **fields: Any) -> Decision:
    email = fields.pop("email", "ann@example.com")
    at = fields.pop("at", NOW)
    number = Event.objects.count()
    event = Event.objects.create(
        workspace=workspace,
        message_id=fields.pop("message_id", f"m-{number}"),
        name="Order Completed",
        email=email,
        is_trusted=True,
        occurred_at=at,
        received_at=at,
    )
    campaign = fields.pop("campaign", None) or factories.a_campaign(workspace)
    return Decision.objects.create(
        workspace=workspace,
        event=event,
        campaign=campaign,
        reason=reason,
        decided_at=at,
        **fields,
    )
