"""Who is due for a regular campaign's survey: by the clock since they came, or were last asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db.models import Exists, OuterRef, Q

from afterword.audience.definition import compile_audience
from afterword.audience.match import Audience
from afterword.audience.sql import asked_of_the_event, matching
from afterword.campaigns.models import Campaign, Channel
from afterword.customers.models import Customer, CustomerQuerySet
from afterword.customers.properties import property_types
from afterword.occasions.occasion import Kind, Occasion
from afterword.sending.models import Mail, State

_NAMES = UUID("6f0e5a52-6b4d-4f0e-9f0f-3f6a2b1c9d10")  # of occasions made here; any would do
_ON_ITS_WAY = (State.QUEUED, State.HELD, State.CLAIMED, State.HANDING_OVER)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a search has come: the customers are looked at in the order of their coming."""

    created_at: datetime
    id: UUID


def due(campaign: Campaign, audience: Audience, now: datetime) -> CustomerQuerySet:
    """Return the customers to be asked now.

    The first survey goes `first_after_days` after somebody was added, to those whom no campaign
    has ever asked; the next ones `every_days` after the last survey of any kind. A survey that
    still waits counts as one. Whom nothing may be sent to is left out, and so is who does not
    match: there is no occasion, and no decision, for them.
    """
    rows = Customer.objects.filter(
        workspace_id=campaign.workspace_id,
        merged_into=None,
        unsubscribed_at=None,
        suppressed_at=None,
    )
    if campaign.channel == Channel.EMAIL:
        rows = rows.filter(email__isnull=False, hard_bounced_at=None, undeliverable_at=None)
    if asked_of_the_event(audience):
        return rows.none()  # no event, no properties of one
    rows = rows.filter(_by_the_clock(campaign, now)).filter(matching(audience, now))
    waiting = Mail.objects.filter(
        customer_id=OuterRef("id"), kind__in=("survey", "reminder"), state__in=_ON_ITS_WAY
    )
    return rows.filter(~Exists(waiting))


def how_many_today(campaign: Campaign, now: datetime) -> int:
    """Return how many would be asked today if the campaign were switched on now."""
    audience = compile_audience(campaign.audience, property_types(campaign.workspace_id))
    count = due(campaign, audience, now).count()
    return count if campaign.daily_limit is None else min(count, campaign.daily_limit)


def next_due(
    campaign: Campaign, audience: Audience, after: Place | None, now: datetime, limit: int
) -> list[Place]:
    """Return the next ones that are due, and lock them; who is locked already is left out."""
    rows = due(campaign, audience, now)
    if after:
        later = Q(created_at__gt=after.created_at)
        rows = rows.filter(later | Q(created_at=after.created_at, id__gt=after.id))
    ordered = rows.order_by("created_at", "id")
    locked = ordered.select_for_update(no_key=True, skip_locked=True, of=("self",))
    return [Place(*row) for row in locked.values_list("created_at", "id")[:limit]]


def occasion_of(campaign: Campaign, customer_id: UUID, day: datetime, now: datetime) -> Occasion:
    """Being due on a day is one occasion, however often it is looked for."""
    name = f"{campaign.id} {customer_id} {day.isoformat()}"
    return Occasion(Kind.DUE_DATE, uuid5(_NAMES, name), name, now, now)


def when_due(campaign: Campaign, customer: Customer) -> datetime | None:
    """Return when somebody who matches is due; None where the campaign never asks them again."""
    if customer.last_surveyed_at is None:
        if campaign.first_after_days is None:
            return None
        return customer.created_at + timedelta(days=campaign.first_after_days)
    if campaign.every_days is None:
        return None
    return customer.last_surveyed_at + timedelta(days=campaign.every_days)


def _by_the_clock(campaign: Campaign, now: datetime) -> Q:
    rules: Sequence[Q] = [
        Q(last_surveyed_at=None, created_at__lte=now - timedelta(days=campaign.first_after_days))
        if campaign.first_after_days is not None
        else Q(pk__in=[]),
        Q(last_surveyed_at__lte=now - timedelta(days=campaign.every_days))
        if campaign.every_days is not None
        else Q(pk__in=[]),
    ]
    return rules[0] | rules[1]
