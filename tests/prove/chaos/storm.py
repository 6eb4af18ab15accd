"""Many surveys, some workers, and everything that may go wrong while they are sent."""

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil, inf
from pathlib import Path

import msgspec
import psycopg

from tests.prove.chaos.account import ROWS, Findings, Row, compare
from tests.prove.chaos.mail_server import MailServer, mail_server
from tests.prove.chaos.postgres import OwnPostgres, own_postgres, run
from tests.prove.chaos.prepare import Wanted
from tests.prove.chaos.sink import Manners
from tests.prove.chaos.ways import WAYS
from tests.prove.chaos.workers import WORKER, Worker, Workers, environment

DOUBLED, OF = 50, 230  # so many may be doubled by so many disturbances
FIRST, LAST = 0.02, 0.92  # the part of the run in which disturbances fall
LONGER_THAN_LEASE = (22.0, 28.0)  # seconds
PATIENCE = 90.0  # seconds in which something must change
CALM = 3.0  # seconds without anything left to do, after which it is over
TO_SETTLE = 150.0  # seconds from the last disturbance until nothing changes any more
SLOWEST = 200.0  # mails a second that must be reached in the end
LOOK = 0.5  # seconds between two looks at the rows


class Plan(msgspec.Struct):
    """What to do; counts are spread over the run by a draw from `seed`."""

    surveys: int = 2_000
    kills: int = 20
    restarts: int = 2  # of PostgreSQL, at once
    stops: int = 2  # of workers, for longer than their lease
    drains: int = 0  # workers asked to end, one after another
    seed: int = 1
    workers: int = 4
    bad: float = 0.04  # share of addresses with bad ways
    ways: tuple[str, ...] = tuple(WAYS)
    command: tuple[str, ...] = WORKER
    each: float = DOUBLED / OF  # doubled by a disturbance, at most
    ends_when_missed: bool = False  # end as soon as too many are doubled
    manners: Manners = msgspec.field(default_factory=lambda: Manners(folder=""))

    @property
    def most_doubled(self) -> int:
        """A drain is no disturbance, it must double nothing."""
        disturbances = self.kills + self.restarts + self.stops
        return min(DOUBLED, ceil(self.each * disturbances))


class Outcome(msgspec.Struct):
    """What a storm left behind."""

    plan: Plan
    findings: Findings
    failures: list[str]
    did: dict[str, int]
    seconds: float  # until the last mail was taken
    taken: int
    statuses: dict[int, int]  # how the workers ended


class Storm:
    """One run, in `room`."""

    def __init__(
        self, plan: Plan, room: Path, postgres: OwnPostgres, server: MailServer, put_in: list[str]
    ) -> None:
        self.plan = plan
        self.postgres = postgres
        self.server = server
        self.put_in = put_in
        self.chance = random.Random(plan.seed)
        self.did: Counter[str] = Counter()
        self._pending = self._schedule()
        self._drained: Worker | None = None
        self._kept: psycopg.Connection[tuple[int, ...]] | None = None
        more = {**server.trust, "PYTHONUNBUFFERED": "1"}
        own = environment(room / "data", postgres.url, server.url(), **more)
        self.workers = Workers(
            plan.workers, lambda number: Worker(f"worker-{number}", plan.command, own, room)
        )

    def _schedule(self) -> list[tuple[int, str]]:
        """Return after how many mails to do what, the last first."""
        plan = self.plan
        acts = {
            "kill": plan.kills,
            "restart": plan.restarts,
            "stop": plan.stops,
            "drain": plan.drains,
        }
        span = (LAST - FIRST) * plan.surveys
        found = [
            (round(FIRST * plan.surveys + span * (place + self.chance.random()) / count), act)
            for act, count in acts.items()
            for place in range(count)
        ]
        return sorted(found, reverse=True)

    def run(self, say: Callable[[str], None]) -> Outcome:
        began = time.monotonic()
        try:
            self._until_calm(say)
        finally:
            self.workers.end()
            if self._kept:
                self._kept.close()
        copies = self.server.accounts[0].copies()
        rows = [Row(*row) for row in run(self.postgres.url, ROWS)]
        findings = compare(self.put_in, copies, rows)
        failures = findings.failures(self.plan.most_doubled)
        if self._pending:
            failures.append(f"{len(self._pending)} disturbances found no worker at work")
        ended = max((copy.at for copy in copies), default=began)
        statuses = Counter(one for worker in self.workers.places for one in worker.statuses)
        return Outcome(
            self.plan,
            findings,
            failures,
            dict(self.did),
            ended - began,
            len(copies),
            dict(statuses),
        )

    def _until_calm(self, say: Callable[[str], None]) -> None:
        changed = calm_since = time.monotonic()
        looked, seen = 0.0, None
        ends = inf
        while time.monotonic() < min(changed + PATIENCE, ends):
            self.workers.tend()
            taken = self.server.accounts[0].count()
            self._disturb_after(taken)
            if not self._pending:
                ends = min(ends, time.monotonic() + TO_SETTLE + self.plan.surveys / SLOWEST)
            if time.monotonic() - looked > LOOK:
                looked = time.monotonic()
                rows = self._look()
                say(f"{taken} of {len(self.put_in)} taken, {dict(self.did)}, {rows}")
                if not rows or any(rows.values()) or not self.workers.are_awake:
                    calm_since = looked
                if looked - calm_since > CALM:  # whoever woke up has had time to do harm
                    return
                if self.plan.ends_when_missed and self._is_missed():
                    return
                if (taken, rows) != seen:
                    seen, changed = (taken, rows), time.monotonic()
            time.sleep(0.02)

    def _is_missed(self) -> bool:
        counts = Counter(copy.recipient for copy in self.server.accounts[0].copies())
        return sum(count > 1 for count in counts.values()) > self.plan.most_doubled

    def _disturb_after(self, taken: int) -> None:
        """Do what is to be done after so many mails, as far as it can be done now."""
        while self._pending and taken >= self._pending[-1][0]:
            if not self._act(self._pending[-1][1]):
                return
            self._pending.pop()

    def _act(self, act: str) -> bool:
        """Do it if it can be done now."""
        if act == "restart":
            self.postgres.stop_at_once_and_start()
        else:
            worker = self.workers.one_at_work(self.server.ports[0], self.chance)
            if worker is None or not self._disturb(act, worker):
                return False
        self.did[act] += 1
        return True

    def _disturb(self, act: str, worker: Worker) -> bool:
        time.sleep(self.chance.random() * 0.05)  # anywhere in what it does
        if act == "kill":
            worker.kill()
        elif act == "stop":
            worker.pause(self.chance.uniform(*LONGER_THAN_LEASE))
        elif self._drained and not self._drained.is_back():
            return False
        else:
            worker.ask_to_end()
            self._drained = worker
        return True

    def _look(self) -> dict[str, int]:
        """Return how many rows are not where they will stay; empty while the database is away."""
        try:
            if self._kept is None or self._kept.closed:
                self._kept = psycopg.connect(self.postgres.url, autocommit=True)
            return let_time_pass(self._kept, may=not self._pending)
        except psycopg.OperationalError:
            self._kept = None
            return {}


