"""The second half of an import: rows become customers, in the order of their addresses."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db import connection

from afterword.core import bulk
from afterword.customers import upsert
from afterword.customers.importing.models import Import
from afterword.customers.importing.reading.row import Said
from afterword.customers.models import Customer
from afterword.customers.record import Record, stamp_of, take_over
from afterword.workspaces.models import User

AT_ONCE = 5_000  # rows
SOURCE = "CSV"
_SURVEYED = "last_surveyed_at"
_decode = msgspec.json.Decoder(Said).decode

LookUpStandings = Callable[[UUID, Collection[Record]], None]
# By address: why mail to it stops, each reason with the file's words. Returns to how many it does
# that nothing stopped for that reason.
StopMail = Callable[[UUID, Mapping[str, Mapping[str, str]], User | None, datetime], int]


class Mail(NamedTuple):
    """What `suppressions`, a later stage, does here: say what stops mail, and stop it."""

    look_up: LookUpStandings
    stop: StopMail


class TakenOver(NamedTuple):
    """What became of a batch: the address to go on after, "" at the end, and how many were what."""

    last_email: str
    new: int
    updated: int
    unchanged: int
    left_alone: int  # known already, where only new ones are wanted
    stopped: int  # addresses that get no mail from now on


def take_over_some(
    file: Import,
    after: str,
    said_at: datetime,
    now: datetime,
    mail: Mail,
) -> TakenOver:
    """Take over the next addresses, each with all its rows, within the caller's transaction.

    A fixed number of queries. New customers get what stops mail to them. What a file
    says of that counts for those who are left alone too, and whichever row of an address says so.
    """
    said, count = _next(file, after)
    known = upsert.load_locked(file.workspace_id, list(said), [])
    stops = {email: one.stops for email, one in said.items() if one.stops}
    # Before new ones are looked up, so that they are made with it; the known ones are locked.
    stopped = mail.stop(file.workspace_id, stops, file.by, now)
    records = _records(file, said, known, said_at, now)
    new = [one for one in records if one.is_new]
    changed = [one for one in records if one.is_changed and not one.is_new]
    mail.look_up(file.workspace_id, new)
    upsert.store(file.workspace_id, [*new, *changed], {}, file.by or SOURCE, now)
    _note_last_surveys([one for one in records if _SURVEYED in one.changed])
    return TakenOver(
        next(reversed(said)) if count >= AT_ONCE else "",
        len(new),
        len(changed),
        len(records) - len(new) - len(changed),
        len(said) - len(records),
        stopped,
    )


def _records(
    file: Import,
    said: Mapping[str, Said],
    known: Iterable[Record],
    said_at: datetime,
    now: datetime,
) -> list[Record]:
    """The customers as their rows say, without those who are left alone."""
    by_address = {one.email: one for one in known}
    stamp = stamp_of(said_at)
    records: list[Record] = []
    for email, what in said.items():
        record = by_address.get(email)
        if record is None:
            record = upsert.new_record(email, SOURCE, now)
        elif not file.updates:
            continue
        take_over(record, what.own, what.properties, what.tags, stamp)
        if what.surveyed_at:
            _take_last_survey(record, datetime.fromisoformat(what.surveyed_at), now)
        records.append(record)
    return records


def _take_last_survey(record: Record, at: datetime, now: datetime) -> None:
    """The later one counts: another service's, or ours."""
    at = min(at, now)
    if record.last_surveyed_at is None or record.last_surveyed_at < at:
        record.last_surveyed_at = at
        record.changed.add(_SURVEYED)
        record.is_changed = True


def _note_last_surveys(records: Collection[Record]) -> None:
    rows = [{"id": one.id, _SURVEYED: one.last_surveyed_at} for one in records]
    bulk.update(Customer, rows, (_SURVEYED,))


def _next(file: Import, after: str) -> tuple[dict[str, Said], int]:
    """Return what is said of the next customers, in the order of addresses, by how many rows."""
    found: dict[str, Said] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [file.id, after, AT_ONCE])
        for email, text in cursor:
            said = _decode(text)
            if earlier := found.get(email):
                earlier.add(said)
            else:
                found[email] = said
        return found, cursor.rowcount


# Along the index `importing_good`, to the last row of the last address.
_NEXT = """
    SELECT email, said FROM (
        SELECT email, line, said FROM importing_row
        WHERE of_id = %s AND reason = '' AND email > %s
        ORDER BY email FETCH FIRST (%s) ROWS WITH TIES
    ) AS next ORDER BY email, line
"""
