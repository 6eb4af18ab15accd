"""The sending brake: a stream whose mails bounce or are complained about stops by itself.

Looked at are the last mails of a stream, and the last that a workspace sent from one domain:
mailbox providers judge both. A person looks into it and resumes.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from afterword.core import bulk
from afterword.core.ids import new_id
from afterword.core.jobs import wake
from afterword.happenings.models import HappeningKind
from afterword.happenings.note import Happened, note
from afterword.sending.models import Brake, BrakeLevel
from afterword.sending.paused import IS_PAUSED
from afterword.sending.streams import SENDING_STREAMS
from afterword.workspaces.models import User

LAST = 1000  # mails that are looked at
# Shares are of this many mails at least, so that the first few mails cannot trip it: two
# bounces among the first fifty say little. Twenty bounces are needed to pause, at any time.
FEWEST = 500
WARN_AT = 0.02  # of the mails bounced
PAUSE_AT = 0.04  # of the mails bounced
COMPLAINTS_AT = 0.0008  # of the mails complained about
# What is looked at again: streams of which something was reported so long ago, at most.
LOOK_BACK = timedelta(hours=1)
# A claim that began before a resumption may hold surveys back after it.
STRAGGLERS = timedelta(minutes=5)

# Bounces of a stream after which whoever sends looks at it at once. A look costs as much as a
# few mails, and the clock looks too.
HEED_EVERY = 5
_heard: Counter[UUID] = Counter()  # bounces of streams that this process heard of

log = logging.getLogger(__name__)


class Rates(NamedTuple):
    """Of the last mails: how many there were, and how many of them bounced or were complained of.

    Bounces are hard and soft, and those that the mail server refused at once.
    """

    mails: int
    bounces: int
    complaints: int


class _Judged(NamedTuple):
    """A stream, or with none all that a workspace sends from a domain."""

    workspace_id: UUID
    stream_id: UUID | None
    stream_kind: str
    sender_domain: str
    rates: Rates

    @property
    def level(self) -> BrakeLevel | None:
        return judge(self.rates)


def judge(rates: Rates) -> BrakeLevel | None:
    mails = max(rates.mails, FEWEST)
    if rates.bounces >= PAUSE_AT * mails or rates.complaints >= COMPLAINTS_AT * mails:
        return BrakeLevel.PAUSED
    return BrakeLevel.WARNED if rates.bounces >= WARN_AT * mails else None


@transaction.atomic
def apply_brakes(now: datetime, stream_ids: Collection[UUID] = ()) -> int:
    """Warn of streams and domains that bounce too much, and pause them; return how many paused.

    Looks at those of which something was reported lately, and at `stream_ids`: whoever hears
    of bounces while it sends need not wait for the clock. A fixed number of queries.
    """
    _one_at_a_time()
    _release_stragglers(now)
    suspects = {*stream_ids, *_reported(now - LOOK_BACK), *_warned()}
    if not suspects:
        return 0
    judged = [*_streams(suspects), *_domains(suspects)]
    paused = _note(judged, now)
    _end_warnings(judged, now)
    return paused


def heed_bounce(stream_id: UUID, now: datetime) -> None:
    """Look at a stream at some of its bounces while it sends: a bad list stops soon."""
    _heard[stream_id] += 1
    if _heard[stream_id] % HEED_EVERY == 0:
        apply_brakes(now, [stream_id])


def resume(workspace_id: UUID, stream_id: UUID, by: User, now: datetime) -> None:
    """Let a paused stream send again, and what was held back with it; heed a warning.

    Where the whole domain was paused, the workspace's other streams go on too, but for those with
    a brake of their own. Mails sent before now are not held against them again.
    """
    with transaction.atomic():
        _one_at_a_time()
        live = Brake.objects.filter(workspace_id=workspace_id, resumed_at=None)
        about = live.filter(Q(stream_id=stream_id) | Q(stream_id=None))
        about.update(resumed_at=now, resumed_by=by)
        _release([workspace_id])
    wake("send_due")


def _one_at_a_time() -> None:
    """Hold the brake until we commit: a resumption is not undone by figures from before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('sending brake', 0))")


