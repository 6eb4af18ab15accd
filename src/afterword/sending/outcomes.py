"""What became of a mail after the hand-over, from whatever reports it: noted once, in any order.

The columns of a mail are what its delivery events say together, so the order in which reports
arrive, and how often each does, makes no difference.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import compress
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from afterword.core import bulk
from afterword.core.ids import new_id
from afterword.core.text import one_line
from afterword.happenings.note import Happened
from afterword.happenings.note import note as note_happenings
from afterword.sending.kinds import First, happened, kind_called
from afterword.sending.models import DeliveryEvent, DeliveryKind
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import Stop, suppress_all

WORDS_LIMIT = 1000
MOST_REPORTS = 1_000  # about one mail: whoever has it can make up bounces of it
SOFT_BOUNCES = 3  # of the last mails sent to an address, in a row, suppress it

# Who says so, for the page of suppressions.
_HOW = {"smtp": "mail server's answer", "report": "delivery report", "webhook": "mail provider"}
_REASONS = {
    DeliveryKind.HARD_BOUNCED: SuppressionReason.HARD_BOUNCED,
    DeliveryKind.COMPLAINED: SuppressionReason.COMPLAINED,
    DeliveryKind.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBED,
}


class Report(NamedTuple):
    """One thing said about a mail.

    `source` is smtp, report, webhook, pixel or link; `key` tells it from others about the same
    mail, however often it is repeated.
    """

    mail_id: UUID
    kind: DeliveryKind
    at: datetime
    source: str
    words: str
    key: str


class _Mail(NamedTuple):
    workspace_id: UUID | None
    recipient: str
    created_at: datetime
    kind: str
    reports: int


class _Fresh(NamedTuple):
    """A report that had not been heard before."""

    mail_id: UUID
    kind: DeliveryKind
    source: str
    words: str


@transaction.atomic
def note(reports: Sequence[Report], now: datetime) -> int:
    """Note the reports; return how many were new. Those about no mail of ours are passed over.

    Mails are locked in the order of their keys, then what their kinds keep of them, then customers
    in the order of theirs. A change to `bounced` ends the worker's hold: what it says afterwards
    changes nothing.
    """
    if not reports:
        return 0
    mails = _lock({report.mail_id for report in reports})
    fresh = _insert(reports, mails, now)
    if fresh:
        became = _update({report.mail_id for report in fresh}, now)
        _tell_kinds({report.mail_id for report in fresh}, mails, now)
        note_happenings(became, now)
        suppress_all([*_stops(fresh, mails), *_soft_stops(fresh, mails)], now)
    return len(fresh)


def _lock(ids: Collection[UUID]) -> dict[UUID, _Mail]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(ids)])
        return {id_: _Mail(*rest) for id_, *rest in cursor}


_LOCK = """
    SELECT id, workspace_id, recipient, created_at, kind,
        (SELECT count(*) FROM surveys_deliveryevent WHERE mail_id = sending_mail.id)
    FROM sending_mail WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""


def _insert(reports: Sequence[Report], mails: Mapping[UUID, _Mail], now: datetime) -> list[_Fresh]:
    known = [
        report
        for report in reports
        if (mail := mails.get(report.mail_id)) and mail.reports < MOST_REPORTS
    ]
    rows = [_row(report, mails[report.mail_id], now) for report in known]
    fresh = bulk.insert(DeliveryEvent, rows, _ONCE)
    return [
        _Fresh(UUID(str(id_)), DeliveryKind(str(kind)), str(source), str(words))
        for id_, kind, source, words in fresh
    ]


def _tell_kinds(ids: Collection[UUID], mails: Mapping[UUID, _Mail], now: datetime) -> None:
    for name in {mails[id_].kind for id_ in ids}:
        kind_called(name).heard([id_ for id_ in ids if mails[id_].kind == name], now)


_ONCE = "ON CONFLICT (mail_id, key) DO NOTHING RETURNING mail_id, kind, source, words"


def _row(report: Report, mail: _Mail, now: datetime) -> dict[str, object]:
    """Reporters' clocks may be wrong: nothing happens before the mail is made, or after now."""
    return {
        "id": new_id(),
        "workspace_id": mail.workspace_id,
        "mail_id": report.mail_id,
        "kind": report.kind,
        "at": max(min(report.at, now), mail.created_at),
        "received_at": now,
        "source": report.source,
        "words": one_line(report.words[: 2 * WORDS_LIMIT])[:WORDS_LIMIT],
        "key": report.key,
    }


def _update(ids: Collection[UUID], now: datetime) -> list[Happened]:
    """Bring the columns up to date, and return what became so by it."""
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [list(ids), now])
        return [
            one
            for kind, id_, workspace_id, *are_new in cursor
            for one in happened(kind, id_, workspace_id, compress(First, are_new))
        ]


