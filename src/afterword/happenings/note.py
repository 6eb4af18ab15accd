"""Note what happened, in the transaction in which it does; what nobody listens for costs no row."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import LiteralString, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from afterword.core.jobs import wake
from afterword.happenings.models import HappeningKind, Listening


class Happened(NamedTuple):
    workspace_id: UUID
    kind: HappeningKind
    subject_id: UUID


def noting(told: LiteralString) -> LiteralString:
    """Return the statement that notes what the query `told` returns: (workspace_id, kind,
    subject_id, at). It may stand in a common table expression, and so cost no query of its own.

    Who listens is read by it too. A new answer is always noted.
    """
    return f"""
        INSERT INTO happenings_happening (workspace_id, kind, subject_id, at)
        SELECT told.workspace_id, told.kind, told.subject_id, told.at FROM ({told}) AS told
        WHERE told.kind = 'feedback.new' OR EXISTS (
            SELECT FROM happenings_listening AS listening
            WHERE listening.workspace_id = told.workspace_id AND listening.kind = told.kind
        )
    """  # noqa: S608  (our own words alone)


def note(happened: Collection[Happened], now: datetime) -> None:
    """Note what happened, in this order, with one query at most.

    It is part of the caller's transaction: both become so, or neither.
    """
    assert connection.in_atomic_block
    if happened:
        columns = [list(column) for column in zip(*happened, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, [now, *columns])
        transaction.on_commit(partial(_wake_readers, happened))


def _wake_readers(happened: Collection[Happened]) -> None:
    """Wake up whoever follows up, where somebody listens. A sweep finds what is noted in SQL."""
    workspaces, kinds = {one.workspace_id for one in happened}, {one.kind for one in happened}
    if Listening.objects.filter(workspace_id__in=workspaces, kind__in=kinds).exists():
        wake("follow_up")


_NOTE = noting("""
    SELECT workspace_id, kind, subject_id, %s::timestamptz AS at
    FROM unnest(%s::uuid[], %s::text[], %s::uuid[])
         WITH ORDINALITY AS row(workspace_id, kind, subject_id, place)
    ORDER BY place
""")
