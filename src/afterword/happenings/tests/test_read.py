"""Readers: in order though commits come late, at least once, several workers in turn.

Others' transactions hold readers up, those of tests that run beside these among them: so what is
to be read is waited for.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from afterword.core.ids import new_id
from afterword.core.line import conninfo
from afterword.happenings.models import HappeningKind, Reader
from afterword.happenings.note import Happened, note
from afterword.happenings.read import begin_reading, read
from tests.factories import NOW, a_member, a_workspace
from tests.running_afterword import eventually

pytestmark = pytest.mark.django_db(transaction=True)
NEW = HappeningKind.FEEDBACK_NEW


@pytest.fixture
def workspace():
    begin_reading("reader", from_first=True)
    return a_workspace()


def happens(workspace, count: int = 1) -> list[UUID]:
    """Commit so many happenings; return their subjects."""
    subjects = [new_id() for _ in range(count)]
    with transaction.atomic():
        note([Happened(workspace.id, NEW, subject) for subject in subjects], NOW)
    return subjects


@contextmanager
def another_connection() -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo()) as other:
        yield other


def read_now(limit: int = 100, name: str = "reader", **of) -> list[UUID] | None:
    with transaction.atomic():
        told = read(name, limit, **of)
    return None if told is None else [one.subject_id for one in told]


def read_all(count: int, limit: int = 100, **of) -> list[UUID]:
    """Read until there were so many."""
    found: list[UUID] = []

    def has_enough() -> bool:
        found.extend(read_now(limit, **of) or ())
        return len(found) >= count

    eventually(has_enough, seconds=60)
    return found


def test_each_is_read_once_in_the_order_in_which_it_was_noted(workspace):
    subjects = [*happens(workspace, 5), *happens(workspace), *happens(workspace, 3)]

    assert read_all(9, limit=2) == subjects
    assert read_now() == []


def test_a_late_commit_is_not_skipped(workspace):
    late = new_id()
    with another_connection() as other:
        other.execute(
            "INSERT INTO happenings_happening (workspace_id, kind, subject_id, at) "
            "VALUES (%s, 'feedback.new', %s, %s)",
            (workspace.id, late, NOW),
        )
        [early] = happens(workspace)
        assert read_now() == []  # it has to wait for the one before it
        other.commit()

    assert read_all(2) == [late, early]


def test_an_id_that_was_given_out_early_and_written_late_is_not_skipped(workspace):
    """The transaction counts: what it writes may come after what others have committed."""
    with another_connection() as other:
        other.execute("SELECT pg_current_xact_id()")
        [between] = happens(workspace)
        late = new_id()
        other.execute(
            "INSERT INTO happenings_happening (workspace_id, kind, subject_id, at) "
            "VALUES (%s, 'feedback.new', %s, %s)",
            (workspace.id, late, NOW),
        )
        other.commit()

    assert read_all(2) == [late, between]


def test_what_was_rolled_back_is_not_read(workspace):
    with transaction.atomic():
        note([Happened(workspace.id, NEW, new_id())], NOW)
        transaction.set_rollback(True)
    subjects = happens(workspace)

    assert read_all(1) == subjects


def test_a_reader_that_dies_reads_the_same_again(workspace):
    subjects = happens(workspace, 3)

    def dies() -> list[UUID]:
        with transaction.atomic():
            told = read("reader", 2) or []
            transaction.set_rollback(True)
        return [one.subject_id for one in told]

    assert eventually(dies, seconds=60) == subjects[:2]
    assert dies() == subjects[:2]
    assert read_all(3) == subjects


def test_while_one_worker_reads_another_is_told_so(workspace):
    with another_connection() as other:
        other.execute("SELECT FROM happenings_reader WHERE name = 'reader' FOR UPDATE")

        assert read_now() is None


def test_several_workers_read_each_once(workspace):
    subjects = [subject for _ in range(20) for subject in happens(workspace, 5)]
    found: list[UUID] = []  # appended to while the reader is held, so in the order of reading

    def work(_: int) -> None:
        try:
            eventually(reads_some, seconds=60)
        finally:
            connection.close()

    def reads_some() -> bool:
        with transaction.atomic():
            found.extend(one.subject_id for one in read("reader", 7) or ())
        return len(found) >= len(subjects)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert found == subjects


def test_readers_do_not_wait_for_each_other(workspace):
    begin_reading("another", from_first=True)
    subjects = happens(workspace, 2)

    assert read_all(2, name="another") == subjects
    assert read_all(2) == subjects


def test_a_reader_may_begin_with_what_comes(workspace):
    happens(workspace, 3)
    read_all(3)  # they are settled

    begin_reading("late")
    subjects = happens(workspace)
    begin_reading("late")

    assert read_all(1, name="late") == subjects


def test_a_reader_of_a_workspace_reads_of_no_other(workspace):
    other = a_workspace()
    for one in (workspace, other):
        begin_reading("reader", one.id, from_first=True)
    happens(workspace, 3)
    subjects = happens(other, 2)

    assert read_all(2, workspace_id=other.id) == subjects
    assert read_now(workspace_id=other.id) == []
    assert len(read_all(3, workspace_id=workspace.id)) == 3
    assert len(read_all(5)) == 5


def test_a_member_sees_only_the_readers_of_their_workspace(workspace):
    member = a_member()
    for id_ in (workspace.id, member.workspace_id):
        begin_reading("reader", id_)

    assert Reader.objects.visible_to(member).get().workspace_id == member.workspace_id


def test_who_never_began_cannot_read(workspace):
    with pytest.raises(Reader.DoesNotExist):
        read_now(name="nobody")


def test_a_kind_of_a_newer_release_is_read_too(workspace):
    with another_connection() as other:
        other.execute(
            "INSERT INTO happenings_happening (workspace_id, kind, subject_id, at) "
            "VALUES (%s, 'feedback.framed', %s, %s)",
            (workspace.id, new_id(), NOW),
        )
        other.commit()

    assert len(read_all(1)) == 1


def test_a_transaction_of_ours_that_hangs_is_ended():
    with connection.cursor() as ours, another_connection() as line:
        for cursor in (ours, line.cursor()):
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            assert cursor.fetchone() == ("1min",)
