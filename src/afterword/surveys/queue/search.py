"""Which of the mails that wait a person wants to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from django.db.models import Q

from afterword.campaigns.models import Campaign
from afterword.core.ids import parsed_id
from afterword.core.text import clean_text
from afterword.customers.models import Customer
from afterword.sending.models import Mail, State
from afterword.surveys.models import Invitation
from afterword.surveys.queue.waits import Wait
from afterword.workspaces.models import Viewer, WorkspaceRows

# Of more people with such a name, those of the first so many are found.
NAMESAKES = 1000
NO_CAMPAIGN = UUID(int=0)


@dataclass(frozen=True, slots=True)
class QueueSearch:
    """None and "" ask for nothing. What a query says wrongly is left out."""

    campaign_id: UUID | None = None
    wait: Wait | None = None
    text: str = ""  # how an address or a name begins

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        wait = query.get("why", "")
        return cls(
            campaign_id=parsed_id(query.get("campaign", "")),
            wait=Wait(wait) if wait in set(Wait) else None,
            text=clean_text(query.get("q", "")).strip()[:254],
        )

    def __bool__(self) -> bool:
        return self != QueueSearch()

    @property
    def query(self) -> dict[str, str]:
        """The same as a page's query, from which `of` reads it back."""
        said = {"campaign": str(self.campaign_id or ""), "why": self.wait or "", "q": self.text}
        return {name: value for name, value in said.items() if value}

    def mails(self, viewer: Viewer, now: datetime) -> WorkspaceRows[Mail]:
        """Return the mails of campaigns that wait, by the indexes that sending keeps of them."""
        campaigns = Campaign.objects.visible_to(viewer)
        if self.campaign_id:
            campaigns = campaigns.filter(id=self.campaign_id)
        # Never an empty list, of which Django makes no SQL for whoever puts it into a statement.
        streams = list(campaigns.values_list("id", flat=True)) or [NO_CAMPAIGN]
        waiting = Q(state=State.QUEUED, stream_id__in=streams) | Q(
            state=State.HELD, stream_id__in=streams
        )
        rows = Mail.objects.visible_to(viewer).filter(waiting)
        if self.wait:
            rows = rows.filter(self.wait.condition(now))
        return rows.filter(_named(self.text, viewer)) if self.text else rows

    def invitations(self, viewer: Viewer, now: datetime) -> WorkspaceRows[Invitation]:
        """Return what these are the mails of: they have the same keys."""
        rows = Invitation.objects.visible_to(viewer)
        return rows.filter(id__in=self.mails(viewer, now).values("id"))


def _named(text: str, viewer: Viewer) -> Q:
    """Whose address begins so, or whose customer's first or last name."""
    by_address = Q(recipient__startswith=text.lower())
    if "@" in text:
        return by_address
    namesakes = Customer.objects.visible_to(viewer).filter(
        Q(first_name__istartswith=text) | Q(last_name__istartswith=text)
    )
    found = list(namesakes.values_list("id", flat=True)[:NAMESAKES])
    return by_address | Q(customer_id__in=found)
