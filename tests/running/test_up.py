"""`afterword up`, for real: refusals, crashes and clean ends."""

import os
import shutil
import signal
import socket
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from afterword.running.places import SYSTEM_FOLDER, cluster_of
from afterword.running.postgres import running_url
from tests.migrated import give_tables
from tests.running.conftest import Up, forget, wait_until

SECONDS_TO_START_AGAIN = 8  # of the processor; on the clock of a quiet machine it takes 2
Start = Callable[..., Up]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL to another user")


def test_a_second_one_on_the_same_folder_is_refused_at_once(shared_up: Up):
    started = time.monotonic()
    second = shared_up.command("up")

    assert second.returncode == 1
    assert "running already" in second.stderr
    assert time.monotonic() - started < 10  # it does not wait for the first
    assert shared_up.answers()


def test_a_port_in_use_is_refused(start: Start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = "{}:{}".format(*taken.getsockname())
        up = start("port", AFTERWORD_BIND=address)

        assert up.process.wait(20) == 1

    assert f"{address} is in use" in up.said()


def test_wrong_settings_are_named_without_a_traceback(start: Start):
    up = start("wrong", AFTERWORD_URL="nonsense", AFTERWORD_WORKERS="2")

    assert up.process.wait(20) == 2
    assert len(up.said().splitlines()) == 2
    assert "AFTERWORD_URL:" in up.said()
    assert "AFTERWORD_WORKERS:" in up.said()


def test_other_commands_find_its_database(shared_up: Up):
    found = shared_up.command("migrate")

    assert found.returncode == 0, found.stderr
    assert "No migrations to apply" in found.stdout


def test_without_a_database_the_pieces_say_what_to_do(shared_up: Up, room: Path):
    shared_up.environment["AFTERWORD_DATA"] = str(room / "nothing-here")
    try:
        found = shared_up.command("worker")
    finally:
        shared_up.environment["AFTERWORD_DATA"] = str(shared_up.data)

    assert found.returncode == 1
    assert "start `afterword up` or set AFTERWORD_DATABASE_URL" in found.stderr


@pytest.mark.parametrize("name", ["web", "worker"])
def test_what_is_killed_is_started_again_and_logged(shared_up: Up, name: str):
    shared_up.kill(name)

    wait_until(shared_up.answers)


def test_a_killed_postgres_is_survived(shared_up: Up):
    url = running_url(shared_up.data)
    assert url is not None
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (at int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        shared_up.kill("postgres")

    wait_until(lambda: running_url(shared_up.data))

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT at FROM kept").fetchone() == (1,)
    wait_until(lambda: shared_up.child("worker"))
    wait_until(shared_up.answers)


def test_nothing_outlives_a_stop_or_a_killed_supervisor_and_the_next_start_is_quick(start: Start):
    up = start("ended").wait_ready()

    os.killpg(up.process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does

    assert up.process.wait(20) == 0
    assert up.meet() == set()
    assert "database system is shut down" in up.said()

    second = start("ended").wait_ready()
    assert second.processor_seconds() < SECONDS_TO_START_AGAIN

    second.process.kill()
    second.process.wait()

    third = start("ended")  # at once, while the old PostgreSQL may still be ending
    wait_until(lambda: not second.meet())
    third.wait_ready()
    third.process.terminate()
    assert third.process.wait(20) == 0
    assert third.meet() == set()


def test_a_database_that_may_forget_is_refused_by_name(start: Start, room: Path):
    data = room / "forgetful"
    give_tables(data)
    off = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"
    with (cluster_of(data) / "postgresql.conf").open("a") as settings:
        settings.write(off)

    up = start("forgetful")

    assert up.process.wait(20) == 1
    for name in ("fsync = off", "full_page_writes = off", "synchronous_commit = off"):
        assert name in up.said()
    wait_until(lambda: not up.meet())


@as_root
def test_below_a_closed_folder_roots_postgres_lives_apart_and_no_permission_changes(start: Start):
    home = Path(tempfile.mkdtemp())
    data = home / "data"
    data.mkdir(mode=0o700)
    try:
        up = start(data, has_tables=False)
        wait_until(lambda: running_url(data))

        assert cluster_of(data).is_relative_to(SYSTEM_FOLDER / "instances")
        postgres = up.child("postgres")
        assert postgres is not None
        assert postgres.uids().real != 0
        assert [stat.S_IMODE(each.stat().st_mode) for each in (home, data)] == [0o700, 0o700]
        url = running_url(data)
        assert url is not None
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        up.end()
    finally:
        forget(data)
        shutil.rmtree(home)


def test_a_path_too_long_for_a_socket_is_no_obstacle(start: Start):
    up = start("long-" * 20)
    wait_until(lambda: running_url(up.data))

    url = running_url(up.data)
    assert url is not None
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    sockets = Path(parse_qs(urlsplit(url).query)["host"][0])
    assert sockets.parent == Path(tempfile.gettempdir())
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    up.end()
    sockets.rmdir()
