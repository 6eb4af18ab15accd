"""Make, change and delete campaigns."""

from django.db import transaction
from django.db.models import QuerySet

from afterword.campaigns.models import Campaign, CampaignType, Channel, Service
from afterword.core.announce import announce
from afterword.core.ids import new_link_token
from afterword.core.keys import free_key
from afterword.sending.models import Mail
from afterword.survey_templates.metrics import Metric
from afterword.workspaces.models import Workspace


@transaction.atomic
def create_campaign(
    workspace: Workspace,
    name: str,
    metric: Metric,
    type_: CampaignType = CampaignType.TRANSACTIONAL,
    channel: Channel = Channel.EMAIL,
    *,
    event: str = "",
) -> Campaign:
    """Make a campaign that is off, and listens for an event at most; its key comes from its name.

    What no event triggers listens for none, whatever is given.
    """
    is_triggered = type_ == CampaignType.TRANSACTIONAL and channel != Channel.LINK
    Workspace.objects.select_for_update().get(id=workspace.id)  # of two at once, one key each
    taken = set(workspace.campaigns.values_list("key", flat=True))
    announce()  # Segment's destination may name it from now on
    return Campaign.objects.create(
        workspace=workspace,
        key=free_key(name, taken, "campaign"),
        name=name,
        metric=metric,
        type=CampaignType.REGULAR if channel == Channel.LINK else type_,
        channel=channel,
        service=Service.SEGMENT if is_triggered else "",  # the usual one
        events=[event] if event and is_triggered else [],
        link_token=new_link_token() if channel == Channel.LINK else None,
    )


@transaction.atomic
def delete_campaign(campaign: Campaign) -> str | None:
    """Delete the campaign, unless something speaks against it: then return what."""
    locked = Campaign.objects.select_for_update().get(id=campaign.id)
    if refusal := why_not_deleted(locked):
        return refusal
    _mails_of(locked).delete()
    locked.delete()
    announce()
    return None


def why_not_deleted(campaign: Campaign) -> str | None:
    if _mails_of(campaign).filter(handed_over__gt=0).exists():
        return (
            "It has sent surveys, and their answers count. "
            "Leave it switched off instead: then it asks nobody."
        )
    if campaign.is_active:
        return "Switch the campaign off first."
    return None


def _mails_of(campaign: Campaign) -> QuerySet[Mail]:
    return Mail.objects.filter(id__in=campaign.surveys.values("id"))  # of the same keys
