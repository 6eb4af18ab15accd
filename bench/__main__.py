"""`make bench`: every measure with its goal and, as this machine is noisy, its ratio to a baseline.

    python -m bench                       all
    python -m bench decisions followups   these

Each benchmark runs in a process of its own, with a database of its own.
"""

import subprocess
import sys

import msgspec

from bench.ingest import Row

BENCHMARKS = (
    "ingest",
    "decisions",
    "claims",
    "happenings",
    "mails",
    "latency",
    "followups",
    "audience",
    "customers",
    "bulk",
    "dry_run",
    "importing",
)
LINE = "{:<52} {:>10} {:<9} {:>10} {:>7}  {}"


def main() -> None:
    print(LINE.format("measure", "figure", "", "baseline", "ratio", "goal"))
    for name in sys.argv[1:] or BENCHMARKS:
        for row in run_apart(name):
            print(in_words(row), flush=True)


def run_apart(name: str) -> list[Row]:
    program = (
        "import sys, msgspec\n"
        f"from bench import {name}\n"
        f"sys.stdout.buffer.write(msgspec.json.encode({name}.run()))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=list[Row])


def in_words(row: Row) -> str:
    baseline = f"{row.baseline:,.0f}" if row.baseline else ""
    ratio = f"{row.ratio:.2f}" if row.ratio else ""
    return LINE.format(row.name, f"{row.figure:,.0f}", row.unit, baseline, ratio, row.goal)


if __name__ == "__main__":
    main()
