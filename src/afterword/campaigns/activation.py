"""Switch campaigns on and off."""

from django.db import transaction
from django.utils import timezone

from afterword.campaigns.models import Campaign
from afterword.core.announce import announce


def what_is_missing(campaign: Campaign) -> list[str]:
    """Return what must be done before the campaign may be switched on; nothing if it may."""
    missing = []
    if campaign.template is None:
        missing.append("Assign a template.")
    elif not campaign.template.has_logo:
        missing.append(f"Give the template {campaign.template.name} your company's logo.")
    elif campaign.template.metric != campaign.metric:
        missing.append(f"Assign a template that asks for {campaign.scale.label}.")
    if not campaign.service:
        missing.append("Choose the service that triggers the survey.")
    if not campaign.events:
        missing.append("Name at least one event that triggers the survey.")
    return missing


@transaction.atomic
def activate(campaign: Campaign) -> list[str]:
    """Switch the campaign on, unless something is missing: then return what."""
    missing = what_is_missing(campaign)
    if not missing:
        Campaign.objects.filter(id=campaign.id, activated_at=None).update(
            activated_at=timezone.now()
        )
        announce()
    return missing


@transaction.atomic
def deactivate(campaign: Campaign) -> None:
    """Switch the campaign off; what is queued is dismissed when it would be sent."""
    Campaign.objects.filter(id=campaign.id).update(activated_at=None)
    announce()
