"""Put campaigns away that are no longer needed, and bring them back."""

from django.db import transaction
from django.utils import timezone

from afterword.campaigns.models import Campaign
from afterword.core.announce import announce


@transaction.atomic
def archive(campaign: Campaign) -> None:
    """Put the campaign away, and switch it off; what it sent and was answered stays."""
    Campaign.objects.filter(id=campaign.id, archived_at=None).update(
        archived_at=timezone.now(), activated_at=None
    )
    announce()


@transaction.atomic
def bring_back(campaign: Campaign) -> None:
    """Let the campaign be seen again; it stays off."""
    Campaign.objects.filter(id=campaign.id).update(archived_at=None)
    announce()
