"""Which events a person wants to see."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from afterword.core.ids import parsed_id
from afterword.core.text import clean_text
from afterword.events.models import Event
from afterword.workspaces.models import WorkspaceRows

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for; an empty text asks for nothing."""

    email: str = ""
    name: str = ""
    campaign: str = ""
    reason: str = ""
    message_id: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Read it from a page's query, where `message_id` is called messageId."""
        sent = {field.name: query.get(_in_query(field.name), "") for field in fields(cls)}
        return cls(**{name: clean_text(value).strip()[:LONGEST] for name, value in sent.items()})

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def find(self, rows: WorkspaceRows[Event]) -> WorkspaceRows[Event]:
        """Keep the events that were asked for; an impossible campaign finds none."""
        asked: dict[str, object] = {}
        if self.email:
            asked["email"] = self.email.lower()
        if self.name:
            asked["name"] = self.name
        if self.message_id:
            asked["message_id"] = self.message_id
        if decided := self._decided():
            asked["id__in"] = rows.filter(**decided).values("id")
        return (
            rows.none() if self.campaign and not parsed_id(self.campaign) else rows.filter(**asked)
        )

    def _decided(self) -> dict[str, object]:
        decided: dict[str, object] = {}
        if campaign_id := parsed_id(self.campaign):
            decided["decisions__campaign_id"] = campaign_id
        if self.reason:
            decided["decisions__reason"] = self.reason
        return decided


def _in_query(name: str) -> str:
    return "messageId" if name == "message_id" else name
