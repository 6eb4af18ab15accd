"""The staged hand-over: what is committed before and after a mail server gets the body.

Each change names the attempt that it belongs to. One that changes nothing means that someone
else has the survey now: stop, and touch nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from afterword.customers.models import Customer
from afterword.surveys.claim import LEASE, Held
from afterword.surveys.models import State, Survey
from afterword.workspaces.models import WorkspaceRows

# Growing waits after a 4xx answer; the last one repeats until GIVE_UP_AFTER.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120)]
GIVE_UP_AFTER = timedelta(hours=24)
# How long to look for evidence that a mail arrived before it is sent once more.
DOUBT = timedelta(seconds=60)


class Sent(NamedTuple):
    id: UUID
    attempt: int
    subject: str
    reply: str


def begin(held: Sequence[Held], now: datetime) -> set[UUID]:
    """Note that the bodies are about to be handed over; return the surveys for which they may be.

    The last moment at which an unsubscribe, a bounce or a campaign switched off is heard.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _BEGIN,
            [now + LEASE, [one.id for one in held], [one.attempt for one in held]],
        )
        return {id_ for (id_,) in cursor}


_BEGIN = """
    UPDATE surveys_survey AS survey
    SET state = 'handing_over', handed_over = handed_over + 1, lease_until = %s
    FROM unnest(%s::uuid[], %s::int[]) AS held(id, attempt), campaigns_campaign AS campaign
    WHERE survey.id = held.id AND survey.attempt = held.attempt AND survey.state = 'claimed'
      AND survey.handed_over < 2
      AND campaign.id = survey.campaign_id AND campaign.activated_at IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM customers_customer AS customer
          WHERE customer.id = survey.customer_id
            AND coalesce(unsubscribed_at, hard_bounced_at, undeliverable_at, suppressed_at)
                IS NOT NULL
      )
    RETURNING survey.id
"""


def note_sent(sent: Sequence[Sent], now: datetime) -> set[UUID]:
    """Note that the mail server took these; return the surveys that were still held."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [now, *(list(column) for column in zip(*sent, strict=True)), now])
        return {id_ for (id_,) in cursor}


_SENT = """
    WITH noted AS (
        UPDATE surveys_survey AS survey
        SET state = 'sent', sent_at = %s, subject = sent.subject, server_reply = sent.reply,
            worker = NULL, lease_until = NULL
        FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[])
             AS sent(id, attempt, subject, reply)
        WHERE survey.id = sent.id AND survey.attempt = sent.attempt
          AND survey.state = 'handing_over'
        RETURNING survey.id, survey.customer_id
    ), locked AS (  -- in the order of their keys, as everyone locks customers
        SELECT id FROM customers_customer
        WHERE id IN (SELECT customer_id FROM noted) ORDER BY id FOR NO KEY UPDATE
    ), surveyed AS (
        UPDATE customers_customer AS customer SET last_surveyed_at = %s
        FROM locked WHERE customer.id = locked.id
    )
    SELECT id FROM noted
"""


def put_back(held: Held) -> None:
    """Return a survey that nothing was done for, as if it had not been claimed."""
    _held(held).filter(state=State.CLAIMED).update(
        state=State.QUEUED, worker=None, lease_until=None
    )


def try_later(survey: Survey, reply: str, now: datetime) -> None:
    """Queue a survey again after a temporary refusal; after 24 hours of them it has bounced."""
    first_refused_at = survey.first_refused_at or now
    if now - first_refused_at >= GIVE_UP_AFTER:
        _settle(survey, State.BOUNCED, reply)
        return
    _settle(
        survey,
        State.QUEUED,
        reply,
        due_at=now + WAITS[min(survey.refusals, len(WAITS) - 1)],
        refusals=survey.refusals + 1,
        first_refused_at=first_refused_at,
    )


@transaction.atomic
def bounce(survey: Survey, reply: str, now: datetime) -> None:
    """Note that the server refused the recipient for good: the address is never mailed again."""
    if _settle(survey, State.BOUNCED, reply) and survey.customer_id:
        Customer.objects.filter(id=survey.customer_id).update(hard_bounced_at=now)


def park(survey: Survey, reply: str) -> None:
    """Set a mail aside that was refused for its own fault: trying again would not help."""
    _settle(survey, State.PARKED, reply)


def leave_in_doubt(survey: Survey, words: str, now: datetime) -> None:
    """The connection broke after the body: `rescue` decides when time has shown more."""
    _held(Held(survey.id, survey.attempt)).filter(state=State.HANDING_OVER).update(
        worker=None, lease_until=now + DOUBT, server_reply=words
    )


def _settle(survey: Survey, state: State, reply: str, **changes: object) -> bool:
    """Leave a definite refusal behind: what was begun did not arrive, so it does not count."""
    held = _held(Held(survey.id, survey.attempt))
    changes |= {"state": state, "server_reply": reply, "worker": None, "lease_until": None}
    return bool(
        held.filter(state=State.HANDING_OVER).update(**changes, handed_over=F("handed_over") - 1)
        or held.filter(state=State.CLAIMED).update(**changes)
    )


def _held(one: Held) -> WorkspaceRows[Survey]:
    return Survey.objects.filter(id=one.id, attempt=one.attempt)
