"""Switch campaigns on and off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from afterword.campaigns.models import Campaign
from afterword.campaigns.time_frame import USUAL, read_time_frame
from afterword.core.announce import announce

# How many a regular campaign would ask today; whoever decides that registers it.
_count_due: list[Callable[[Campaign, datetime], int]] = []


def count_due_by(count: Callable[[Campaign, datetime], int]) -> None:
    _count_due[:] = [count]


def how_many_today(campaign: Campaign, now: datetime) -> int:
    """Return how many would be asked today if a regular campaign were switched on now."""
    return _count_due[0](campaign, now)


def day_they_wait_for(campaign: Campaign, now: datetime) -> date | None:
    """Return the day on which those are mailed who are due now; None where that is today.

    By the workspace's clocks; somebody's own may have the next day already.
    """
    zone = campaign.workspace.time_zone
    frame = read_time_frame(campaign.time_frame or USUAL, zone)
    assert frame
    today, day = (at.astimezone(ZoneInfo(zone)).date() for at in (now, frame.opens(now)))
    return None if day == today else day


@dataclass(frozen=True, slots=True)
class Missing:
    """Something to be done before the campaign may be on, and the section where it is done."""

    text: str
    section: str

    def __str__(self) -> str:
        return self.text


NO_EVENTS = Missing("It names no event.", "schedule")  # which is fine with Segment's destination


def what_is_missing(campaign: Campaign) -> list[Missing]:
    """Return what must be done before the campaign may be switched on; nothing if it may.

    Names of events are not among it: Segment's destination may map them.
    """
    missing = []
    if campaign.is_archived:
        missing.append(Missing("Bring it back from the archive.", "name"))
    if campaign.template is None:
        missing.append(Missing("Assign a template.", "edit"))
    elif not campaign.template.has_logo:
        text = f"Give the template {campaign.template.name} your company's logo."
        missing.append(Missing(text, "edit"))
    elif campaign.template.metric != campaign.metric:
        missing.append(Missing(f"Assign a template that asks for {campaign.scale.label}.", "edit"))
    if campaign.is_link:
        return missing
    if campaign.is_regular:
        if campaign.first_after_days is None and campaign.every_days is None:
            missing.append(Missing("Say when the survey is due.", "schedule"))
        return missing
    if not campaign.service:
        missing.append(Missing("Choose the service that triggers the survey.", "schedule"))
    return missing


@transaction.atomic
def activate(campaign: Campaign) -> list[Missing]:
    """Switch the campaign on, unless something is missing: then return what."""
    missing = what_is_missing(campaign)
    if not missing:
        rows = Campaign.objects.filter(id=campaign.id, activated_at=None, archived_at=None)
        rows.update(activated_at=timezone.now())
        announce()
    return missing


@transaction.atomic
def deactivate(campaign: Campaign) -> None:
    """Switch the campaign off; what is queued is dismissed when it would be sent."""
    Campaign.objects.filter(id=campaign.id).update(activated_at=None)
    announce()
