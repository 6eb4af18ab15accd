"""Read happenings: each at least once, in order, by several workers in turn.

The order is that of (transaction, id), and only what is older than every transaction that still
runs is read. Ids alone would not do: one that was given out first may be committed last, when the
reader is past it.
"""

from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from django.db import connection

from afterword.happenings.models import Reader


class Told(NamedTuple):
    """A happening as a reader gets it. A newer release may have written kinds unknown to us."""

    id: int
    workspace_id: UUID
    kind: str
    subject_id: UUID
    at: datetime


def begin_reading(name: str, workspace_id: UUID | None = None, *, from_first: bool = False) -> None:
    """Let a reader read from now on, or all that is kept; one that reads already goes on.

    Without a workspace it reads of all.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [name, workspace_id, not from_first])


def read(name: str, limit: int, workspace_id: UUID | None = None) -> list[Told] | None:
    """Return what comes next, and count it as read once the caller's transaction commits.

    None where another worker reads: who holds the reader looks again after its commit. Keep the
    transaction short, as others' reading waits for it: note what is to be done, and do it after.
    """
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [name, workspace_id])
        reader = cursor.fetchone()
        if reader is None:
            _must_exist(name, workspace_id)
            return None
        id_, *place = reader
        cursor.execute(_NEXT, [*place, workspace_id, workspace_id, limit, id_])
        return [Told(*row) for row in cursor]


def is_behind(name: str, workspace_id: UUID | None = None) -> bool:
    """Whether something happened that the reader has not read, be it readable yet or not."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_BEHIND, [name, workspace_id])
        [is_so] = cursor.fetchone() or [False]
        return bool(is_so)


def _must_exist(name: str, workspace_id: UUID | None) -> None:
    readers = Reader.objects.filter(name=name, workspace_id__isnull=workspace_id is None)
    (readers.filter(workspace_id=workspace_id) if workspace_id else readers).get()


# Whatever is older is committed and seen, or rolled back.
_SETTLED: LiteralString = "transaction < pg_snapshot_xmin(pg_current_snapshot())"
_BEGIN = f"""
    INSERT INTO happenings_reader (name, workspace_id, read_transaction, read_id)
    SELECT %s, %s, coalesce(newest.transaction, '0'), coalesce(newest.id, 0)
    FROM (SELECT) AS one LEFT JOIN (
        SELECT transaction, id FROM happenings_happening
        WHERE {_SETTLED} AND %s ORDER BY transaction DESC, id DESC LIMIT 1
    ) AS newest ON true
    ON CONFLICT (workspace_id, name) DO NOTHING
"""  # noqa: S608  (our own words alone)
_LOCK = """
    SELECT id, read_transaction, read_id FROM happenings_reader
    WHERE name = %s AND workspace_id IS NOT DISTINCT FROM %s FOR UPDATE SKIP LOCKED
"""
_IS_BEHIND: LiteralString = """
    SELECT EXISTS (
        SELECT FROM happenings_happening AS happening
        WHERE (happening.transaction, happening.id) > (reader.read_transaction, reader.read_id)
          AND happening.workspace_id = coalesce(reader.workspace_id, happening.workspace_id)
    )
    FROM happenings_reader AS reader
    WHERE name = %s AND workspace_id IS NOT DISTINCT FROM %s
"""
_NEXT = f"""
    WITH next AS (
        SELECT * FROM happenings_happening
        WHERE (transaction, id) > (%s::xid8, %s) AND {_SETTLED}
          AND (%s::uuid IS NULL OR workspace_id = %s)
        ORDER BY transaction, id LIMIT %s
    ), moved AS (
        UPDATE happenings_reader AS reader
        SET read_transaction = last.transaction, read_id = last.id
        FROM (SELECT transaction, id FROM next ORDER BY transaction DESC, id DESC LIMIT 1) AS last
        WHERE reader.id = %s
    )
    SELECT id, workspace_id, kind, subject_id, at FROM next ORDER BY transaction, id
"""  # noqa: S608  (our own words alone)
