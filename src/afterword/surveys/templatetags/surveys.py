"""Shows surveys and their invitations on the pages of every stage."""

from django import template
from django.utils import timezone

from afterword.decisions.explain import explain
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.surveys.models import Invitation
from afterword.surveys.outbox.apart import ApartMail
from afterword.surveys.outbox.status import Status, since, status_of

register = template.Library()


@register.inclusion_tag("surveys/status.html")
def survey_status(invitation: Invitation | ApartMail) -> dict[str, object]:
    """Show what became of an invitation, or of another mail, and from when on it is so."""
    status, mail = status_of(invitation), invitation.mail
    is_told = status is Status.BOUNCED and mail and mail.bounce
    return {
        "status": status,
        "label": f"{mail.get_bounce_display()}-bounced" if mail and is_told else status.label,
        "since": since(invitation),
        "is_due": status in {Status.QUEUED, Status.HELD},
        # A machine's open says nothing of people, so it stands beside the status.
        "is_machine_opened": bool(invitation.machine_opened_at and not invitation.opened_at),
    }


@register.inclusion_tag("surveys/decided.html")
def decided(decision: Decision) -> dict[str, object]:
    """Show a decision's reason, or what became of its survey.

    Many are shown at once: `decision.event` has its surveys, with their invitations and mails.
    """
    surveys = decision.event.surveys.all() if decision.event else ()
    own = (each for each in surveys if each.campaign_id == decision.campaign_id)
    invited = (one for survey in own for one in survey.invitations.all() if not one.is_reminder)
    return {"decision": decision, "invitation": next(invited, None)}


@register.filter
def survey_words(invitation: Invitation) -> str:
    """Return why it was not sent, else the mail server's own last words."""
    mail = invitation.mail
    if mail is None:
        return ""
    if status_of(invitation) is Status.DISMISSED and mail.reason:
        return explain(Reason(mail.reason), mail.detail, timezone.get_current_timezone())
    return mail.server_reply
