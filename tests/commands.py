"""Runs one command of Afterword after another, as lines of JSON ask for them.

In a process of its own each would load what it needs, for a second and more of the processor.
"""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

from afterword.cli import main


def run(words: list[str], given: str | None) -> tuple[object, str, str]:
    """Return status, output and error output."""
    said, errors = io.StringIO(), io.StringIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO((given or "").encode()), "utf-8")
    with redirect_stdout(said), redirect_stderr(errors):
        try:
            status: object = main(words)
        except SystemExit as ended:
            status = ended.code
    leave_database()
    return status, said.getvalue(), errors.getvalue()


def leave_database() -> None:
    """Keep no connection: the database may be stopped before the next command."""
    from django.db import connection

    connection.close()
    connection.close_pool()


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(*json.loads(line))) + "\n")
        sys.stdout.flush()
