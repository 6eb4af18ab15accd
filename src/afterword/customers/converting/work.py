"""The change of a type as long work: values follow batch by batch, in the order of their customers.

The type is the new one from the first moment, so what is sent meanwhile comes in it. A second pass
finds what was written by hand on a page that had still shown the old type.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from afterword.core import bulk
from afterword.customers.changes import log_changes
from afterword.customers.converting.foresee import counted
from afterword.customers.converting.recast import recast
from afterword.customers.models import Customer, Property
from afterword.customers.properties import CONVERTING, holders, is_being_converted
from afterword.customers.record import Record
from afterword.customers.upsert import load_locked
from afterword.customers.values import Problem, PropertyType, same
from afterword.long_work.kinds import Line, WorkKind
from afterword.long_work.models import Work
from afterword.long_work.start import start
from afterword.workspaces.models import Member

BATCH = 1_000
_IMPORT = "customers.import"
_COUNTS = {
    "converted": "Converted",
    "kept": "The same in both types",
    "removed": "Did not fit, and removed",
}


class NotNow(Exception):
    """The type cannot be changed at this moment; the text says why, and is safe to show."""


@transaction.atomic
def begin(member: Member, prop: Property, kind: PropertyType, now: datetime) -> Work:
    """Change the type and start to convert the values; raises NotNow.

    **Committed** together: from then on events bring the new type, and whoever dies, the rest is
    converted. Who writes values by the old type holds it (`held_types`), and is waited for.
    """
    total = counted(prop)  # while nobody waits for us
    held = Property.objects.select_for_update().filter(id=prop.id).first()
    if held is None:
        raise NotNow("Somebody deleted it meanwhile.")
    if is_being_converted(held):
        raise NotNow("Its values are being converted already: wait until that has ended.")
    if held.type == kind and not was_broken_off(held):
        raise NotNow(f"It is a {kind} already.")
    works = Work.objects.filter(workspace_id=held.workspace_id, ended_at=None)
    if works.filter(kind=_IMPORT).exists():
        raise NotNow("An import is running, and has read its file with the old type: wait for it.")
    said = {"property": held.id, "name": held.name, "from": held.type, "to": kind}
    held.type = kind
    held.save(update_fields=["type"])
    return start(held.workspace_id, CONVERT, said, now, by=member.user, total=total)


def was_broken_off(prop: Property) -> bool:
    """Whether values of the type before are left, as its last change was called off or gave up."""
    works = Work.objects.filter(workspace_id=prop.workspace_id, kind=CONVERTING)
    last = works.filter(parameters__property=prop.id).order_by("-created_at").first()
    return bool(last and (last.cancelled_at or last.failure))


def _step(work: Work, now: datetime) -> bool:
    """Convert the next batch, after the last key. A property that was deleted has no values."""
    prop = Property.objects.filter(id=work.parameters["property"]).first()
    if prop is None:
        return True
    work.report = work.report or dict.fromkeys(_COUNTS, 0)
    cursor = work.cursor or {"pass": 1, "after": None}
    rows = holders(prop)
    if cursor["after"]:
        rows = rows.filter(id__gt=cursor["after"])
    ids = list(rows.order_by("id").values_list("id", flat=True)[:BATCH])
    is_first = cursor["pass"] == 1
    _convert(work, prop, ids, now, counts_kept=is_first)
    if is_first:
        work.done += len(ids)
    if len(ids) == BATCH:
        work.cursor = {**cursor, "after": str(ids[-1])}
        return False
    work.cursor = {"pass": 2, "after": None}
    return not is_first


def _convert(
    work: Work, prop: Property, ids: Sequence[UUID], now: datetime, *, counts_kept: bool
) -> None:
    """Store what the values are in the new type; three queries, however many they are."""
    kind = PropertyType(prop.type)
    records = load_locked(prop.workspace_id, [], ids)
    became = [(record, _give(record, prop.name, kind)) for record in records]
    removed = [record for record, what in became if what == "removed"]
    changed = [record for record, what in became if what in {"converted", "removed"}]
    bulk.update(
        Customer,
        [{"id": one.id, "properties": one.properties, "updated_at": now} for one in changed],
        ("properties", "updated_at"),
    )
    log_changes(prop.workspace_id, removed, work.by or "", now)
    for _, what in became:
        if what and (what != "kept" or counts_kept):
            work.report[what] += 1


def _give(record: Record, name: str, kind: PropertyType) -> str:
    """Give the record its value in the new type; return what became of it, as the report counts."""
    value = record.properties.get(name)
    if value is None:
        return ""
    found = recast(value, kind)
    if found is None or isinstance(found, Problem):
        del record.properties[name]
        record.changed.add(name)
        return "removed"
    if same(found, value):
        return "kept"
    record.properties[name] = found
    return "converted"


def _report(work: Work) -> Sequence[Line]:
    return [Line(label, f"{work.report.get(name, 0):,}") for name, label in _COUNTS.items()]


CONVERT = WorkKind(
    name=CONVERTING,
    step=_step,
    title=lambda work: "Change {name} from {from} to {to}".format(**work.parameters),
    report=_report,
    leads_to=lambda _work: (reverse("properties:list"), "To the properties"),
    things="customers",
)
