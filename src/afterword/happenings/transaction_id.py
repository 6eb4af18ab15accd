"""A column for the number of a transaction, PostgreSQL's `xid8`, which never wraps around."""

from typing import Any

from django.db import models
from django.db.models.expressions import Func


class CurrentTransaction(Func):
    """The transaction that this is written in."""

    function = "pg_current_xact_id"
    arity = 0


class TransactionField(models.BigIntegerField):  # type: ignore[type-arg]  # not at run time
    """An `int` in Python; it travels as text, since PostgreSQL makes no xid8 of a number."""

    def db_type(self, connection: object) -> str:
        return "xid8"

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or hasattr(value, "resolve_expression") else str(value)

    def from_db_value(self, value: str | None, *_: object) -> int | None:
        return None if value is None else int(value)
