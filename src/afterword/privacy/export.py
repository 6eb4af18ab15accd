"""All that is kept of somebody, as one JSON document; times are ISO 8601 in UTC."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import IO, Any

from django.db.models import ForeignKey, Model

from afterword.campaigns.models import Campaign
from afterword.customers.models import Company
from afterword.privacy.places import ONLY_WORDS, PLACES, UNTOLD, Place
from afterword.privacy.traces import Traces
from afterword.survey_templates.models import Template
from afterword.workspaces.models import Workspace

PIECE = 2000  # rows read at once
_BY_NAME = (Campaign, Company, Template)  # told by name, as people know them


def write_export(workspace: Workspace, traces: Traces, now: datetime, to: IO[bytes]) -> None:
    """Write the document in UTF-8, a row at a time: memory stays flat however much there is."""
    for piece in _pieces(workspace, traces, now):
        to.write(piece.encode())


def _pieces(workspace: Workspace, traces: Traces, now: datetime) -> Iterator[str]:
    head = {
        "exported_at": now,
        "workspace": workspace.name,
        "addresses": traces.addresses,
        "user_ids": traces.user_ids,
        "anonymous_ids": traces.anonymous_ids,
    }
    yield "{\n" + ",\n".join(f"  {_json(name)}: {_json(value)}" for name, value in head.items())
    for place in PLACES:
        yield f",\n  {_json(place.name)}: ["
        yield from _rows(place, traces)
        yield "]"
    yield "\n}\n"


def _rows(place: Place, traces: Traces) -> Iterator[str]:
    named = [one.name for one in _told(place) if _is_told_by_name(one)]
    rows = place.rows(traces).select_related(*named) if named else place.rows(traces)
    is_first = True
    for row in rows.order_by("pk").iterator(chunk_size=PIECE):
        yield ("\n    " if is_first else ",\n    ") + _json(_row(place, row))
        is_first = False
    yield "" if is_first else "\n  "


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
