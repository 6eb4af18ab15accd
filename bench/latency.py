"""From an event's 200 to the mail server's 250: a steady stream of events, nothing delayed.

All of Afterword runs: web, two workers with the connections that they have as shipped, and
PostgreSQL. Both ends read the machine's monotonic clock.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from http.client import HTTPConnection
from pathlib import Path

from bench.ingest import MATCHED, Row
from bench.prepared import database
from bench.servers import afterword_web, afterword_workers, free_port

A_SECOND = 200
SECONDS = float(os.environ.get("BENCH_LATENCY_SECONDS", "30"))
CLIENTS = 8
WORKERS = 2
PATIENCE = 60.0  # seconds after the last event


def run() -> list[Row]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="afterword-bench-") as folder:
        account = Path(folder) / "taken"
        sink = subprocess.Popen([sys.executable, "-m", "bench.sink", str(port), str(account)])
        try:
            with database(AFTERWORD_MAIL_URL=f"smtp://127.0.0.1:{port}?tls=none"):
                key = prepare()
                with afterword_web(1) as web, afterword_workers(WORKERS):
                    answered = send(web, key)
                    taken = wait_for(account, answered)
        finally:
            sink.terminate()
            sink.wait()
    waits = sorted((taken[email] - at) * 1000 for email, at in answered.items())
    percentiles = statistics.quantiles(waits, n=100)
    name = (
        f"from the event's 200 to the mail server's 250, {A_SECOND} events/s, {WORKERS} processes"
    )
    return [
        Row(f"{name}: p50", percentiles[49], "ms", None, None, "≤ 500 ms"),
        Row(f"{name}: p99", percentiles[98], "ms", None, None, "≤ 2,000 ms"),
        Row(f"{name}: longest", waits[-1], "ms", None, None, ""),
    ]


def prepare() -> str:
    """Make a workspace that surveys everyone at once; return a token's secret."""
    from tests.factories import a_campaign, a_token

    return a_token(a_campaign(events=[MATCHED]).workspace)[1]


def send(port: int, key: str) -> dict[str, float]:
    """Send the events at a steady rate, whatever comes back; return when each was answered."""
    answered: dict[str, float] = {}
    began = time.monotonic() + 1
    clients = [
        threading.Thread(target=_client, args=(port, key, number, began, answered))
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if len(answered) != (expected := int(A_SECOND * SECONDS)):
        raise SystemExit(f"{len(answered):,} of {expected:,} events were accepted.")
    return answered


def _client(port: int, key: str, first: int, began: float, answered: dict[str, float]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    basic = b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}
    for number in range(first, int(A_SECOND * SECONDS), CLIENTS):
        email = f"c{number}@example.com"
        call = {
            "event": MATCHED,
            "userId": f"user-{number}",
            "messageId": f"latency-{number}",
            "properties": {"email": email, "firstName": "Ann"},
        }
        time.sleep(max(began + number / A_SECOND - time.monotonic(), 0))
        connection.request("POST", "/v1/track", json.dumps(call), headers)
        answer = connection.getresponse()
        at = time.monotonic()
        answer.read()
        if answer.status == 200:
            answered[email] = at
    connection.close()


def wait_for(account: Path, answered: dict[str, float]) -> dict[str, float]:
    """Return when each mail was taken first."""
    deadline = time.monotonic() + PATIENCE
    while True:
        taken: dict[str, float] = {}
        for line in account.read_text().splitlines():
            at, email = line.split()
            taken.setdefault(email, float(at))
        if answered.keys() <= taken.keys():
            return taken
        if time.monotonic() > deadline:
            raise SystemExit(f"{len(answered.keys() - taken.keys()):,} mails did not arrive.")
        time.sleep(0.5)


if __name__ == "__main__":
    for row in run():
        print(f"{row.name:75} {row.figure:>8,.0f} {row.unit}  {row.goal}")
