"""When a customer is asked next, as far as one can know."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from afterword.audience.definition import compile_audience
from afterword.audience.match import Audience, Filter, Group
from afterword.audience.sql import matching
from afterword.campaigns.models import Campaign, Channel
from afterword.campaigns.time_frame import USUAL, read_time_frame
from afterword.customers.models import Customer
from afterword.customers.properties import property_types
from afterword.occasions.due_date.due import when_due
from afterword.sending.models import WAITING
from afterword.surveys.models import Invitation


@dataclass(frozen=True, slots=True)
class NextSurvey:
    """`at` is when one that waits goes, or the regular campaign that is the first to ask.

    Without it, what triggers these campaigns next decides, or the next visit to the application.
    """

    campaigns: Sequence[Campaign]
    at: datetime | None = None
    invitation: Invitation | None = None

    @property
    def is_by_visit(self) -> bool:
        """Whether one of them waits only for the customer to come by the application."""
        return self.at is None and any(one.is_in_app and one.is_regular for one in self.campaigns)


def next_survey(customer: Customer, now: datetime) -> NextSurvey | None:
    """Return None where nothing can come: mail is stopped, or no active campaign means them."""
    rows = Invitation.objects.filter(survey__customer=customer, mail__state__in=WAITING)
    waiting = rows.select_related("mail", "survey__campaign").order_by("mail__due_at").first()
    if waiting and waiting.mail:
        return NextSurvey([waiting.survey.campaign], waiting.mail.due_at, waiting)
    if is_stopped(customer):
        return None
    meant = [one for one in _that_mean(customer, now) if customer.email or one.is_in_app]
    if regular := _first_by_the_clock(customer, meant, now):
        return regular
    scheduled = [one for one in meant if one.is_in_app or not one.is_regular]
    return NextSurvey(scheduled) if scheduled else None


def is_stopped(customer: Customer) -> bool:
    return any(
        (
            customer.unsubscribed_at,
            customer.hard_bounced_at,
            customer.undeliverable_at,
            customer.suppressed_at,
        )
    )


def _first_by_the_clock(
    customer: Customer, campaigns: Sequence[Campaign], now: datetime
) -> NextSurvey | None:
    """Return the regular campaign that asks first, and when its time frame opens for that."""
    found = []
    for campaign in campaigns:
        mails = campaign.is_regular and not campaign.is_in_app
        at = when_due(campaign, customer) if mails else None
        frame = read_time_frame(campaign.time_frame or USUAL, campaign.workspace.time_zone)
        if at and frame:
            found.append(NextSurvey([campaign], frame.of(customer.properties).opens(max(at, now))))
    return min(found, key=lambda one: one.at or now, default=None)


def _that_mean(customer: Customer, now: datetime) -> list[Campaign]:
    """Return the active campaigns whose audience the customer is in; three queries."""
    rows = Campaign.objects.filter(
        workspace_id=customer.workspace_id, activated_at__isnull=False
    ).exclude(channel=Channel.LINK)
    campaigns = list(rows.select_related("workspace").order_by("name"))
    if not campaigns:
        return []
    types = property_types(customer.workspace_id)
    conditions = {
        f"of_{place}": matching(without_the_event(compile_audience(one.audience, types)), now)
        for place, one in enumerate(campaigns)
    }
    row = Customer.objects.filter(id=customer.id).annotate(**conditions).values(*conditions).get()
    return [one for place, one in enumerate(campaigns) if row[f"of_{place}"]]


def without_the_event(audience: Audience) -> Audience:
    """Leave out what only an event to come can tell: that may hold."""
    filters = [_known(each) for each in audience.filters]
    known = [each for each in filters if each]
    if audience.match == "any" and len(known) < len(filters):
        return Audience()
    return replace(audience, filters=tuple(known))


def _known(each: Filter | Group) -> Filter | Group | None:
    if isinstance(each, Filter):
        return None if each.is_of_event else each
    known = tuple(inner for inner in each.filters if not inner.is_of_event)
    if not known or (each.match == "any" and len(known) < len(each.filters)):
        return None
    return replace(each, filters=known)
