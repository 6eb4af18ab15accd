"""Make a campaign like another one."""

from django.db import transaction

from afterword.campaigns.creation import create_campaign
from afterword.campaigns.models import Campaign, CampaignType, Channel, Reminder
from afterword.survey_templates.metrics import Metric

_NOT_COPIED = {
    "id", "key", "name", "link_token", "activated_at", "archived_at", "created_at", "updated_at",
}  # fmt: skip
LONGEST_NAME = 100


@transaction.atomic
def duplicate(campaign: Campaign) -> Campaign:
    """Return a copy with everything that the editor sets, its reminders included; it is off."""
    copy = create_campaign(
        campaign.workspace,
        _free_name(campaign),
        Metric(campaign.metric),
        CampaignType(campaign.type),
        Channel(campaign.channel),
    )
    names = [field.name for field in Campaign._meta.concrete_fields]
    copied = [name for name in names if name not in _NOT_COPIED]
    for name in copied:
        setattr(copy, name, getattr(campaign, name))
    copy.save(update_fields=copied)
    Reminder.objects.bulk_create(
        Reminder(
            campaign=copy,
            position=one.position,
            when=one.when,
            after_days=one.after_days,
            template_id=one.template_id,
        )
        for one in campaign.reminders.all()
    )
    return copy


def _free_name(campaign: Campaign) -> str:
    names = campaign.workspace.campaigns.values_list("name", flat=True)
    taken = {name.casefold() for name in names}
    number = 1
    while True:
        ending = " (copy)" if number == 1 else f" (copy {number})"
        name = campaign.name[: LONGEST_NAME - len(ending)] + ending
        if name.casefold() not in taken:
            return name
        number += 1
