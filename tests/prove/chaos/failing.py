"""A worker that fails at one named point, and the accounts afterwards: many such runs at once.

`python -m tests.prove.chaos.failing` does the whole matrix. Each run has its own database, its own
port of the mail server, and one worker, which is started again unarmed when it has died.
"""

import shutil
import socketserver
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import psycopg

from tests.prove.chaos.account import ROWS, Row, compare
from tests.prove.chaos.mail_server import MailServer, mail_server
from tests.prove.chaos.points import matrix
from tests.prove.chaos.postgres import OwnPostgres, own_postgres, run
from tests.prove.chaos.prepare import Wanted, addresses
from tests.prove.chaos.sink import Manners
from tests.prove.chaos.storm import LOOK, a_room, let_time_pass, prepared
from tests.prove.chaos.workers import WORKER, Worker, environment

SECONDS_TO_CALM = 150
AT_ONCE = 16  # for two cores
WANTED = Wanted(
    surveys=22,
    seed=5,
    bad=0.3,
    ways=("rcpt-4xx", "dot-4xx", "rcpt-5xx", "dot-5xx", "hang-up-dropped", "hang-up-taken"),
    event="ordered@d1.example",
    unsubscribed=True,
    abandoned=2,
    spared=4,
)
NOT_SENT = UNSUBSCRIBED, WITH_SECOND_THOUGHTS = addresses(WANTED)[0], addresses(WANTED)[3]
# Unsubscribes somebody in the moment in which their survey is claimed: only `begin` can hear it.
SECOND_THOUGHTS = f"""
    CREATE FUNCTION unsubscribe() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO customers_suppression
            (id, workspace_id, pattern, reason, at, how, note, category, ended_how, ended_note)
        VALUES (gen_random_uuid(), new.workspace_id, new.recipient, 'unsubscribed', now(), 'link',
                '', '', '', '')
        ON CONFLICT DO NOTHING;
        UPDATE customers_customer SET unsubscribed_at = now() WHERE id = new.customer_id;
        RETURN new;
    END $$;
    CREATE TRIGGER second_thoughts AFTER UPDATE ON sending_mail FOR EACH ROW
    WHEN (new.state = 'claimed' AND new.recipient = '{WITH_SECOND_THOUGHTS}')
    EXECUTE FUNCTION unsubscribe();
"""
# So often that a worker has to give surveys back, where that is what is tried.
BAD_CONNECTIONS = {"before_put_back": 0.4}
EXPIRE = """
    UPDATE sending_mail SET lease_until = now() - interval '1 second'
    WHERE state IN ('claimed', 'handing_over') AND lease_until > now()
"""
TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = %s AND pid <> pg_backend_pid()
"""


class Verdict(NamedTuple):
    """What one run came to; nothing in `failures` if all is well."""

    point: str
    action: str
    failures: list[str]
    doubled: int
    seconds: float


class Referee(socketserver.ThreadingUnixStreamServer):
    """Hears that the point was reached, and does what the process can't do to itself."""

    daemon_threads = True

    def __init__(self, path: Path, run: "Run") -> None:
        super().__init__(str(path), _Hearing)
        self.run = run
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}).start()


