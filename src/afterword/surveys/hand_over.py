"""The staged hand-over: what is committed before and after a mail server gets the body.

Each change names the attempt that it belongs to. One that changes nothing means that someone
else has the survey now: stop, and touch nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from afterword.core.failpoints import failpoint
from afterword.surveys import outcomes
from afterword.surveys.lease import LEASE, Held
from afterword.surveys.models import DeliveryKind, State, Survey
from afterword.surveys.outcomes import Report
from afterword.workspaces.models import WorkspaceRows

# Growing waits after a 4xx answer; the last one repeats until GIVE_UP_AFTER.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120)]
GIVE_UP_AFTER = timedelta(hours=24)
# How long to look for evidence that a mail arrived before it is sent once more.
DOUBT = timedelta(seconds=40)


class Beginning(NamedTuple):
    """A mail about to be handed over: `sender` is the address that it comes from."""

    id: UUID
    attempt: int
    subject: str
    sender: str


class Accepted(NamedTuple):
    """A mail that the server took, with its answer."""

    id: UUID
    attempt: int
    reply: str


class Group(NamedTuple):
    """What several mails have to say at the same time: it is committed in one statement."""

    begun: Sequence[Beginning] = ()
    sent: Sequence[Accepted] = ()

    def statement(self, now: datetime) -> tuple[LiteralString, list[Any]]:
        """Return what commits it, and the values; its rows are the surveys that were still held.

        Beginning is the last moment at which an unsubscribe, a bounce, an answer to what is being
        reminded of, or a campaign switched off or paused is heard.
        """
        begun = _columns(self.begun, len(Beginning._fields))
        sent = _columns(self.sent, len(Accepted._fields))
        return _GROUP, [now + LEASE, *begun, now, *sent, now]


def commit(group: Group, now: datetime) -> set[UUID]:
    """Commit a group from a thread; return the surveys that were still held."""
    with connection.cursor() as cursor:
        cursor.execute(*group.statement(now))
        return {id_ for (id_,) in cursor}


def _columns(rows: Sequence[Beginning] | Sequence[Accepted], width: int) -> list[list[Any]]:
    """Who changes several surveys locks them in the order of their keys: so they come sorted."""
    columns = [list(column) for column in zip(*sorted(rows), strict=True)]
    return columns or [[]] * width


# Each row is found by its key and its state looked at afterwards (OFFSET keeps the two apart): with
# the state as a condition PostgreSQL likes the index of leases, and reads all of them for each row.
# What is looked up beside it is a scalar subquery, which no plan turns into a scan of the whole
# table. Customers are locked in the order of their keys too, as everyone does.
_GROUP = """
    WITH beginning AS (
        UPDATE surveys_survey AS survey
        SET state = 'handing_over', handed_over = ready.handed_over + 1, lease_until = %s,
            subject = ready.subject, sender = ready.sender
        FROM (
            SELECT held.*, begun.subject, begun.sender
            FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[])
                 AS begun(id, attempt, subject, sender)
            CROSS JOIN LATERAL (
                SELECT id, attempt, state, handed_over,
                       workspace_id, campaign_id, customer_id, reminds_id, email
                FROM surveys_survey AS survey WHERE survey.id = begun.id
                OFFSET 0 FOR NO KEY UPDATE
            ) AS held
            WHERE held.attempt = begun.attempt AND held.state = 'claimed' AND held.handed_over < 2
        ) AS ready
        WHERE survey.id = ready.id
          AND (SELECT activated_at IS NOT NULL AND paused_at IS NULL
               FROM campaigns_campaign WHERE id = ready.campaign_id)
          AND (SELECT coalesce(unsubscribed_at, hard_bounced_at, undeliverable_at, suppressed_at)
                      IS NULL
               FROM customers_customer WHERE id = ready.customer_id)
          AND (SELECT id FROM customers_suppression
               WHERE workspace_id = ready.workspace_id AND pattern = ready.email
                 AND ended_at IS NULL
                 AND (campaign_id IS NULL OR campaign_id = ready.campaign_id)
               LIMIT 1) IS NULL
          AND (SELECT coalesce(answered_at, bounced_at)
               FROM surveys_survey WHERE id = ready.reminds_id) IS NULL
        RETURNING survey.id
    ), noted AS (
        UPDATE surveys_survey AS survey
        SET state = 'sent', sent_at = %s, server_reply = taken.reply,
            worker = NULL, lease_until = NULL
        FROM (
            SELECT held.id, accepted.reply
            FROM unnest(%s::uuid[], %s::int[], %s::text[]) AS accepted(id, attempt, reply)
            CROSS JOIN LATERAL (
                SELECT id, attempt, state FROM surveys_survey AS survey
                WHERE survey.id = accepted.id
                OFFSET 0 FOR NO KEY UPDATE
            ) AS held
            WHERE held.attempt = accepted.attempt AND held.state = 'handing_over'
        ) AS taken
        WHERE survey.id = taken.id
        RETURNING survey.id, survey.customer_id
    ), locked AS (
        SELECT held.id
        FROM (SELECT DISTINCT customer_id FROM noted ORDER BY customer_id) AS surveyed
        CROSS JOIN LATERAL (
            SELECT id FROM customers_customer WHERE id = surveyed.customer_id FOR NO KEY UPDATE
        ) AS held
    ), surveyed AS (
        UPDATE customers_customer AS customer SET last_surveyed_at = %s
        FROM locked WHERE customer.id = locked.id
    )
    SELECT id FROM beginning UNION ALL SELECT id FROM noted