def _release(workspace_ids: Collection[UUID]) -> None:
    """Queue again what is held of these workspaces, though nothing pauses it any more."""
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, [list(workspace_ids)])


_RELEASE = f"""
    UPDATE sending_mail AS mail SET state = 'queued'
    WHERE workspace_id = ANY(%s) AND state = 'held' AND NOT {IS_PAUSED}
"""  # noqa: S608  (our own words alone)


def _release_stragglers(now: datetime) -> None:
    resumed = Brake.objects.filter(resumed_at__gt=now - STRAGGLERS, level=BrakeLevel.PAUSED)
    if workspaces := set(resumed.values_list("workspace_id", flat=True)):
        _release(workspaces)


def _reported(since: datetime) -> Iterable[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_REPORTED, [since])
        return [id_ for (id_,) in cursor]


_REPORTED = """
    SELECT DISTINCT mail.stream_id
    FROM surveys_deliveryevent AS event JOIN sending_mail AS mail ON mail.id = event.mail_id
    WHERE event.received_at > %s AND event.kind IN ('soft_bounced', 'hard_bounced', 'complained')
"""


def _warned() -> Iterable[UUID]:
    """The streams with a live warning, and those of workspaces that have one for a domain."""
    live = Brake.objects.filter(resumed_at=None, level=BrakeLevel.WARNED)
    rows = live.values_list("stream_id", "workspace_id")
    own = [stream_id for stream_id, _ in rows if stream_id]
    spanned = [workspace_id for stream_id, workspace_id in rows if not stream_id]
    if not spanned:
        return own
    with connection.cursor() as cursor:
        cursor.execute(_STREAMS_OF, [spanned])
        return [*own, *(id_ for _, id_, _ in cursor)]


_STREAMS_OF = f"{SENDING_STREAMS} SELECT * FROM stream WHERE workspace_id = ANY(%s)"  # noqa: S608
# The last mails of `stream`, sent or refused at once, newest first. Mails from before a person
# resumed do not count; a warning that went by itself is no reason to forget any.
_LAST = """
    CROSS JOIN LATERAL (
        SELECT coalesce(max(resumed_at), '-infinity') AS at FROM surveys_brake AS brake
        WHERE brake.workspace_id = stream.workspace_id
          AND (brake.stream_id = stream.id OR brake.stream_id IS NULL)
          AND (brake.level = 'paused' OR brake.resumed_by_id IS NOT NULL)
    ) AS resumed
    CROSS JOIN LATERAL (
        (SELECT sent_at AS at, sender, bounced_at, complained_at FROM sending_mail
         WHERE stream_id = stream.id AND sent_at > resumed.at
         ORDER BY sent_at DESC LIMIT %(last)s)
        UNION ALL
        (SELECT bounced_at, sender, bounced_at, complained_at FROM sending_mail
         WHERE stream_id = stream.id AND sent_at IS NULL AND bounced_at > resumed.at
         ORDER BY bounced_at DESC LIMIT %(last)s)
    ) AS mail
"""
_COUNTED = "count(*), count(bounced_at), count(complained_at)"
_OF_STREAMS = f"""
    {SENDING_STREAMS}
    SELECT workspace_id, id, kind, {_COUNTED}
    FROM (
        SELECT stream.*, mail.*,
               row_number() OVER (PARTITION BY stream.id ORDER BY mail.at DESC) AS place
        FROM stream {_LAST}
        WHERE stream.id = ANY(%(ids)s)
    ) AS stream
    WHERE place <= %(last)s GROUP BY 1, 2, 3
"""  # noqa: S608  (our own words alone)
# Only the domain that a workspace sends from now: nothing more comes from an earlier one. A mail
# that was refused before it had a sender was of that domain too.
_OF_DOMAINS = f"""
    {SENDING_STREAMS}
    SELECT workspace_id, domain, {_COUNTED}
    FROM (
        SELECT stream.workspace_id, mail.*, split_part(newest.sender, '@', 2) AS domain,
               row_number() OVER (PARTITION BY stream.workspace_id ORDER BY mail.at DESC) AS place
        FROM (
            SELECT DISTINCT workspace_id AS id FROM stream WHERE id = ANY(%(ids)s)
        ) AS workspace
        CROSS JOIN LATERAL (
            SELECT mail.sender FROM stream CROSS JOIN LATERAL (
                SELECT sender, sent_at FROM sending_mail
                WHERE stream_id = stream.id AND sent_at IS NOT NULL
                ORDER BY sent_at DESC LIMIT 1
            ) AS mail
            WHERE stream.workspace_id = workspace.id ORDER BY mail.sent_at DESC LIMIT 1
        ) AS newest
        JOIN stream ON stream.workspace_id = workspace.id {_LAST}
        WHERE newest.sender <> ''
          AND split_part(coalesce(nullif(mail.sender, ''), newest.sender), '@', 2)
              = split_part(newest.sender, '@', 2)
    ) AS mail
    WHERE place <= %(last)s GROUP BY 1, 2
"""  # noqa: S608  (our own words alone)


