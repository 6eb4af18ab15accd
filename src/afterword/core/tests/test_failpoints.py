import os
import subprocess
import sys
import threading
from pathlib import Path
from socketserver import StreamRequestHandler, UnixStreamServer

PROGRAM = """
from afterword.core.failpoints import failpoint
for number in range(3):
    print(number, flush=True)
    failpoint("here")
    failpoint("there")
"""


def run(**environment: str) -> "subprocess.CompletedProcess[str]":
    own = {name: value for name, value in os.environ.items() if not name.startswith("FAILPOINT")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**own, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_fails_that_nobody_armed():
    assert run().stdout.split() == ["0", "1", "2"]


def test_a_process_is_killed_where_it_was_told_to_be():
    done = run(FAILPOINT="there:kill")

    assert (done.returncode, done.stdout.split()) == (-9, ["0"])


def test_it_happens_the_time_that_was_told():
    assert run(FAILPOINT="here:kill:3").stdout.split() == ["0", "1", "2"]


def test_an_exception_is_raised():
    assert "RuntimeError: the failpoint here" in run(FAILPOINT="here:exception").stderr


def test_another_point_does_nothing():
    assert run(FAILPOINT="elsewhere:kill").returncode == 0


def test_the_listener_is_told_once_and_waited_for(tmp_path: Path):
    heard: list[bytes] = []

    class Hearing(StreamRequestHandler):
        def handle(self) -> None:
            heard.append(self.rfile.readline())
            self.wfile.write(b".")

    with UnixStreamServer(str(tmp_path / "listener"), Hearing) as server:
        listening = threading.Thread(target=server.serve_forever)
        listening.start()
        done = run(FAILPOINT="here:database_gone:2", FAILPOINT_SOCKET=str(tmp_path / "listener"))
        server.shutdown()
        listening.join()

    assert done.stdout.split() == ["0", "1", "2"]
    assert heard == [b"here database_gone\n"]
