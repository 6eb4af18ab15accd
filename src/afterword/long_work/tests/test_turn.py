"""Work goes in batches: whoever dies at one, or calls it off, neither loses nor doubles a thing."""

import os
from contextlib import contextmanager

import psycopg
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from afterword import flow
from afterword.core import failpoints
from afterword.core.clock import database_now
from afterword.customers.models import Tag
from afterword.long_work import kinds
from afterword.long_work.kinds import WorkKind
from afterword.long_work.models import State
from afterword.long_work.start import cancel
from afterword.long_work.turn import MOST_ATTEMPTS, take_turn, work_once
from tests.factories import a_member
from tests.long_work import TAGGING, some_work, stored, work_until_done

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def die(monkeypatch):
    """Arm a failpoint of this process."""

    def arm(name):
        monkeypatch.setattr(failpoints, "_armed", f"{name}:exception" if name else "")
        monkeypatch.setattr(failpoints, "_reached", 0)

    yield arm
    arm("")


def made():
    return Tag.objects.count()


def test_work_is_done_in_batches_and_says_how_far_it_came():
    work = some_work(a_member(), tags=7)
    assert work.state == State.WAITING

    assert work_once()
    work = stored(work)
    assert (work.state, work.done, work.cursor, work.percent) == (State.RUNNING, 3, 3, 42)

    assert not take_turn()
    work = stored(work)
    assert (work.state, work.done, work.report, made()) == (State.DONE, 7, {"made": 7}, 7)


@pytest.mark.parametrize("line", ["before_batch_commit", "after_batch_commit"])
def test_who_dies_at_a_batch_neither_loses_nor_doubles(die, line):
    work = some_work(a_member(), tags=7)
    work_once()
    die(line)
    with pytest.raises(RuntimeError, match="failpoint"):
        work_once()
    die("")
    assert made() == stored(work).done

    work_until_done()

    assert (stored(work).state, made()) == (State.DONE, 7)


def test_a_cancelled_work_keeps_what_is_done_and_does_no_more():
    work = some_work(a_member(), tags=7)
    work_once()

    assert cancel(work, database_now())
    assert not work_once()

    assert (stored(work).state, made()) == (State.CANCELLED, 3)
    assert not cancel(work, database_now())


def test_what_has_ended_is_not_cancelled():
    work = some_work(a_member(), tags=1)
    work_until_done()

    assert not cancel(work, database_now())
    assert stored(work).state == State.DONE


def test_work_that_fails_again_and_again_is_given_up_and_holds_nobody_up(monkeypatch):
    member = a_member()

    def fail(work, now):
        raise ZeroDivisionError

    broken = WorkKind("test.broken", fail, str, lambda _: [], lambda _: ("/", ""))
    monkeypatch.setitem(kinds._kinds, broken.name, broken)
    failing = some_work(member, tags=1)
    failing.kind = broken.name
    failing.save()
    other = some_work(member, tags=7)

    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            work_until_done()
    work_until_done()

    assert stored(failing).state == State.FAILED
    assert "five times" in stored(failing).failure
    assert stored(other).state == State.DONE


def test_several_works_take_turns():
    member = a_member()
    large, small = some_work(member, tags=30), some_work(a_member(), tags=3)

    work_once()
    work_once()

    assert stored(small).state == State.DONE
    assert stored(large).done == 3


@contextmanager
def another_worker_at_it():
    with psycopg.connect(os.environ["AFTERWORD_DATABASE_URL"]) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('long_work', 11))")
        yield


def test_one_worker_at_a_time_is_at_it():
    some_work(a_member())

    with another_worker_at_it():
        assert not work_once()

    assert work_once()


def test_starting_wakes_a_worker_and_the_sweep_finds_work_whose_wake_up_was_lost():
    some_work(a_member())
    jobs = ProcrastinateJob.objects.filter(task_name="long_work")
    assert jobs.count() == 1
    jobs.delete()

    flow.sweep(database_now())

    assert jobs.count() == 1


def test_the_kind_is_known_by_its_name():
    assert kinds.kind_of(some_work(a_member())) is TAGGING