def _streams(ids: Collection[UUID]) -> list[_Judged]:
    with connection.cursor() as cursor:
        cursor.execute(_OF_STREAMS, {"ids": list(ids), "last": LAST})
        return [
            _Judged(workspace, stream, kind, "", Rates(*counts))
            for workspace, stream, kind, *counts in cursor
        ]


def _domains(stream_ids: Collection[UUID]) -> list[_Judged]:
    with connection.cursor() as cursor:
        cursor.execute(_OF_DOMAINS, {"ids": list(stream_ids), "last": LAST})
        return [
            _Judged(workspace, None, "", domain, Rates(*counts))
            for workspace, domain, *counts in cursor
        ]


_ONCE = """
    ON CONFLICT (workspace_id, stream_id, sender_domain, level) WHERE resumed_at IS NULL
    DO NOTHING RETURNING id, level
"""


def _note(judged: Sequence[_Judged], now: datetime) -> int:
    """Keep what was found, and return how many are paused by it.

    A brake that is live already keeps the figures it was set with.
    """
    rows = [
        {
            "id": new_id(),
            "workspace_id": one.workspace_id,
            "stream_id": one.stream_id,
            "stream_kind": one.stream_kind,
            "sender_domain": one.sender_domain,
            "level": one.level,
            "at": now,
            **one.rates._asdict(),
        }
        for one in judged
        if one.level
    ]
    set_now = bulk.insert(Brake, rows, _ONCE)
    for id_, _ in set_now:
        log.warning("sending brake %s is set", id_)
    paused = {id_ for id_, level in set_now if level == BrakeLevel.PAUSED}
    about = [row for row in rows if row["id"] in paused]
    kind = HappeningKind.SENDING_PAUSED
    note([Happened(row["workspace_id"], kind, row["id"]) for row in about], now)
    return len(paused)


def _end_warnings(judged: Sequence[_Judged], now: datetime) -> None:
    """A warning ends when the share has fallen again, or when it has come to a pause."""
    warned = {
        (one.workspace_id, one.stream_id, one.sender_domain)
        for one in judged
        if one.level == BrakeLevel.WARNED
    }
    live = Brake.objects.filter(resumed_at=None, level=BrakeLevel.WARNED).filter(
        Q(stream_id__in={one.stream_id for one in judged if one.stream_id})
        | Q(stream_id=None, workspace_id__in={one.workspace_id for one in judged})
    )
    rows = live.values_list("id", "workspace_id", "stream_id", "sender_domain")
    ended = [id_ for id_, *about in rows if tuple(about) not in warned]
    Brake.objects.filter(id__in=ended).update(resumed_at=now)
