"""Rows by their keys, looked up one by one, however they are joined to others.

For a list of keys a planner may rather read a whole table, or follow the order that is wanted.
"""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL

Rows = TypeVar("Rows", bound="QuerySet[Model]")


def array_of(keys: Iterable[UUID]) -> str:
    """Return an array as PostgreSQL writes it."""
    return f"{{{','.join(map(str, keys))}}}"


def by_keys(rows: Rows, keys: str) -> Rows:
    """Keep those whose keys are in an array, as PostgreSQL writes it."""
    table = rows.model._meta.db_table
    return rows.filter(RawSQL(f"{table}.id = ANY(%s::uuid[])", [keys], BooleanField()))  # noqa: S611  (our own words)
