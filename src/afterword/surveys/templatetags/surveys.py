"""Shows surveys on the pages of every stage."""

from django import template
from django.utils import timezone

from afterword.decisions.explain import explain
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.surveys.models import Survey
from afterword.surveys.outbox.status import Status, since, status_of

register = template.Library()


@register.inclusion_tag("surveys/status.html")
def survey_status(survey: Survey) -> dict[str, object]:
    """Show what became of a survey, and from when on it is so."""
    status = status_of(survey)
    is_told = status is Status.BOUNCED and survey.bounce
    return {
        "status": status,
        "label": f"{survey.get_bounce_display()}-bounced" if is_told else status.label,
        "since": since(survey),
        "is_due": status in {Status.QUEUED, Status.HELD},
        # A machine's open says nothing of people, so it stands beside the status.
        "is_machine_opened": bool(survey.machine_opened_at and not survey.opened_at),
    }


@register.inclusion_tag("surveys/decided.html")
def decided(decision: Decision) -> dict[str, object]:
    """Show a decision's reason, or what became of its survey; `decision.event` has its surveys."""
    surveys = decision.event.surveys.all() if decision.event else ()
    own = (each for each in surveys if each.campaign_id == decision.campaign_id)
    return {
        "decision": decision,
        "survey": next((each for each in own if not each.reminds_id), None),
    }


@register.filter
def survey_words(survey: Survey) -> str:
    """Return why it was not sent, else the mail server's own last words."""
    if status_of(survey) is Status.DISMISSED and survey.reason:
        return explain(Reason(survey.reason), survey.detail, timezone.get_current_timezone())
    return survey.server_reply
