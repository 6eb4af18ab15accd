"""Many answers, some workers that are killed, receivers that fail, and the account of it all."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tests.prove.chaos.postgres import OwnPostgres, own_postgres, run
from tests.prove.chaos.workers import WORKER, Worker, Workers, environment
from tests.prove.followups.account import ROWS, Asked, Findings, Row, compare
from tests.prove.followups.ways import Plan

FIRST, LAST = 0.02, 0.9  # the part of the run in which kills fall
PATIENCE = 120.0  # seconds in which something must change
LOOK = 0.5  # seconds between two looks at the rows
LEFT = """
    SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'sending'),
           count(*)
    FROM followups_delivery
"""
PASS_WAIT = (
    "UPDATE followups_delivery SET due_at = now() WHERE state = 'waiting' AND due_at > now()"
)
# Claimed twice as long ago as a request may take, and before the last kill: whoever did is dead.
PASS_LEASE = """
    UPDATE followups_delivery SET lease_until = now()
    WHERE state = 'sending' AND lease_until BETWEEN now() AND now() + interval '30 seconds'
    AND lease_until <= now() + interval '60 seconds' - make_interval(secs => {since_kill})
"""


class Outcome(msgspec.Struct):
    """What a storm left behind."""

    plan: Plan
    findings: Findings
    failures: list[str]
    kills: int
    requests: int
    seconds: float


class Storm:
    """One run, in `room`."""

    def __init__(self, plan: Plan, room: Path, postgres: OwnPostgres, ports: list[int]) -> None:
        self.plan = plan
        self.postgres = postgres
        self.port = ports[0]
        self._account = room / "asked"
        self._chance = random.Random(plan.seed)
        self._kills: list[float] = []
        self._pending = self._schedule()
        own = environment(
            room / "data",
            postgres.url,
            "mailbox:",
            AFTERWORD_EGRESS_ALLOW="127.0.0.1/32",
            DJANGO_SETTINGS_MODULE="afterword.settings",
        )
        self._put_in = room / "put_in"
        program = "tests.prove.followups.answers"
        with self._put_in.open("wb") as file:
            self._answers = subprocess.Popen(
                [sys.executable, "-m", program, msgspec.json.encode(plan), *map(str, ports)],
                env=own,
                stdout=file,
            )
        self._workers = Workers(
            plan.workers, lambda number: Worker(f"worker-{number}", WORKER, own, room)
        )

    def _schedule(self) -> list[int]:
        """Return after how many requests to kill somebody, the last first."""
        span = (LAST - FIRST) * self.plan.answers
        start = FIRST * self.plan.answers
        count = self.plan.kills
        places = [start + span * (n + self._chance.random()) / count for n in range(count)]
        return sorted(map(round, places), reverse=True)

    def run(self, say: Callable[[str], None]) -> Outcome:
        began = time.monotonic()
        try:
            self._until_calm(say)
        finally:
            self._answers.kill()
            self._answers.wait()
            self._workers.end()
        asked = self._asked()
        put_in = dict(line.split("\t") for line in self._put_in.read_text().splitlines())
        rows = [Row(*row) for row in run(self.postgres.url, ROWS)]
        findings = compare(put_in, asked, rows, self._kills)
        failures = findings.failures
        if len(put_in) != self.plan.answers:
            failures.append(f"{len(put_in)} answers were made")
        if self._pending:
            failures.append(f"{len(self._pending)} kills found no worker at work")
        return Outcome(
            self.plan,
            findings,
            failures,
            len(self._kills),
            len(asked),
            max((one.at for one in asked), default=began) - began,
        )

    def _until_calm(self, say: Callable[[str], None]) -> None:
        changed, looked, seen = time.monotonic(), 0.0, None
        while time.monotonic() < changed + PATIENCE:
            self._workers.tend()
            requests = self._account.read_bytes().count(b"\n")
            self._kill_after(requests)
            if time.monotonic() - looked > LOOK:
                looked = time.monotonic()
                waiting, sending, written = self._look()
                say(f"{requests} requests, {waiting} wait, {sending} sending, {written} written")
                if written >= self.plan.answers and not waiting and not sending:
                    return
                if (requests, waiting, sending) != seen:
                    seen, changed = (requests, waiting, sending), looked
            time.sleep(0.02)

    def _kill_after(self, requests: int) -> None:
        if self._pending and requests >= self._pending[-1]:
            worker = self._workers.one_at_work(self.port, self._chance)
            if worker:
                time.sleep(self._chance.random() * 0.2)  # anywhere in what it does
                worker.kill()
                self._kills.append(time.monotonic())
                self._pending.pop()

    def _look(self) -> tuple[int, int, int]:
        """Return how many wait, are under way, and are written; what only lacks time gets it."""
        [counts] = run(self.postgres.url, LEFT)
        run(self.postgres.url, PASS_WAIT)
        if self._kills:
            since = time.monotonic() - self._kills[-1]
            run(self.postgres.url, PASS_LEASE.format(since_kill=since))
        waiting, sending, written = counts
        return waiting, sending, written

    def _asked(self) -> list[Asked]:
        lines = (line.split("\t") for line in self._account.read_text().splitlines())
        return [Asked(float(at), *rest) for at, *rest in lines]


@contextmanager
def receiver(plan: Plan, room: Path) -> Iterator[list[int]]:
    """Run the receivers; yields their ports, in plain and by TLS."""
    program = "tests.prove.followups.receiver"
    process = subprocess.Popen(
        [sys.executable, "-m", program, msgspec.json.encode(plan), room], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()


def weather(plan: Plan, room: Path, say: Callable[[str], None] = lambda line: None) -> Outcome:
    """Run a storm by this plan, everything it needs included."""
    with own_postgres(room) as postgres, receiver(plan, room) as ports:
        return Storm(plan, room, postgres, ports).run(say)
