"""Which customers are meant: some that were ticked, or all that the list's address means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, TypeVar
from uuid import UUID

from django.http import QueryDict
from django.utils.http import urlencode

from afterword.core.ids import parsed_id
from afterword.core.instants import parse_instant
from afterword.core.text import clean_text
from afterword.customers.models import Customer
from afterword.profiles.listing.asked import Asked
from afterword.profiles.listing.columns import USUAL
from afterword.workspaces.models import Viewer, WorkspaceRows

MOST_TICKED = 1_000
T = TypeVar("T")
ALL, TICKED = "all", "ticked"


@dataclass(frozen=True, slots=True)
class Selection:
    """`asked_at` is when the person was shown how many: who came later is none of them."""

    scope: str
    ticked: Sequence[UUID]
    query: str  # of the list that it was chosen in
    asked_at: datetime

    @classmethod
    def of(cls, given: QueryDict, now: datetime) -> Self:
        """Read `scope`, `customer` for each that is ticked, `query` and `asked_at`."""
        ids = (parsed_id(each) for each in given.getlist("customer")[:MOST_TICKED])
        return cls(
            scope=ALL if given.get("scope") == ALL else TICKED,
            ticked=list(dict.fromkeys(id_ for id_ in ids if id_)),
            query=clean_text(given.get("query", "")),
            asked_at=min(parse_instant(given.get("asked_at", "")) or now, now),
        )

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        return cls(
            scope=stored["scope"],
            ticked=[UUID(each) for each in stored["ticked"]],
            query=stored["query"],
            asked_at=datetime.fromisoformat(stored["asked_at"]),
        )

    @property
    def stored(self) -> dict[str, Any]:
        """The same as JSON. Of all it keeps what they have in common, and no ids."""
        return {
            "scope": self.scope,
            "ticked": [str(each) for each in self.ticked] if self.scope == TICKED else [],
            "query": self.query,
            "asked_at": self.asked_at.isoformat(),
        }

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The same for hidden inputs."""
        ticked = [("customer", str(each)) for each in self.ticked] if self.scope == TICKED else []
        at = self.asked_at.isoformat()
        return [("scope", self.scope), ("query", self.query), ("asked_at", at), *ticked]

    @property
    def address_query(self) -> str:
        return urlencode(self.pairs)

    def asked(self, viewer: Viewer, own_columns: Sequence[str] = USUAL) -> Asked:
        return Asked.of(viewer, QueryDict(self.query), own_columns)

    def ask(self, viewer: Viewer, question: Callable[[WorkspaceRows[Customer]], T]) -> T:
        """Return what `question` makes of them, with one query, which may be asked twice."""
        if self.scope == TICKED:
            rows = Customer.objects.visible_to(viewer).distinct_people()
            return question(rows.filter(id__in=self.ticked))
        at = self.asked_at
        return self.asked(viewer).ask(
            viewer, at, lambda rows: question(rows.filter(created_at__lte=at))
        )
