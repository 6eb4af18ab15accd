"""A bulk action as long work: batch by batch, in the order of the customers' keys."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from afterword.customers.models import Customer
from afterword.long_work.kinds import Line, WorkKind
from afterword.long_work.models import Work
from afterword.profiles.bulk.act import Act
from afterword.profiles.bulk.acts.deletion import DELETE
from afterword.profiles.bulk.acts.last_survey import RESET_LAST_SURVEY
from afterword.profiles.bulk.acts.properties import SET_PROPERTY
from afterword.profiles.bulk.acts.stopping import UNSUBSCRIBE
from afterword.profiles.bulk.acts.survey import SEND_SURVEY
from afterword.profiles.bulk.acts.tags import ADD_TAG, REMOVE_TAG
from afterword.profiles.bulk.selection import Selection
from afterword.workspaces.models import WorkspaceRows

BATCH = 1_000
ACTS = {
    act.name: act
    for act in (
        ADD_TAG, REMOVE_TAG, SET_PROPERTY, SEND_SURVEY, RESET_LAST_SURVEY, UNSUBSCRIBE, DELETE,
    )
}  # fmt: skip


def step(work: Work, now: datetime) -> bool:
    """Do it for the next batch, after the last key: who left the list by it is not met again.

    It ends where as many are done as were confirmed, though more may match by now.
    """
    act = ACTS[work.parameters["act"]]
    after = UUID(work.cursor) if work.cursor else None
    selection = Selection.from_stored(work.parameters["selection"])
    most = min(BATCH, (work.total or 0) - work.done)
    ids = selection.ask(work, lambda rows: _next_ids(rows, after, most))
    if ids:
        _note(work, act, ids, now)
    return len(ids) < BATCH or work.done == work.total


def _next_ids(rows: WorkspaceRows[Customer], after: UUID | None, most: int) -> list[UUID]:
    beyond = rows.filter(id__gt=after) if after else rows
    return list(beyond.order_by("id").values_list("id", flat=True)[:most])


def _note(work: Work, act: Act, ids: Sequence[UUID], now: datetime) -> None:
    outcome = act.do(work, ids, now)
    left_out = Counter(work.report.get("left_out", {})) + outcome.left_out
    work.report = {
        "done": work.report.get("done", 0) + outcome.done,
        "left_out": dict(left_out),
    }
    work.done += len(ids)
    work.cursor = str(ids[-1])


def _title(work: Work) -> str:
    return ACTS[work.parameters["act"]].title(work.parameters)


def _report(work: Work) -> list[Line]:
    act = ACTS[work.parameters["act"]]
    left_out = Counter(work.report.get("left_out", {})).most_common()
    return [
        Line(act.done, f"{work.report.get('done', 0):,}"),
        *(Line(f"Left out: {why}", f"{number:,}") for why, number in left_out),
    ]


def _leads_to(work: Work) -> tuple[str, str]:
    query = work.parameters["selection"]["query"]
    return f"{reverse('customers:list')}{'?' if query else ''}{query}", "To the customers"


BULK = WorkKind("customers.bulk", step, _title, _report, _leads_to, "customers")
