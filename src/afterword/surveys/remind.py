"""Remind: a second invitation to answer a survey, for those who have not answered it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from afterword.campaigns.channels.in_app.placement import read_placement
from afterword.campaigns.models import Campaign, Channel
from afterword.core.ids import new_id
from afterword.surveys import due_reminders
from afterword.surveys.due_reminders import Due
from afterword.surveys.invite import Invited, invite

BATCH = 1000  # rows that are written with one query
_ONCE = "ON CONFLICT (survey_id, reminder_id) DO NOTHING"


def schedule_reminders(now: datetime, *, thoroughly: bool = False) -> int:
    """Queue the reminders that have become due, or offer them on pages; return how many.

    May run twice at once, or die on the way: each reminder of a survey is one invitation. To look
    `thoroughly`, now and then, finds what was missed while no worker ran.
    """
    scheduled = 0
    while True:
        due = due_reminders.due_reminders(now, thoroughly=thoroughly)
        for start in range(0, len(due), BATCH):
            scheduled += _queue(due[start : start + BATCH], now)
        if len(due) < due_reminders.AT_ONCE:
            return scheduled


@transaction.atomic
def _queue(due: Sequence[Due], now: datetime) -> int:
    on_pages = {one.campaign_id for one in due if one.channel == Channel.IN_APP}
    campaigns = Campaign.objects.in_bulk(on_pages) if on_pages else {}
    invited = [
        _invited(one, now, campaigns[one.campaign_id] if one.channel == Channel.IN_APP else None)
        for one in due
    ]
    return invite(invited, now, _ONCE)


def _invited(one: Due, now: datetime, shown_by: Campaign | None) -> Invited:
    """What is shown on a page stands there as long as its campaign says of any survey."""
    return Invited(
        new_id(),
        one.survey_id,
        one.workspace_id,
        one.campaign_id,
        one.template_id,
        one.customer_id,
        one.email,
        now,
        one.reminder_id,
        one.channel,
        now + read_placement(shown_by.in_app).life if shown_by else None,
    )
