"""Make a campaign like another one."""

from collections.abc import Callable

from django.db import transaction

from afterword.campaigns.creation import create_campaign
from afterword.campaigns.models import Campaign, CampaignType, Channel, Reminder
from afterword.survey_templates.metrics import Metric

_NOT_COPIED = {
    "id", "key", "name", "link_token", "activated_at", "archived_at", "created_at", "updated_at",
}  # fmt: skip
LONGEST_NAME = 100
# What later stages keep of a campaign and copy with it: each takes the campaign and its copy.
_also: list[Callable[[Campaign, Campaign], None]] = []


def also_copy_by(copy: Callable[[Campaign, Campaign], None]) -> None:
    if copy not in _also:
        _also.append(copy)


@transaction.atomic
def duplicate(campaign: Campaign) -> Campaign:
    """Return a copy with everything that the editor sets, its reminders included; it is off.

    What follows its answers is copied too, and is off as well.
    """
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
            channel=one.channel,
            when=one.when,
            after_days=one.after_days,
            template_id=one.template_id,
        )
        for one in campaign.reminders.all()
    )
    for copy_more in _also:
        copy_more(campaign, copy)
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
