"""The embedded PostgreSQL without the rest."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from afterword.configuration import Configuration, read_configuration
from afterword.running.database_check import check_database
from afterword.running.errors import CannotRun
from afterword.running.places import cluster_of
from afterword.running.postgres import database, running_url


def at(data: Path) -> Configuration:
    return read_configuration({"AFTERWORD_DATA": str(data)})


def test_a_command_may_start_it_for_as_long_as_it_runs(room: Path):
    with database(at(room / "brief")) as url:
        check_database(url)
        with database(at(room / "brief")) as same:
            assert same == url
        with psycopg.connect(url) as connection:
            assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
            assert connection.execute("SELECT 'Á' ILIKE 'á'").fetchone() == (True,)
        with pytest.raises(CannotRun, match="Make them with `afterword migrate`"):
            check_database(url, with_tables=True)

    assert running_url(room / "brief") is None
    without = database(at(room / "brief"), start=False)
    with pytest.raises(CannotRun, match="There is no database"), without:
        pytest.fail("there is one")


def test_a_stale_pid_file_is_no_obstacle(room: Path):
    with database(at(room / "stale")):
        pid_file = (cluster_of(room / "stale") / "postmaster.pid").read_text()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        reused = pid_file.replace(pid_file.splitlines()[0], str(other.pid), 1)
        (cluster_of(room / "stale") / "postmaster.pid").write_text(reused)

        with database(at(room / "stale")) as url:
            check_database(url)


def test_a_cluster_of_another_major_version_is_left_alone(room: Path):
    cluster = cluster_of(room / "old")
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("9\n")

    with pytest.raises(CannotRun, match="made by PostgreSQL 9"), database(at(room / "old")):
        pytest.fail("it was opened")

    assert [each.name for each in cluster.iterdir()] == ["PG_VERSION"]


def test_a_half_made_cluster_is_made_anew(room: Path):
    half = room / "half" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    with database(at(room / "half")) as url:
        check_database(url)

    assert not half.exists()


def test_an_absent_server_is_a_clear_word():
    with pytest.raises(CannotRun, match="The database cannot be used"):
        check_database("postgresql:///afterword?host=/nonexistent")
