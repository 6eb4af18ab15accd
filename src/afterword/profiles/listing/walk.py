"""Looks for customers in the list's order, some at a time, for as long as a page may take.

Whatever the filters are, and however few they mean, a page says within that time whom it met and
how far it looked: the next one goes on from there.
"""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from afterword.audience.sql_text import Sql, sql
from afterword.profiles.listing.order import Chosen

FIRST = 500  # customers that are looked at, at the least
MOST = 5_000  # at once: so few that the order's index is the way to them, by any statistics
_GROWS = 3

# The condition is asked of whoever is looked at, and of no one else.
_LOOK = """
    SELECT id, ordered_by, number, is_match FROM (
        SELECT id, ordered_by, number, ({}) IS TRUE AS is_match FROM (
            SELECT *, {} AS ordered_by, row_number() OVER ({}) AS number
            FROM customers_customer
            WHERE workspace_id = {} AND merged_into_id IS NULL AND {}
            {} LIMIT {}
        ) AS customers_customer OFFSET 0
    ) AS looked_at
    WHERE is_match OR number = {}
    ORDER BY number LIMIT {}
"""


@dataclass
class Walk:
    """A walk through the workspace's customers to those for whom a condition is true.

    It begins after `cursor`, as a page does, and ends where enough are met, or everybody.
    """

    workspace_id: UUID
    condition: Sql
    chosen: Chosen
    cursor: str  # where it stands; empty at the beginning
    enough: int
    looked_at: int = 0
    ids: list[UUID] = field(default_factory=list)  # of those who were met, in order
    is_over: bool = False

    def go_on(self, seconds: float) -> None:
        """Walk for so long, and at least a step."""
        ends, size = time.monotonic() + seconds, FIRST
        while size and not self.is_over:
            began = time.monotonic()
            self._look(size)
            now = time.monotonic()
            in_time = size * (ends - now) / max(now - began, 0.0001)
            size = min(size * _GROWS, MOST, int(in_time)) if in_time >= FIRST else 0

    def _look(self, size: int) -> None:
        order = self.chosen.order_by
        beyond = self.chosen.beyond(self.cursor) or Sql("TRUE")
        missing = self.enough - len(self.ids)
        query = sql(
            _LOOK,
            self.condition, Sql(self.chosen.order.expression), order, self.workspace_id, beyond,
            order, size, size, missing,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(query.text, list[Any](query.params))
            met = cursor.fetchall()
        self.ids += [id_ for id_, _, _, is_match in met if is_match]
        self.is_over = len(self.ids) >= self.enough or not met or met[-1][2] < size
        if not self.is_over:
            id_, key, *_ = met[-1]
            self.cursor = self.chosen.cursor_at(id_, key)
            self.looked_at += size
