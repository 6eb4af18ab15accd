"""All customers as CSV, in columns that an import takes back as they were."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q

from afterword.core import csv_cells
from afterword.customers.models import Customer
from afterword.workspaces.models import WorkspaceRows

PIECE = 2_000  # rows

# The names are those that events and the API use.
COLUMNS = {
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company_name",
    "jobTitle": "job_title",
    "phone": "phone",
    "city": "city",
    "state": "state",
    "country": "country",
}

# What stops mail, in words that an import takes for it.
STATUSES = {
    "unsubscribed_at": "Unsubscribed",
    "hard_bounced_at": "Hard-bounced",
    "undeliverable_at": "Non-deliverable",
    "suppressed_at": "Suppressed",
}


def csv_of(customers: WorkspaceRows[Customer], properties: Sequence[str]) -> Iterator[bytes]:
    """Yield those who have an address, the newest first, with their tags and these properties,
    what stops mail to them and when they were asked last.

    Each piece is a query of its own that goes on after the last row: no transaction is long.
    """
    header = [*COLUMNS, "tags", "deliverabilityStatus", "lastSurveyDate", *properties]
    yield f"{csv_cells.BOM}{csv_cells.lines([header])}".encode()
    rows = (
        customers.filter(email__isnull=False)
        .order_by("-created_at", "-id")
        .values_list(
            *COLUMNS.values(),
            *STATUSES,
            "tags",
            "last_surveyed_at",
            "properties",
            "created_at",
            "id",
        )
    )
    piece = list(rows[:PIECE])
    while piece:
        yield csv_cells.lines(_cells(row, properties) for row in piece).encode()
        at, id_ = piece[-1][-2:]
        older = Q(created_at__lt=at) | Q(id__lt=id_)
        piece = list(rows.filter(older, created_at__lte=at)[:PIECE]) if len(piece) == PIECE else []


def _cells(row: Sequence[Any], properties: Sequence[str]) -> list[object]:
    own, stopped = row[: len(COLUMNS)], row[len(COLUMNS) : len(COLUMNS) + len(STATUSES)]
    tags, surveyed_at, values = row[len(COLUMNS) + len(STATUSES) :][:3]
    statuses = [words for words, since in zip(STATUSES.values(), stopped, strict=True) if since]
    said = (_value(values.get(name)) for name in properties)
    return [*own, _words(tags), ", ".join(statuses), surveyed_at, *said]


def _value(value: object) -> object:
    return _words(value) if isinstance(value, list) else value


def _words(words: Sequence[str]) -> str:
    """Return words between commas; as JSON where that would be read otherwise."""
    text = ", ".join(words)
    if text.startswith("[") or any("," in word for word in words):
        return json.dumps(words, ensure_ascii=False)
    return text
