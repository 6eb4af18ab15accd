"""Start an import: its properties are made, and it becomes a piece of work."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from afterword.customers.importing.models import Import
from afterword.customers.importing.reading.headers import NEW, PROPERTY
from afterword.customers.models import Property
from afterword.customers.properties import held_types
from afterword.long_work.kinds import WorkKind
from afterword.long_work.models import Work
from afterword.long_work.start import start


@transaction.atomic
def begin(file: Import, kind: WorkKind, targets: Sequence[str], now: datetime) -> Work:
    """Start the work once, however often it is asked for; raises Import.DoesNotExist if it is gone.

    `file` says the options; `targets` what each column fills, new properties among them.
    """
    # Who changes a type meanwhile has done so when rows are read, or comes later and is refused.
    held_types(file.workspace_id)
    locked = Import.objects.select_for_update(of=("self",)).select_related("work").get(id=file.id)
    if locked.work:
        return locked.work
    new = [target.split(":", 2)[1:] for target in targets if target.startswith(NEW)]
    Property.objects.bulk_create(
        [Property(workspace_id=file.workspace_id, type=type_, name=name) for type_, name in new],
        ignore_conflicts=True,
    )
    file.targets = [defined(target) for target in targets]
    rows = file.lines - file.has_header
    file.work = start(file.workspace_id, kind, {"name": file.name}, now, by=file.by, total=rows)
    file.save()
    return file.work


def defined(target: str) -> str:
    """Return what a column fills once its new property is made."""
    return f"{PROPERTY}{target.split(':', 2)[2]}" if target.startswith(NEW) else target
