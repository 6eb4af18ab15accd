"""All that is kept of somebody, as one JSON document; times are ISO 8601 in UTC."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import ForeignKey, Model

from afterword.campaigns.models import Campaign
from afterword.customers.models import Company
from afterword.privacy.places import ONLY_WORDS, PLACES, UNTOLD, Place
from afterword.privacy.traces import Traces
from afterword.survey_templates.models import Template
from afterword.workspaces.models import Workspace

PIECE = 1000  # rows read at once
_BY_NAME = (Campaign, Company, Template)  # told by name, as people know them


def export_of(workspace: Workspace, traces: Traces, now: datetime) -> Iterator[bytes]:
    """Yield the document in UTF-8; no more than PIECE rows are held at a time."""
    head = {
        "exported_at": now,
        "workspace": workspace.name,
        "addresses": traces.addresses,
        "user_ids": traces.user_ids,
        "anonymous_ids": traces.anonymous_ids,
    }
    lines = ",\n".join(f"  {_json(name)}: {_json(value)}" for name, value in head.items())
    yield f"{{\n{lines}".encode()
    for place in PLACES:
        yield f",\n  {_json(place.name)}: [".encode()
        between = "\n    "
        for rows in _read(place, traces):
            told = (_json(_row(place, row)) for row in rows)
            yield "".join([between, ",\n    ".join(told)]).encode()
            between = ",\n    "
        yield b"]"
    yield b"\n}\n"


def _read(place: Place, traces: Traces) -> Iterator[list[Any]]:
    """The keys are found once; each piece is a query of its own for the next of them."""
    keys = list(place.rows(traces).order_by("pk").values_list("pk", flat=True))
    named = [one.name for one in _told(place) if _is_told_by_name(one)]
    rows = place.model._default_manager.order_by("pk")
    rows = rows.select_related(*named) if named else rows
    for start in range(0, len(keys), PIECE):
        if piece := list(rows.filter(pk__in=keys[start : start + PIECE])):
            yield piece


def _row(place: Place, row: Model) -> dict[str, Any]:
    """Return what is told of a row; a column that is empty tells nothing."""
    told = place.tell(row) if place.tell else {one.name: _value(one, row) for one in _told(place)}
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def _told(place: Place) -> list[Any]:
    only = ONLY_WORDS.get(place.model)
    fields = place.model._meta.concrete_fields
    if only:
        return [one for one in fields if one.name == only]
    untold = UNTOLD | place.untold
    return [one for one in fields if one.name not in untold]


def _value(column: Any, row: Model) -> Any:
    if _is_told_by_name(column):
        related = getattr(row, column.name)
        return None if related is None else str(related)
    return getattr(row, column.attname)


def _is_told_by_name(column: Any) -> bool:
    return isinstance(column, ForeignKey) and column.related_model in _BY_NAME


def _json(value: Any) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)