class _Hearing(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        said = self.rfile.readline().decode().split()
        assert isinstance(self.server, Referee)
        self.server.run.hear(*said)
        self.wfile.write(b".")


class Run:
    """One point, one action."""

    def __init__(
        self,
        number: int,
        wanted: tuple[str, str],
        room: Path,
        postgres: OwnPostgres,
        server: MailServer,
    ) -> None:
        self.point, self.action = point, action = wanted
        self._number, self._postgres, self._server = number, postgres, server
        self._database = f"run_{number}"
        self.was_reached = False
        self._url = postgres.copy(self._database)
        folder = room / f"run-{number}"
        folder.mkdir()
        self._referee = Referee(folder / "referee", self)
        unarmed = environment(folder / "data", self._url, server.url(number))
        armed = {
            **unarmed,
            "FAILPOINT": f"{point}:{action}",
            "FAILPOINT_SOCKET": str(folder / "referee"),
        }
        self.worker = Worker(f"{point}-{action}", WORKER, armed, folder)
        self.worker.environment = unarmed  # of those that come after it
        self._log = folder / f"{point}-{action}.log"
        self._began = time.monotonic()
        self.verdict: Verdict | None = None

    def hear(self, point: str, action: str) -> None:
        self.was_reached = True
        if action == "database_gone":
            run(self._postgres.address_of("postgres"), TERMINATE, self._database)
        elif action == "server_gone":
            self._server.hang_up(self._number)

    def step(self) -> None:
        """Look after the worker; come to a verdict when all is where it will stay."""
        if self.worker.process.poll() is not None:
            run(self._url, EXPIRE)  # nobody lives who could hold anything
        self.worker.tend()
        if not self._is_calm() and time.monotonic() - self._began < SECONDS_TO_CALM:
            return
        self.worker.end(at_once=True)  # how it ends is not what is tried
        self._referee.shutdown()
        self._referee.server_close()
        self.verdict = self._judge()
        run(self._postgres.address_of("postgres"), f"DROP DATABASE {self._database} WITH (FORCE)")

    def _is_calm(self) -> bool:
        if not self.was_reached:
            return False
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                left = let_time_pass(connection, may=True)
                [inbox] = connection.execute("SELECT count(*) FROM events_inboxitem")
        except psycopg.OperationalError:
            return False
        return not any(left.values()) and not any(inbox)

    def _judge(self) -> Verdict:
        put_in = addresses(WANTED)
        rows = [Row(*row) for row in run(self._url, ROWS)]
        copies = self._server.accounts[self._number].copies()
        findings = compare([*put_in, WANTED.event], copies, rows, not_sent=NOT_SENT)
        # A database that goes away is no reason to send anything twice.
        failures = findings.failures(0 if self.action == "database_gone" else len(put_in))
        if not self.was_reached:
            failures.append("the point was never reached")
        seconds = time.monotonic() - self._began
        return Verdict(self.point, self.action, failures, len(findings.doubled), seconds)

    def said(self) -> str:
        return self._log.read_text()[-3000:]


def fail_at(wanted: Sequence[tuple[str, str]], room: Path) -> list[Verdict]:
    """Do these runs, AT_ONCE at a time; the log of each that failed stays in `room`."""
    verdicts: list[Verdict] = []
    shares = tuple(BAD_CONNECTIONS.get(point, 0.0) for point, _ in wanted)
    manners = Manners(str(room), listeners=len(wanted), bad_connections=shares)
    with own_postgres(room) as postgres, mail_server(manners) as server:
        prepared(postgres, room / "data", WANTED)
        run(postgres.url, SECOND_THOUGHTS)
        waiting = list(enumerate(wanted))
        runs: list[Run] = []
        with ExitStack() as ending:
            while waiting or runs:
                while waiting and len(runs) < AT_ONCE:
                    runs.append(Run(*waiting.pop(0), room, postgres, server))
                    ending.callback(runs[-1].worker.end, at_once=True)
                for each in runs:
                    each.step()
                verdicts += [each.verdict for each in runs if each.verdict]
                runs = [each for each in runs if not each.verdict]
                time.sleep(LOOK)
    return verdicts


def in_words(verdict: Verdict) -> str:
    """One line."""
    head = f"{verdict.point:24} {verdict.action:14} {verdict.seconds:4.0f} s"
    outcome = "; ".join(verdict.failures) or "well"
    return f"{head}  {verdict.doubled} doubled  {outcome}"


def main() -> int:
    wanted = [each for each in matrix() if not sys.argv[1:] or each[0] in sys.argv[1:]]
    with a_room(keep=True) as room:
        print(f"logs: {room}", flush=True)
        verdicts = fail_at(wanted, room)
        for verdict in sorted(verdicts):
            print(in_words(verdict))
    failed = [verdict for verdict in verdicts if verdict.failures]
    print(f"{len(verdicts)} runs, {len(failed)} failed")
    if not failed:
        shutil.rmtree(room)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
