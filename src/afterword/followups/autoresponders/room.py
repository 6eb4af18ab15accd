"""What autoresponders bring to the engine."""

import random
from collections.abc import Sequence
from datetime import datetime

from afterword.feedback.models import BY_SURVEY
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.autoresponders.moment import moment
from afterword.followups.engine.occurrence import Occurrence
from afterword.followups.engine.post import Reply
from afterword.followups.engine.room import CannotBeMade, Requests, Room, as_it_is, follows
from afterword.followups.events import Follows
from afterword.followups.mails import mailed
from afterword.followups.models import Delivery
from afterword.sending.models import Mail
from afterword.sending.streams import Stream

AUTORESPONDER = "autoresponder"


def due(rule: Autoresponder, occurrence: Occurrence, now: datetime) -> datetime | None:
    """Draw the moment for an answer to a survey, of somebody who is known, given since it is on."""
    response = occurrence.response
    if response is None or response.customer is None or response.survey_id is None:
        return None
    if response.source not in BY_SURVEY or not rule.enabled_at:
        return None
    if response.created_at < rule.enabled_at or follows(rule, occurrence) is Follows.NOT:
        return None
    return moment(response.created_at, rule.delay_min, rule.delay_max, random.random())


def _begin(rule: Autoresponder, new: Sequence[tuple[Delivery, Occurrence]], now: datetime) -> None:
    mails = []
    for delivery, occurrence in new:
        assert occurrence.response
        customer = occurrence.response.customer
        address = occurrence.response.email or (customer.address if customer else "")
        to = [address] if address else []
        mails += mailed(delivery, AUTORESPONDER, stream_of(rule), to, customer)
    Mail.objects.bulk_create(mails)


def stream_of(rule: Autoresponder) -> Stream:
    return Stream(AUTORESPONDER, rule.id)


def _stays(delivery: Delivery, now: datetime) -> None:
    """Its moment is drawn once."""


def _no_requests(deliveries: Sequence[Delivery], now: datetime) -> Requests:
    return {one.id: CannotBeMade("An autoresponder goes by mail.") for one in deliveries}


def _never(reply: Reply) -> bool:
    return False


AUTORESPONDERS = Room(
    AUTORESPONDER,
    Autoresponder,
    due,
    is_once=True,
    begin=_begin,
    hasten=_stays,
    requests=_no_requests,
    read=as_it_is,
    is_final=_never,
    at_once=1,
)
