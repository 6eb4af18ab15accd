"""Events that wait for an address: kept, found when their ids are spoken of, let go of in time.

Whoever reads or changes them holds the workspace's inbox (`take_up.lock_inbox`).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from afterword.core import bulk
from afterword.events.models import WaitingCall
from afterword.events.sources.segment.payload import read_call
from afterword.events.take_up import Taken


def keep(workspace_id: UUID, calls: Iterable[Taken], until: datetime) -> None:
    """Let these wait, each with the text of its call."""
    bulk.insert(
        WaitingCall,
        [
            {
                "id": taken.id,
                "workspace_id": workspace_id,
                "user_id": taken.call.user_id,
                "anonymous_id": taken.call.anonymous_id,
                "token_id": taken.token_id,
                "is_trusted": taken.is_trusted,
                "received_at": taken.received_at,
                "body": taken.body,
                "envelope": taken.envelope,
                "until": until,
            }
            for taken in calls
        ],
    )


def find(workspace_id: UUID, ids: Collection[str], now: datetime, limit: int) -> list[Taken]:
    """Return those whose ids are among these, and up to `limit` whose time is up; oldest first."""
    wanted = list(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            _FIND, [workspace_id, wanted, workspace_id, wanted, workspace_id, now, limit]
        )
        return [
            Taken(
                read_call(body, envelope, received_at),
                token_id,
                is_trusted,
                received_at,
                body,
                envelope,
                id=id_,
                waits_until=until,
            )
            for id_, body, envelope, token_id, is_trusted, received_at, until in cursor
        ]


_FIND = """
    WITH found AS (
        SELECT id FROM events_waitingcall
        WHERE workspace_id = %s AND user_id <> '' AND user_id = ANY(%s)
        UNION
        SELECT id FROM events_waitingcall
        WHERE workspace_id = %s AND anonymous_id <> '' AND anonymous_id = ANY(%s)
        UNION
        (SELECT id FROM events_waitingcall WHERE workspace_id = %s AND until <= %s
         ORDER BY until LIMIT %s)
    )
    SELECT id, body, envelope, token_id, is_trusted, received_at, until
    FROM found JOIN events_waitingcall USING (id)
    ORDER BY received_at, id
"""


def let_go(calls: Iterable[Taken]) -> None:
    """Remove those that wait no more."""
    if ids := [taken.id for taken in calls]:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM events_waitingcall WHERE id = ANY(%s)", [ids])
