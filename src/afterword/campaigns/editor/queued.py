"""What a change to a running campaign means for the surveys that wait already."""

from collections.abc import Callable
from uuid import UUID

from afterword.campaigns.models import Campaign
from afterword.sending.models import WAITING, Mail

_MEANS = {
    "edit": "They keep the template that they were scheduled with; a change of its words shows "
    "in them, too.",
    "audience": "They are sent all the same: another audience counts for what happens from now on.",
    "schedule": "They keep their time: sample, answer target, delay and time frame count for what "
    "happens from now on. The throttle is looked at once more before each is sent.",
    "reminders": "Another reminder holds for them, too: it counts for what is sent from now on.",
}
_MEANS_ON_PAGES = {
    "edit": _MEANS["edit"],
    "audience": "They are shown all the same: another audience counts for what happens from now "
    "on.",
    "schedule": "The time frame counts for them, too; sample, answer target and delay for what "
    "happens from now on. The throttle is looked at once more before each is shown.",
    "in_app": "Look and pages change for them, too; how long they wait does not.",
    "reminders": "Another reminder holds for them, too: it counts for what is shown from now on.",
}
# How many surveys of a campaign wait for customers to come by; who offers them registers it.
_count_offers: list[Callable[[UUID], int]] = []


def count_offers_by(count: Callable[[UUID], int]) -> None:
    _count_offers[:] = [count]


def queued_words(campaign: Campaign, section: str) -> str:
    """Return how many wait and what happens to them; "" where a change concerns none."""
    means = _MEANS_ON_PAGES if campaign.is_in_app else _MEANS
    if not campaign.is_active or section not in means:
        return ""
    if not (count := _how_many(campaign)):
        return ""
    waits = "1 survey waits" if count == 1 else f"{count:,} surveys wait"
    return f"{waits} to be {'shown' if campaign.is_in_app else 'sent'}. {means[section]}"


def _how_many(campaign: Campaign) -> int:
    if campaign.is_in_app:
        return _count_offers[0](campaign.id)
    return Mail.objects.filter(stream_id=campaign.id, state__in=WAITING).count()
