"""What a change to a running campaign means for the surveys that wait already."""

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


def queued_words(campaign: Campaign, section: str) -> str:
    """Return how many wait and what happens to them; "" where a change concerns none."""
    if not campaign.is_active or section not in _MEANS:
        return ""
    count = Mail.objects.filter(stream_id=campaign.id, state__in=WAITING).count()
    if not count:
        return ""
    waits = "1 survey waits" if count == 1 else f"{count:,} surveys wait"
    return f"{waits} to be sent. {_MEANS[section]}"
