"""Rows that only the API's tests need."""

from datetime import datetime
from typing import Any

from afterword.decisions.models import Decision
from afterword.events.models import Event
from afterword.feedback.models import Response
from afterword.surveys.models import Invitation, Survey
from afterword.workspaces.models import Workspace
from tests import factories
from tests.factories import NOW


def a_response(invitation: Invitation, score: int, at: datetime = NOW, **fields: Any) -> Response:
    survey = invitation.survey
    Survey.objects.filter(id=survey.id).update(answered_at=at)
    Invitation.objects.filter(id=invitation.id).update(answered_at=at)
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
    event = factories.an_event(
        workspace,
        message_id=fields.pop("message_id", f"m-{number}"),
        email=email,
        received_at=at,
    )
    campaign = fields.pop("campaign", None)
    return factories.a_decision(event, reason, campaign, **fields)
