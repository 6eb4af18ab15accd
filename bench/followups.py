"""From an answer's commit to its webhook's receiver, at a steady rate, and beside failing ones.

Two workers run as shipped. Both ends read the machine's monotonic clock.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.ingest import Row
from bench.prepared import database
from bench.servers import afterword_workers, free_port, wait_for

SECONDS = float(os.environ.get("BENCH_FOLLOWUPS_SECONDS", "20"))
A_SECOND = 100
BESIDE_A_SECOND = 5  # of each of so many good receivers: as many requests
GOOD = A_SECOND // BESIDE_A_SECOND
CLIENTS = 4
WORKERS = 2
PATIENCE = 120.0  # seconds after the last answer


def run() -> list[Row]:
    with database(AFTERWORD_EGRESS_ALLOW="127.0.0.1/32"), receiver() as (url, account):
        from afterword import joining  # noqa: F401  (kinds are joined)

        alone = prepare([f"{url}/good"], int(A_SECOND * SECONDS))
        beside = prepare(
            [*(f"{url}/good/{n}" for n in range(GOOD)), f"{url}/hangs", f"{url}/broken"],
            int(BESIDE_A_SECOND * SECONDS),
        )
        with afterword_workers(WORKERS):
            first = measure(alone, A_SECOND, account, 1)
            second = measure(beside, BESIDE_A_SECOND, account, GOOD)
    name = "from an answer to its webhook's receiver"
    at = f"{A_SECOND} answers/s"
    failing = f"{GOOD} receivers beside one that hangs and one with 500"
    return [
        Row(f"{name}, {at}: p50", first[49], "ms", None, None, "≤ 300 ms"),
        Row(f"{name}, {at}: p99", first[98], "ms", None, None, "≤ 1,000 ms"),
        Row(f"{name}, {failing}: p95", second[94], "ms", None, None, "≤ 2,000 ms"),
    ]


@contextmanager
def receiver() -> Iterator[tuple[str, Path]]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="afterword-bench-") as folder:
        account = Path(folder) / "taken"
        process = subprocess.Popen([sys.executable, "-m", "bench.receiver", str(port), account])
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}", account
        finally:
            process.terminate()
            process.wait()


def prepare(urls: list[str], number: int) -> list[Any]:
    """Make a campaign with these webhooks; return so many surveys of it that were sent."""
    from tests.factories import a_campaign, a_sent_survey
    from tests.followups import a_webhook

    campaign = a_campaign()
    for url in urls:
        a_webhook(url, campaign=campaign)
    return [a_sent_survey(campaign) for _ in range(number)]


def measure(surveys: list[Any], rate: int, account: Path, each: int) -> list[float]:
    """Answer them; return the percentiles of the waits in milliseconds, of `each` receivers."""
    answered: dict[str, float] = {}
    began = time.monotonic() + 1
    clients = [
        threading.Thread(target=answer, args=(surveys, first, rate, began, answered))
        for first in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    waits = wait_for_all(account, answered, each)
    return statistics.quantiles(waits, n=100)


def answer(
    surveys: list[Any], first: int, rate: int, began: float, answered: dict[str, float]
) -> None:
    from django.db import connection
    from django.utils import timezone

    from afterword.feedback.answering.answer import record_answer

    for number in range(first, len(surveys), CLIENTS):
        time.sleep(max(began + number / rate - time.monotonic(), 0))
        response = record_answer(surveys[number], 9, "Good", timezone.now(), submitted=True)
        assert response
        answered[str(response.id)] = time.monotonic()
    connection.close()


def wait_for_all(account: Path, answered: dict[str, float], each: int) -> list[float]:
    """Return how long each answer took to each receiver, in milliseconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        lines = [line.split() for line in account.read_text().splitlines()]
        taken = [(float(at), key) for at, key in lines if key in answered]
        counts = Counter(key for _, key in taken)
        if all(counts[key] >= each for key in answered):
            return [(at - answered[key]) * 1000 for at, key in taken]
        if time.monotonic() > deadline:
            missing = each * len(answered) - len(taken)
            raise SystemExit(f"{missing:,} requests did not arrive.")
        time.sleep(0.5)


if __name__ == "__main__":
    for row in run():
        print(f"{row.name:75} {row.figure:>8,.0f} {row.unit}  {row.goal}")