"""


def put_back(held: Collection[Held]) -> None:
    """Return surveys that nothing was done for, as if they had not been claimed."""
    failpoint("before_put_back")
    with connection.cursor() as cursor:
        ids = [one.id for one in held]
        cursor.execute(_PUT_BACK, [ids, ids, [one.attempt for one in held]])


_LOCKED = """
    WITH locked_survey AS (
        SELECT id FROM surveys_survey WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE
    )"""
_PUT_BACK = f"""{_LOCKED}
    UPDATE surveys_survey AS survey
    SET state = 'queued', worker = NULL, lease_until = NULL
    FROM unnest(%s::uuid[], %s::int[]) AS held(id, attempt), locked_survey
    WHERE survey.id = locked_survey.id AND survey.id = held.id
      AND survey.attempt = held.attempt AND survey.state = 'claimed'
"""  # noqa: S608  (our own words alone)


def take_back(held: Held) -> None:
    """Queue a survey again whose body was not sent, whatever became of the commit of `begin`."""
    queued = {"state": State.QUEUED, "worker": None, "lease_until": None}
    begun = _held(held).filter(state=State.HANDING_OVER)
    begun.update(**queued, handed_over=F("handed_over") - 1)
    put_back([held])


def postpone(held: Collection[tuple[Held, datetime]]) -> None:
    """Return surveys that must wait their turn with a slow recipient domain, each until when."""
    with connection.cursor() as cursor:
        cursor.execute(
            _POSTPONE,
            [
                [one.id for one, _ in held],
                [one.id for one, _ in held],
                [one.attempt for one, _ in held],
                [until for _, until in held],
            ],
        )


_POSTPONE = f"""{_LOCKED}
    UPDATE surveys_survey AS survey
    SET state = 'queued', worker = NULL, lease_until = NULL, due_at = held.until,
        attempt = survey.attempt - 1  -- nobody else was told of it
    FROM unnest(%s::uuid[], %s::int[], %s::timestamptz[]) AS held(id, attempt, until), locked_survey
    WHERE survey.id = locked_survey.id AND survey.id = held.id
      AND survey.attempt = held.attempt AND survey.state = 'claimed'
"""  # noqa: S608  (our own words alone)


@transaction.atomic
def try_later(survey: Survey, reply: str, now: datetime) -> None:
    """Queue a survey again after a temporary refusal; after 24 hours of them it has bounced."""
    first_refused_at = survey.first_refused_at or now
    if now - first_refused_at >= GIVE_UP_AFTER:
        _bounced(survey, DeliveryKind.SOFT_BOUNCED, reply, now)
        return
    _settle(
        survey,
        State.QUEUED,
        reply,
        due_at=now + WAITS[min(survey.refusals, len(WAITS) - 1)],
        refusals=survey.refusals + 1,
        first_refused_at=first_refused_at,
    )
    failpoint("before_later_commit")


@transaction.atomic
def bounce(survey: Survey, reply: str, now: datetime) -> None:
    """Note that the server refused the recipient for good: the address is never mailed again."""
    _bounced(survey, DeliveryKind.HARD_BOUNCED, reply, now)


def park(survey: Survey, reply: str) -> None:
    """Set a mail aside that was refused for its own fault: trying again would not help."""
    failpoint("before_park_commit")
    _settle(survey, State.PARKED, reply, ended_at=Now())


def leave_in_doubt(held: Held, words: str, now: datetime) -> None:
    """The connection broke after the body: `rescue` decides when time has shown more."""
    failpoint("before_doubt_commit")
    _held(held).filter(state=State.HANDING_OVER).update(
        worker=None, lease_until=now + DOUBT, server_reply=words
    )


def _bounced(survey: Survey, kind: DeliveryKind, reply: str, now: datetime) -> None:
    if _settle(survey, State.BOUNCED, reply):
        key = f"smtp-{survey.attempt}"
        outcomes.note([Report(survey.id, kind, now, "smtp", reply, key)], now)
        failpoint("before_bounce_commit")


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
