"""How many a regular campaign may still ask today; whoever is due beyond that is due tomorrow."""

from datetime import datetime

from django.db import connection

from afterword.campaigns.models import Campaign
from afterword.campaigns.time_frame import midnight
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.occasions.occasion import Kind


def room_today(campaign: Campaign, now: datetime) -> int | None:
    """Return how many more it may ask today, by the workspace's clocks; None for no limit."""
    if campaign.daily_limit is None:
        return None
    today = Decision.objects.filter(
        campaign=campaign,
        occasion_kind=Kind.DUE_DATE,
        reason=Reason.SCHEDULED,
        decided_at__gte=midnight(now, campaign.workspace.time_zone),
    )
    return max(0, campaign.daily_limit - today.count())


def take_turn(campaign: Campaign, *, waits: bool) -> bool:
    """Be the only one who decides for the campaign until the transaction ends.

    Else two would exceed its limit together. Whoever does not wait may come for nothing: False.
    """
    wanted = "pg_advisory_xact_lock" if waits else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wanted}(hashtextextended(%s, 7))", [str(campaign.id)])
        return waits or bool(cursor.fetchone()[0])
