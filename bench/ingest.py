"""How fast events come in: counted only, stored one by one, stored in batches of a hundred."""

import os
import statistics
import subprocess
import sys
from base64 import b64encode
from typing import NamedTuple

import msgspec

from bench import servers
from bench.load import Load, Result
from bench.prepared import database

SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = 3
STORED_ONE_BY_ONE = {1: 500, 32: 5_000, 128: 9_000}  # connections: events a second to reach
MATCHED, UNMATCHED = "Order Completed", "Page Scrolled"
BATCH = 100


class Row(NamedTuple):
    """A measure; `ratio` is to the baseline measured in the same run."""

    name: str
    figure: float
    unit: str
    baseline: float | None
    ratio: float | None
    goal: str


class Measured(NamedTuple):
    per_second: float  # events, as is the next
    answered: int
    p50: float  # milliseconds
    p99: float


def run() -> list[Row]:
    with database():
        key = prepare()
        return [*counted_only(key), *stored_one_by_one(key), *stored_in_batches(key)]


def prepare() -> str:
    """Make a workspace that listens for MATCHED; return a token's secret."""
    from tests.factories import a_campaign, a_token

    return a_token(a_campaign(events=[MATCHED]).workspace)[1]


def counted_only(key: str) -> list[Row]:
    """Events nobody listens for: counted in memory, answered without the database."""
    load = Load(path="/v1/track", key=key, body=call(UNMATCHED), connections=32)
    with servers.bare(1) as bare, servers.afterword_web(1) as ours:
        # By turns, so that whatever else the machine does hits both.
        rounds = [(measure(load, bare), measure(load, ours)) for _ in range(ROUNDS)]
    baseline = statistics.median(each.per_second for each, _ in rounds)
    middle = statistics.median_low([measured for _, measured in rounds])
    ratio = statistics.median(ours.per_second / bare.per_second for bare, ours in rounds)
    name = "unmatched events, 32 connections, 1 process"
    return rows(name, middle, baseline, ratio=ratio, goal="≥ 0.6 of bare")


def stored_one_by_one(key: str) -> list[Row]:
    """Events answered once they are committed."""
    found: list[Row] = []
    for connections, goal in STORED_ONE_BY_ONE.items():
        load = Load(path="/v1/track", key=key, body=call(MATCHED), connections=connections)
        with servers.bare(2) as port:
            baseline = measure(load, port).per_second
        ours = measure_stored(load, events=1)
        name = f"matched events, {connections} connections, 2 processes"
        found += rows(name, ours, baseline, goal=f"≥ {goal:,}/s, p99 < 50 ms")
    return found


def stored_in_batches(key: str) -> list[Row]:
    """Batches answered once all of their events are committed."""
    calls = ",".join([call(MATCHED)] * BATCH)
    body = f'{{"batch":[{calls}],"sentAt":"2026-11-23T00:05:22Z"}}'
    load = Load(path="/v1/batch", key=key, body=body, connections=16)
    with servers.bare(2) as port:
        baseline = measure(load, port, events=BATCH).per_second
    ours = measure_stored(load, events=BATCH)
    name = "matched events in batches of 100, 16 connections, 2 processes"
    return rows(name, ours, baseline, goal="≥ 20,000/s, aim 34,000")


def call(event: str) -> str:
    """Return a track call of the usual size; `{id}` stands for what differs in each."""
    return (
        f'{{"type":"track","event":"{event}","userId":"user-17","messageId":"{{id}}",'
        '"properties":{"email":"ann@example.com","plan":"pro","order_total":39.95,'
        '"order_date":"2026-11-23","items":["blue","green"]},'
        '"timestamp":"2026-11-23T00:05:21.188Z",'
        '"context":{"library":{"name":"analytics-python","version":"2.4.0"}}}'
    )


def measure_stored(load: Load, *, events: int) -> Measured:
    """Measure, and make sure that what was answered 200 is what the database holds."""
    from afterword.events.models import InboxItem

    InboxItem.objects.all().delete()
    with servers.afterword_web(2) as port:
        measured = measure(load, port, events=events)
    if (stored := InboxItem.objects.count()) != measured.answered:
        raise SystemExit(f"{measured.answered:,} events were accepted, but {stored:,} stored.")
    return measured


def measure(load: Load, port: int, *, events: int = 1) -> Measured:
    """Let a process of its own send the load."""
    load = msgspec.structs.replace(
        load, port=port, seconds=SECONDS, key=b64encode(f"{load.key}:".encode()).decode()
    )
    output = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=msgspec.json.encode(load),
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    result = msgspec.json.decode(output, type=Result)
    if result.refused:
        raise SystemExit(f"{load.path}: {result.refused:,} requests were refused.")
    percentiles = statistics.quantiles(result.waits, n=100)
    answered = result.answered * events
    return Measured(answered / result.seconds, answered, percentiles[49], percentiles[98])


def rows(
    name: str, ours: Measured, baseline: float, *, goal: str, ratio: float | None = None
) -> list[Row]:
    ratio = ratio or ours.per_second / baseline
    return [
        Row(name, ours.per_second, "events/s", baseline, ratio, goal),
        Row(f"{name}: p50", ours.p50, "ms", None, None, ""),
        Row(f"{name}: p99", ours.p99, "ms", None, None, "< 50 ms" if "p99" in goal else ""),
    ]


if __name__ == "__main__":
    for row in run():
        baseline, ratio = (f"{each:,.2f}" if each else "" for each in (row.baseline, row.ratio))
        figure = f"{row.figure:,.1f} {row.unit}"
        print(f"{row.name:66} {figure:>18} {baseline:>12} {ratio:>6}  {row.goal}")
