"""Which customers a person wants to see, in which order and how: as the page's address says it."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self, TypeVar
from urllib.parse import urlencode

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.http import QueryDict

from afterword.audience.sql import condition_of
from afterword.audience.sql_text import Sql, joined
from afterword.campaigns.editor.asked_audience import AskedAudience, Pairs, pairs_of
from afterword.core.in_time import in_time
from afterword.core.text import clean_text
from afterword.customers.models import Customer
from afterword.profiles.listing.columns import USUAL, Column, columns_to_choose, these
from afterword.profiles.listing.order import Chosen
from afterword.profiles.listing.search import few_named, named, trigrams_of
from afterword.profiles.listing.status import Status
from afterword.profiles.models import SavedView
from afterword.workspaces.models import Viewer, WorkspaceRows

LONGEST_TEXT = 254
WALK_SECONDS = 0.1  # for a search through the list, before its trigrams are asked
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query says wrongly is left out; a filter that is wrong means nobody."""

    text: str
    status: Status | None
    filters: AskedAudience
    order: Chosen
    columns: list[Column]
    says_columns: bool  # whether the address does; else they are the person's own

    @classmethod
    def of(cls, viewer: Viewer, given: QueryDict, own_columns: Sequence[str] = USUAL) -> Self:
        """Read a query; `own_columns` are shown where it says none."""
        filters = AskedAudience.asked(viewer, given)
        there_are = columns_to_choose(filters.types)
        said = these(given.getlist("column"), there_are)
        status = given.get("status", "")
        return cls(
            text=clean_text(given.get("q", "")).strip()[:LONGEST_TEXT],
            status=Status(status) if status in set(Status) else None,
            filters=filters,
            order=Chosen.of(given.get("order", "")),
            columns=said or these(own_columns, there_are),
            says_columns=bool(said),
        )

    @property
    def narrows(self) -> bool:
        return bool(self.text or self.status or self.filters)

    @property
    def means_nobody(self) -> bool:
        """Whether a filter is wrong."""
        return bool(self.filters) and self.filters.audience is None

    def condition(self, now: datetime, found: Sql | None = None) -> Sql:
        """Return the condition on a row of customers; true, or not true.

        `found` takes the place of the search's own.
        """
        parts = [found or named(self.text, now)] if self.text else []
        if self.status:
            parts.append(self.status.condition)
        if self.filters:
            audience = self.filters.audience
            parts.append(condition_of(audience, now) if audience else Sql("FALSE"))
        return joined(parts, "AND") if parts else Sql("TRUE")

    def ask(
        self, viewer: Viewer, now: datetime, question: Callable[[WorkspaceRows[Customer]], T]
    ) -> T:
        """Return what `question` makes of the customers that are meant, with one query.

        It is asked again in another way where the first one takes too long: see `search.py`.
        """
        rows = self.rows(viewer, self.condition(now))
        if not trigrams_of(self.text):
            return question(rows)
        soon = in_time(lambda: question(rows), time.monotonic() + WALK_SECONDS)
        if soon is not None:
            return soon
        few = few_named(self.text, viewer.workspace_id, now)
        return question(self.rows(viewer, self.condition(now, few)) if few else rows)

    @staticmethod
    def rows(viewer: Viewer, condition: Sql | None = None) -> WorkspaceRows[Customer]:
        """Return those for whom the condition is true; everybody without one."""
        rows = Customer.objects.visible_to(viewer).distinct_people()
        if condition is None:
            return rows
        return rows.filter(RawSQL(condition.text, condition.params, BooleanField()))  # noqa: S611  (our own words)

    @property
    def pairs(self) -> Pairs:
        """The same for an address or for hidden inputs."""
        columns = [one.key for one in self.columns] if self.says_columns else []
        return _pairs(self.text, self.status or "", self.filters.pairs, str(self.order), columns)

    @property
    def narrowing(self) -> Pairs:
        """Whom it means, without order and columns."""
        return _pairs(self.text, self.status or "", self.filters.pairs, "", [])

    @property
    def query(self) -> str:
        return urlencode(self.pairs)

    def keep_in(self, view: SavedView) -> None:
        """Put all of it into a view, which is not saved yet."""
        audience = self.filters.audience
        view.audience = audience.definition if audience and self.filters else {}
        view.text, view.status, view.order = self.text, self.status or "", str(self.order)
        view.columns = [one.key for one in self.columns]

    def is_of(self, view: SavedView) -> bool:
        """Whether it is what the view says, column for column."""
        mine = [
            *self.pairs,
            *(("column", one.key) for one in self.columns if not self.says_columns),
        ]
        return mine == pairs_of_view(view, self.filters)


def pairs_of_view(view: SavedView, filters: AskedAudience) -> Pairs:
    """Return a saved view as an address carries it."""
    audience = pairs_of(view.audience, filters.types)
    columns = [one.key for one in these(view.columns, columns_to_choose(filters.types))]
    return _pairs(view.text, view.status, audience, str(Chosen.of(view.order)), columns)


def _pairs(text: str, status: str, filters: Pairs, order: str, columns: Iterable[str]) -> Pairs:
    said = [("q", text), ("status", str(status)), *filters]
    if order and order != str(Chosen()):
        said.append(("order", order))
    found = [(name, value) for name, value in said if name not in {"q", "status"} or value]
    return [*found, *(("column", key) for key in columns)]
