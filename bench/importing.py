"""How fast customers are imported from a CSV file, beside PostgreSQL's own COPY of the file."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.ingest import Row
from bench.prepared import database

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
HEADER = "email,first name,last name,company,country\n"


def run() -> list[Row]:
    with database(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        write(path)
        from tests.factories import a_workspace

        workspace = a_workspace()
        baseline = copied(path)
        # By a process of its own, as a person does it: so its memory can be told.
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "afterword", "import", str(path), "--workspace", workspace.name],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        took = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        check(workspace.id)
    rate = ROWS / took
    name = f"import of {ROWS:,} new customers, five columns, one worker"
    return [
        Row(name, rate, "rows/s", baseline, rate / baseline, "≥ 10,000/s"),
        Row(f"{name}: resident at most", peak, "MB", None, None, "≤ 300 MB"),
    ]


def write(path: Path) -> None:
    with path.open("w") as out:
        out.write(HEADER)
        out.writelines(
            f"customer{n * 7919 % ROWS}@example.com,First{n % 500},Last{n},Company {n % 5000},USA\n"
            for n in range(ROWS)
        )


def copied(path: Path) -> float:
    """Return the rows a second that a bare COPY of the file takes into a table without indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bare (email text, first text, last text, company text, country text)"
        )
        began = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(path.read_bytes())
        took = time.perf_counter() - began
        cursor.execute("DROP TABLE bare")
    return ROWS / took


def check(workspace_id: object) -> None:
    from afterword.customers.models import Customer

    if (found := Customer.objects.filter(workspace_id=workspace_id).count()) != ROWS:
        raise SystemExit(f"{ROWS:,} rows were imported, but {found:,} customers are there.")
