"""What `afterword import` does with its file, and says of it."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from afterword.commands.arguments import Refused
from afterword.core.clock import database_now
from afterword.customers.importing.begin import begin
from afterword.customers.importing.keep import keep
from afterword.customers.importing.kind import IMPORT, report
from afterword.customers.importing.models import Import
from afterword.customers.importing.reading.headers import EMAIL
from afterword.customers.importing.reading.pieces import NotCsv
from afterword.customers.importing.refused import csv_of
from afterword.long_work.models import Work
from afterword.long_work.progress import words_of
from afterword.long_work.turn import work_once
from afterword.workspaces.models import Workspace

CHUNK = 256 * 1024  # bytes
LOOK_AGAIN = 0.2  # seconds, while another worker is at it


def bring(workspace: Workspace, path: Path, *, new_properties: bool) -> Import:
    """Store the file and say what its columns become; raises Refused."""
    try:
        file = keep(
            workspace.id, path.name, _chunks(path), database_now(),
            by=None, may_define=new_properties,
        )  # fmt: skip
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    except NotCsv as error:
        raise Refused(f"{path}: {error}") from error
    if EMAIL not in file.targets:
        file.delete()
        raise Refused(f"{path} has no column of e-mail addresses: call it email.")
    for header, target in zip(file.headers, file.targets, strict=True):
        sys.stderr.write(f"{header} → {target or 'left out'}\n")
    return file


def import_now(file: Import) -> Work:
    """Do the batches here, unless another worker is at it, and write how far it is."""
    work = begin(file, IMPORT, file.targets, database_now())
    begins, ends = ("\r\x1b[K", "") if sys.stderr.isatty() else ("", "\n")
    while work.ended_at is None:
        if not work_once():
            time.sleep(LOOK_AGAIN)
        work.refresh_from_db()
        sys.stderr.write(f"{begins}{words_of(work, IMPORT.things)}{ends}")
        sys.stderr.flush()
    sys.stderr.write("" if ends else "\n")
    return work


def lines_about(work: Work) -> list[str]:
    """Say what became of the rows."""
    lines = [f"{line.label}: {line.value}" for line in report(work)]
    return [*lines, work.failure] if work.failure else lines


def write_refused(file: Import, path: Path) -> None:
    """Write the refused rows, each with its reason; raises Refused."""
    try:
        with path.open("wb") as out:
            out.writelines(csv_of(file))
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from error


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as content:
        while chunk := content.read(CHUNK):
            yield chunk
