"""The staged hand-over: what is committed before and after a mail server gets the body.

Each change names the attempt that it belongs to. One that changes nothing means that someone
else has the mail now: stop, and touch nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from afterword.core.failpoints import failpoint
from afterword.sending import outcomes
from afterword.sending.kinds import Kind, all_kinds
from afterword.sending.lease import LEASE, Held
from afterword.sending.models import DeliveryKind, Mail, State
from afterword.sending.outcomes import Report
from afterword.sending.paused import IS_PAUSED
from afterword.workspaces.models import WorkspaceRows

# Growing waits after a 4xx answer; the last one repeats until GIVE_UP_AFTER.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120)]
GIVE_UP_AFTER = timedelta(hours=24)
# Whoever made a domain ask for patience comes back so long after the others' turn begins.
GIVES_WAY = timedelta(seconds=10)
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
        """Return what commits it, and the values; its rows are the mails that were still held.

        Beginning is the last moment at which an unsubscribe, a bounce or a pause is heard, and
        what else speaks against a mail of its kind.
        """
        begun = _columns(self.begun, len(Beginning._fields))
        sent = _columns(self.sent, len(Accepted._fields))
        return _group(all_kinds()), [now + LEASE, *begun, now, *sent]


def commit(group: Group, now: datetime) -> set[UUID]:
    """Commit a group from a thread; return the mails that were still held."""
    with connection.cursor() as cursor:
        cursor.execute(*group.statement(now))
        return {id_ for (id_,) in cursor}


def _columns(rows: Sequence[Beginning] | Sequence[Accepted], width: int) -> list[list[Any]]:
    """Who changes several mails locks them in the order of their keys: so they come sorted."""
    columns = [list(column) for column in zip(*sorted(rows), strict=True)]
    return columns or [[]] * width


# Each row is found by its key and its state looked at afterwards (OFFSET keeps the two apart): with
# the state as a condition PostgreSQL likes the index of leases, and reads all of them for each row.
# What is looked up beside it is a scalar subquery, which no plan turns into a scan of the whole
# table.
_GROUP: LiteralString = """
    WITH beginning AS (
        UPDATE sending_mail AS mail
        SET state = 'handing_over', handed_over = ready.handed_over + 1, lease_until = %s,
            subject = ready.subject, sender = ready.sender
        FROM (
            SELECT held.*, begun.subject, begun.sender
            FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[])
                 AS begun(id, attempt, subject, sender)
            CROSS JOIN LATERAL (
                SELECT id, attempt, state, handed_over, kind, about,
                       workspace_id, stream_id, customer_id, recipient
                FROM sending_mail AS mail WHERE mail.id = begun.id
                OFFSET 0 FOR NO KEY UPDATE
            ) AS held
            WHERE held.attempt = begun.attempt AND held.state = 'claimed' AND held.handed_over < 2
        ) AS ready
        WHERE mail.id = ready.id
          AND CASE ready.kind {conditions} ELSE false END
          AND (ready.workspace_id IS NULL OR {nothing_stops_it})
        RETURNING mail.id
    ), noted AS (
        UPDATE sending_mail AS mail
        SET state = 'sent', sent_at = %s, server_reply = taken.reply,
            worker = NULL, lease_until = NULL
        FROM (
            SELECT held.id, accepted.reply
            FROM unnest(%s::uuid[], %s::int[], %s::text[]) AS accepted(id, attempt, reply)
            CROSS JOIN LATERAL (
                SELECT id, attempt, state FROM sending_mail AS mail
                WHERE mail.id = accepted.id
                OFFSET 0 FOR NO KEY UPDATE
            ) AS held
            WHERE held.attempt = accepted.attempt AND held.state = 'handing_over'
        ) AS taken
        WHERE mail.id = taken.id
        RETURNING mail.id, mail.kind, mail.workspace_id, mail.customer_id, mail.sent_at
    ){on_sent}
    SELECT id FROM beginning UNION ALL SELECT id FROM noted
