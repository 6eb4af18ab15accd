"""An import as long work: first all rows are read, then customers are made and updated."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.urls import reverse

from afterword.customers.importing.models import Import
from afterword.customers.importing.stage import stage
from afterword.customers.importing.take_over import Mail, take_over_some
from afterword.long_work.kinds import Line, WorkKind
from afterword.long_work.models import Work

_COUNTS = {
    "new": "New",
    "updated": "Updated",
    "unchanged": "Unchanged",
    "left_alone": "Known, and left alone",
}


_mail: Mail


def stop_mail_by(mail: Mail) -> None:
    """Let `suppressions`, a later stage, say what stops mail, and keep what a file says of it."""
    global _mail  # noqa: PLW0603  (joined once, when the program starts)
    _mail = mail


def _step(work: Work, now: datetime) -> bool:
    file = Import.objects.get(work=work)
    cursor = work.cursor or {"line": 1}
    work.report = work.report or dict.fromkeys([*_COUNTS, "good", "refused"], 0)
    if "line" in cursor:
        _read_some(work, file, cursor["line"])
        return False
    return _take_over_some(work, file, cursor["email"], now)


def _read_some(work: Work, file: Import, line: int) -> None:
    staged = stage(file, line)
    work.report["good"] += staged.good
    work.report["refused"] += staged.refused
    if staged.next_line is None:
        work.total = work.report["good"] + work.report["refused"]
        work.cursor = {"email": ""}
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE importing_row")  # it has grown by all that is looked for now
    else:
        work.cursor = {"line": staged.next_line}
    work.done = _done(work)


def _take_over_some(work: Work, file: Import, after: str, now: datetime) -> bool:
    taken = take_over_some(file, after, work.created_at, now, _mail)
    for name in _COUNTS:
        work.report[name] += getattr(taken, name)
    work.report["stopped"] = work.report.get("stopped", 0) + taken.stopped
    work.cursor = {"email": taken.last_email}
    is_over = not taken.last_email
    work.done = work.total or 0 if is_over else _done(work)
    return is_over


def _done(work: Work) -> int:
    """Reading a row is half of the way with it."""
    read = work.report["good"] + work.report["refused"]
    over = sum(work.report[name] for name in _COUNTS)
    if work.report["good"]:
        over = read * over // work.report["good"]  # as if refused rows were spread evenly
    return int(read + over) // 2


def report(work: Work) -> Sequence[Line]:
    """What became of the rows, so far."""
    if not work.report:
        return []
    counts = work.report
    lines = [
        Line(label, f"{counts[name]:,}")
        for name, label in _COUNTS.items()
        if counts[name] or name != "left_alone"
    ]
    over = sum(counts[name] for name in _COUNTS)
    if work.ended_at and not (work.cancelled_at or work.failure) and counts["good"] > over:
        lines.append(Line("The same address again", f"{counts['good'] - over:,}"))
    if counts.get("stopped"):
        lines.append(Line("Get no mail from now on", f"{counts['stopped']:,}"))
    refused = Line("Refused", f"{counts['refused']:,}")
    if counts["refused"]:
        file = Import.objects.get(work=work)
        address = reverse("importing:refused", args=[file.id])
        refused = Line("Refused", refused.value, address, "Download them, each with its reason")
    return [*lines, refused]


IMPORT = WorkKind(
    name="customers.import",
    step=_step,
    title=lambda work: f"Import {work.parameters['name']}",
    report=report,
    leads_to=lambda work: (reverse("customers:list"), "To the customers"),
)