# The domains of which surveys may stay queued.
STAYING = [f"%@{name}.example" for name, way in WAYS.items() if "queued" in way.states]
LEFT = """
    SELECT count(*) FILTER (WHERE state IN ('claimed', 'handing_over') AND worker IS NOT NULL),
           count(*) FILTER (WHERE state IN ('claimed', 'handing_over') AND worker IS NULL),
           count(*) FILTER (WHERE state = 'queued' AND due_at <= now()),
           count(*) FILTER (
               WHERE state = 'queued' AND due_at > now() AND recipient NOT LIKE ALL (%s))
    FROM sending_mail
    WHERE state IN ('claimed', 'handing_over', 'queued')
"""
PASS_DOUBT = """
    UPDATE sending_mail SET lease_until = now() - interval '1 second'
    WHERE state = 'handing_over' AND worker IS NULL AND lease_until > now()
"""
PASS_WAIT = """
    UPDATE sending_mail SET due_at = now()
    WHERE state = 'queued' AND due_at > now() AND recipient NOT LIKE ALL (%s)
"""


def let_time_pass(connection: psycopg.Connection[tuple[int, ...]], *, may: bool) -> dict[str, int]:
    """Return how many rows are not where they will stay.

    Where only time is missing, it passes: for mails in doubt, and for those that were refused for
    a while by draw, not by their address. Never for what somebody holds.
    """
    [counts] = connection.execute(LEFT, [STAYING])
    found = dict(zip(("held", "in doubt", "due", "later"), counts, strict=True))
    if may and not found["held"] and not found["due"]:
        connection.execute(PASS_DOUBT)
        connection.execute(PASS_WAIT, [STAYING])
    return found


def prepared(postgres: OwnPostgres, data: Path, wanted: Wanted) -> list[str]:
    """Make the surveys; return their addresses."""
    own = environment(data, postgres.url, "mailbox:", DJANGO_SETTINGS_MODULE="afterword.settings")
    made = subprocess.run(
        [sys.executable, "-m", "tests.prove.chaos.prepare", msgspec.json.encode(wanted)],
        env=own,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return [line.split("\t")[1] for line in made.stdout.splitlines()]


@contextmanager
def a_room(*, keep: bool = False) -> Iterator[Path]:
    """A folder that every user may pass through, for all that a run writes."""
    room = Path(tempfile.mkdtemp(prefix="afterword-chaos-"))
    room.chmod(0o711)
    try:
        yield room
    finally:
        if not keep:
            shutil.rmtree(room)


def weather(plan: Plan, room: Path, say: Callable[[str], None] = lambda line: None) -> Outcome:
    """Run a storm by this plan, everything it needs included."""
    plan.manners.folder = str(room)
    plan.manners.seed = plan.seed
    with own_postgres(room) as postgres, mail_server(plan.manners) as server:
        wanted = Wanted(plan.surveys, plan.seed, plan.bad, plan.ways)
        put_in = prepared(postgres, room / "data", wanted)
        return Storm(plan, room, postgres, server, put_in).run(say)