# A bounce proves that a mail which was handed over, or may have been, went out; whatever else is
# reported proves that it arrived. So neither is sent again. `handed_over` is 0 for what a server
# refused or nobody has handed over yet.
_UPDATE = """
    WITH told AS (
        SELECT mail_id,
            min(at) FILTER (WHERE kind = 'delivered') AS delivered_at,
            min(at) FILTER (WHERE kind = 'complained') AS complained_at,
            min(at) FILTER (WHERE kind IN ('hard_bounced', 'soft_bounced')) AS bounced_at,
            bool_or(kind = 'hard_bounced') AS is_hard,
            (array_agg(words ORDER BY kind, at, key)
                FILTER (WHERE kind IN ('hard_bounced', 'soft_bounced') AND words <> ''))[1]
                AS words,
            bool_or(kind NOT IN ('hard_bounced', 'soft_bounced', 'delayed')) AS arrived
        FROM surveys_deliveryevent WHERE mail_id = ANY(%s) GROUP BY mail_id
    ), decided AS (
        SELECT told.*, was_sent_at, was_bounced_at, was_complained_at, CASE
            WHEN bounced_at IS NULL THEN CASE
                WHEN arrived AND handed_over > 0 AND state IN ('queued', 'held', 'parked')
                THEN 'sent' ELSE state END
            WHEN state IN ('sent', 'handing_over', 'bounced') THEN 'bounced'
            WHEN handed_over > 0 AND state IN ('queued', 'held', 'claimed', 'parked')
            THEN 'bounced' ELSE state END AS state
        FROM told JOIN (
            SELECT id, state, handed_over, sent_at AS was_sent_at, bounced_at AS was_bounced_at,
                complained_at AS was_complained_at
            FROM sending_mail
        ) AS mail ON mail.id = told.mail_id
    )
    UPDATE sending_mail AS mail
    SET delivered_at = least(mail.delivered_at, decided.delivered_at),
        complained_at = least(mail.complained_at, decided.complained_at),
        bounced_at = least(mail.bounced_at, decided.bounced_at),
        bounce = CASE WHEN decided.bounced_at IS NULL THEN mail.bounce
            WHEN decided.is_hard OR mail.bounce = 'hard' THEN 'hard' ELSE 'soft' END,
        server_reply = coalesce(decided.words, mail.server_reply),
        state = decided.state,
        sent_at = CASE
            WHEN decided.state IN ('sent', 'bounced') AND mail.handed_over > 0
            THEN coalesce(mail.sent_at, %s) ELSE mail.sent_at END,
        ended_at = CASE WHEN decided.state = mail.state THEN mail.ended_at END,
        worker = CASE WHEN decided.state IN ('sent', 'bounced') THEN NULL ELSE mail.worker END,
        lease_until = CASE
            WHEN decided.state IN ('sent', 'bounced') THEN NULL ELSE mail.lease_until END
    FROM decided WHERE mail.id = decided.mail_id
    RETURNING mail.kind, mail.id, mail.workspace_id,
        was_sent_at IS NULL AND mail.sent_at IS NOT NULL,
        was_bounced_at IS NULL AND mail.bounced_at IS NOT NULL,
        was_complained_at IS NULL AND mail.complained_at IS NOT NULL
"""


def _stops(fresh: Sequence[_Fresh], mails: Mapping[UUID, _Mail]) -> list[Stop]:
    return [
        _stop(report, workspace_id, mails[report.mail_id].recipient, _REASONS[report.kind])
        for report in fresh
        if report.kind in _REASONS and (workspace_id := mails[report.mail_id].workspace_id)
    ]


def _soft_stops(fresh: Sequence[_Fresh], mails: Mapping[UUID, _Mail]) -> list[Stop]:
    """A person who lets an address go again gives it three new mails."""
    soft = {
        (workspace_id, mails[report.mail_id].recipient): report
        for report in fresh
        if report.kind == DeliveryKind.SOFT_BOUNCED
        and (workspace_id := mails[report.mail_id].workspace_id)
    }
    if not soft:
        return []
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*soft, strict=True)]
        cursor.execute(_SOFT_IN_A_ROW, [*columns, SOFT_BOUNCES, SOFT_BOUNCES])
        return [
            _stop(soft[id_, recipient], id_, recipient, SuppressionReason.SOFT_BOUNCED)
            for id_, recipient in cursor
        ]


_SOFT_IN_A_ROW = """
    SELECT asked.workspace_id, asked.recipient
    FROM unnest(%s::uuid[], %s::text[]) AS asked(workspace_id, recipient)
    CROSS JOIN LATERAL (
        SELECT mail.bounce, coalesce(mail.sent_at, mail.bounced_at) AS at
        FROM sending_mail AS mail
        WHERE mail.workspace_id = asked.workspace_id AND mail.recipient = asked.recipient
          AND coalesce(mail.sent_at, mail.bounced_at) IS NOT NULL
        ORDER BY at DESC, mail.id DESC LIMIT %s
    ) AS last
    GROUP BY 1, 2
    HAVING count(*) = %s AND bool_and(last.bounce = 'soft') AND NOT EXISTS (
        SELECT FROM customers_suppression AS released
        WHERE released.workspace_id = asked.workspace_id AND released.pattern = asked.recipient
          AND released.reason = 'soft_bounced' AND released.ended_at > min(last.at)
    )
"""


def _stop(report: _Fresh, workspace_id: UUID, recipient: str, reason: SuppressionReason) -> Stop:
    how = _HOW.get(report.source, report.source)
    return Stop(workspace_id, recipient, reason, how, note=report.words, survey_id=report.mail_id)
