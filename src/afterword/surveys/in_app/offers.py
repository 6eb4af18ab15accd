"""An offer is an invitation that a page shows: which are open, and what becomes of them.

It is of an in-app survey, or a reminder of any survey.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from afterword.campaigns.channels.in_app.placement import read_placement
from afterword.campaigns.models import Channel
from afterword.customers.models import Customer
from afterword.decisions.terms import Verdict
from afterword.surveys.models import Invitation, Survey

LIFE = timedelta(days=180)  # of an offer that comes back after it was closed
BATCH = 1000


def open_offers(customer_id: UUID, now: datetime) -> list[Invitation]:
    """Return what may be shown to a customer now, the most important first; one query.

    With survey, campaign, workspace and template. Of a survey and its reminders on pages, only the
    last one may be shown.
    """
    in_time = Q(dismissed_at=None, expires_at__gt=now) | Q(dismissed_at__isnull=False)
    rows = Invitation.objects.filter(
        in_time,
        survey__customer_id=customer_id,
        channel=Channel.IN_APP,
        survey__answered_at=None,
        survey__ended_at=None,
        withdrawn_at=None,
        due_at__lte=now,
    )
    found = rows.select_related(
        "survey__campaign__workspace", "template__workspace__brand", "version"
    )
    ordered = found.order_by("-survey__campaign__priority", "due_at", "id")
    last = {one.survey_id: one for one in sorted(ordered, key=lambda one: one.created_at)}
    return [one for one in ordered if last[one.survey_id] is one and not _rests(one, now)]


def how_many_wait(campaign_id: UUID) -> int:
    """Return how many surveys of a campaign were not shown yet, and may be."""
    waiting = Invitation.objects.filter(
        survey__campaign_id=campaign_id,
        survey__ended_at=None,
        survey__answered_at=None,
        expires_at__isnull=False,
        shown_at=None,
        withdrawn_at=None,
    )
    return waiting.count()


def _rests(offer: Invitation, now: datetime) -> bool:
    """Whether it was closed, and its campaign does not ask again, or not yet."""
    if offer.dismissed_at is None:
        return False
    again = read_placement(offer.survey.campaign.in_app).again_after
    return again is None or now < offer.dismissed_at + again or now > offer.created_at + LIFE


def lock_surveys(offers: Iterable[Invitation], *, waits: bool) -> set[UUID]:
    """Lock the surveys of offers, and return the keys of those that are locked.

    Everybody locks surveys first, then invitations, then customers. Whoever holds one of the later
    ones already must not wait: what others hold is left out.
    """
    rows = Survey.objects.filter(id__in={one.survey_id for one in offers}).order_by("id")
    locked = rows.select_for_update(no_key=True, skip_locked=not waits)
    return set(locked.values_list("id", flat=True))


@transaction.atomic
def note_shown(offer: Invitation, now: datetime) -> None:
    """The customer sees it: from now on they were asked. The first time counts."""
    lock_surveys([offer], waits=True)
    is_first = Invitation.objects.filter(id=offer.id, shown_at=None).update(shown_at=now)
    if is_first:
        Survey.objects.filter(id=offer.survey_id, asked_at=None).update(asked_at=now)
        if offer.survey.customer_id:
            asked = Customer.objects.filter(id=offer.survey.customer_id)
            asked.update(last_surveyed_at=now)


@transaction.atomic
def note_closed(offer: Invitation, now: datetime) -> None:
    """The customer closed it unanswered; what was seen to be closed was shown."""
    note_shown(offer, now)
    rows = Invitation.objects.filter(id=offer.id, answered_at=None)
    rows.update(dismissed_at=now)


@transaction.atomic
def withdraw(offer: Invitation, verdict: Verdict, now: datetime) -> None:
    """A rule stands against it: it is not shown, for this reason; nor is its survey ever asked."""
    Invitation.objects.filter(id=offer.id).update(withdrawn_at=now)
    if offer.is_reminder:  # they were asked before
        return
    ended = {"ended_at": now, "reason": verdict.reason, "detail": verdict.detail}
    Survey.objects.filter(id=offer.survey_id).update(**ended)


def withdraw_expired(now: datetime) -> int:
    """End the offers that nobody came by for; return how many. Each batch is a statement."""
    ended = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_WITHDRAW, [now, BATCH, now, now])
            batch = int(cursor.fetchone()[0])
        ended += batch
        if batch < BATCH:
            return ended


_WITHDRAW = """
    WITH expired AS (
        SELECT invitation.id FROM surveys_invitation AS invitation
        JOIN surveys_survey AS survey ON survey.id = invitation.survey_id
        WHERE invitation.expires_at <= %s AND invitation.expires_at IS NOT NULL
          AND invitation.shown_at IS NULL AND invitation.withdrawn_at IS NULL
        ORDER BY invitation.expires_at LIMIT %s
        FOR NO KEY UPDATE OF survey, invitation SKIP LOCKED
    ), withdrawn AS (
        UPDATE surveys_invitation AS invitation SET withdrawn_at = %s
        FROM expired WHERE invitation.id = expired.id
        RETURNING invitation.id, invitation.survey_id
    ), ended AS (
        UPDATE surveys_survey AS survey SET ended_at = %s
        FROM withdrawn
        WHERE survey.id = withdrawn.survey_id AND withdrawn.id = withdrawn.survey_id
          AND survey.ended_at IS NULL
    )
    SELECT count(*) FROM withdrawn
"""