"""
# What a workspace sends is stopped by its customer's own columns, by what stands against the
# address, and by the brake.
_NOTHING_STOPS_IT: LiteralString = """(
    (ready.customer_id IS NULL OR
        (SELECT coalesce(unsubscribed_at, hard_bounced_at, undeliverable_at, suppressed_at) IS NULL
         FROM customers_customer WHERE id = ready.customer_id))
    AND (SELECT id FROM customers_suppression
         WHERE workspace_id = ready.workspace_id AND pattern = ready.recipient
           AND ended_at IS NULL
           AND (campaign_id IS NULL OR campaign_id = ready.stream_id)
         LIMIT 1) IS NULL
    AND NOT {is_paused}
)"""


@lru_cache
def _group(kinds: tuple[Kind, ...]) -> LiteralString:
    """Return the statement for these kinds of mail."""
    conditions = " ".join(f"WHEN '{kind.name}' THEN ({kind.condition})" for kind in kinds)
    on_sent = dict.fromkeys(kind.on_sent for kind in kinds if kind.on_sent)
    return _GROUP.format(
        conditions=conditions or "WHEN '' THEN false",
        nothing_stops_it=_NOTHING_STOPS_IT.format(is_paused=IS_PAUSED),
        on_sent="".join(f", {expressions}" for expressions in on_sent),
    )


def put_back(held: Collection[Held]) -> None:
    """Return mails that nothing was done for, as if they had not been claimed."""
    failpoint("before_put_back")
    with connection.cursor() as cursor:
        ids = [one.id for one in held]
        cursor.execute(_PUT_BACK, [ids, ids, [one.attempt for one in held]])


_LOCKED = """
    WITH locked_mail AS (
        SELECT id FROM sending_mail WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE
    )"""
_PUT_BACK = f"""{_LOCKED}
    UPDATE sending_mail AS mail
    SET state = 'queued', worker = NULL, lease_until = NULL
    FROM unnest(%s::uuid[], %s::int[]) AS held(id, attempt), locked_mail
    WHERE mail.id = locked_mail.id AND mail.id = held.id
      AND mail.attempt = held.attempt AND mail.state = 'claimed'
"""  # noqa: S608  (our own words alone)


def take_back(held: Held) -> None:
    """Queue a mail again whose body was not sent, whatever became of the commit of `begin`."""
    queued = {"state": State.QUEUED, "worker": None, "lease_until": None}
    begun = _held(held).filter(state=State.HANDING_OVER)
    begun.update(**queued, handed_over=F("handed_over") - 1)
    put_back([held])


def postpone(held: Collection[tuple[Held, datetime]]) -> None:
    """Return mails that must wait their turn with a slow recipient domain, each until when."""
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
    UPDATE sending_mail AS mail
    SET state = 'queued', worker = NULL, lease_until = NULL, due_at = held.until,
        attempt = mail.attempt - 1  -- nobody else was told of it
    FROM unnest(%s::uuid[], %s::int[], %s::timestamptz[]) AS held(id, attempt, until), locked_mail
    WHERE mail.id = locked_mail.id AND mail.id = held.id
      AND mail.attempt = held.attempt AND mail.state = 'claimed'
"""  # noqa: S608  (our own words alone)


@transaction.atomic
def try_later(mail: Mail, reply: str, now: datetime, held_until: datetime | None = None) -> None:
    """Queue a mail again after a temporary refusal; after 24 hours of them it has bounced.

    Where its domain is held until then, mails to others may try first.
    """
    first_refused_at = mail.first_refused_at or now
    if now - first_refused_at >= GIVE_UP_AFTER:
        _bounced(mail, DeliveryKind.SOFT_BOUNCED, reply, now)
        return
    due_at = now + WAITS[min(mail.refusals, len(WAITS) - 1)]
    _settle(
        mail,
        State.QUEUED,
        reply,
        due_at=max(due_at, held_until + GIVES_WAY) if held_until else due_at,
        refusals=mail.refusals + 1,
        first_refused_at=first_refused_at,
    )
    failpoint("before_later_commit")


@transaction.atomic
def bounce(mail: Mail, reply: str, now: datetime) -> None:
    """Note that the server refused the recipient for good: the address is never mailed again."""
    _bounced(mail, DeliveryKind.HARD_BOUNCED, reply, now)


def park(mail: Mail, reply: str) -> None:
    """Set a mail aside that was refused for its own fault: trying again would not help."""
    failpoint("before_park_commit")
    _settle(mail, State.PARKED, reply, ended_at=Now())


def leave_in_doubt(held: Held, words: str, now: datetime) -> None:
    """The connection broke after the body: `rescue` decides when time has shown more."""
    failpoint("before_doubt_commit")
    _held(held).filter(state=State.HANDING_OVER).update(
        worker=None, lease_until=now + DOUBT, server_reply=words
    )


def _bounced(mail: Mail, kind: DeliveryKind, reply: str, now: datetime) -> None:
    if _settle(mail, State.BOUNCED, reply):
        key = f"smtp-{mail.attempt}"
        outcomes.note([Report(mail.id, kind, now, "smtp", reply, key)], now)
        failpoint("before_bounce_commit")


def _settle(mail: Mail, state: State, reply: str, **changes: object) -> bool:
    """Leave a definite refusal behind: what was begun did not arrive, so it does not count."""
    held = _held(mail.held)
    changes |= {"state": state, "server_reply": reply, "worker": None, "lease_until": None}
    return bool(
        held.filter(state=State.HANDING_OVER).update(**changes, handed_over=F("handed_over") - 1)
        or held.filter(state=State.CLAIMED).update(**changes)
    )


def _held(one: Held) -> WorkspaceRows[Mail]:
    return Mail.objects.filter(id=one.id, attempt=one.attempt)
