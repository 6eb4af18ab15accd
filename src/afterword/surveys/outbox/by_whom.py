"""Which member did something, in words."""

from uuid import UUID

from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.occasions.occasion import Kind
from afterword.surveys.models import Survey
from afterword.workspaces.models import Member


def member_named(workspace_id: UUID | None, user_id: UUID | str) -> str:
    by = Member.objects.filter(workspace=workspace_id, user_id=user_id)
    member = by.select_related("user").first()
    return f"By {member.user}." if member else "By somebody who is no longer here."


def asked_by(survey: Survey) -> str:
    """Name who asked by hand."""
    if survey.occasion_id is None:
        return "By hand."
    asked = Decision.objects.filter(
        campaign_id=survey.campaign_id,
        occasion_kind=Kind.HAND,
        occasion_id=survey.occasion_id,
        reason=Reason.SCHEDULED,
    ).first()
    by = member_named(survey.workspace_id, asked.detail["by"]) if asked else ""
    return f"By hand. {by}".strip()
