"""Which answers the feedback page is asked for: all of its filters, as its address carries them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from afterword.campaigns.models import Campaign
from afterword.customers.models import Customer
from afterword.feedback.loop.find import LABELS, Loop, asked_loop, narrow_to_loop
from afterword.feedback.models import Response
from afterword.feedback.search import BUCKETS, PERIODS, Search
from afterword.feedback.whom.filters import AsOf, Whom
from afterword.feedback.whom.narrow import narrow
from afterword.survey_templates.metrics import SCALES
from afterword.workspaces.models import Viewer, WorkspaceRows


@dataclass(frozen=True)
class AskedAnswers:
    search: Search
    whom: Whom
    loop: Loop | None

    @classmethod
    def of(cls, viewer: Viewer, given: QueryDict) -> Self:
        """Read them; what a query says wrongly is left out."""
        whom = Whom.asked(viewer, given)
        return cls(Search.of(given), whom, asked_loop(given.get("loop", "")))

    def __bool__(self) -> bool:
        return bool(self.search or self.whom or self.loop)

    def find(self, viewer: Viewer, user_id: UUID | None, now: datetime) -> WorkspaceRows[Response]:
        """Return the answers; `user_id` is whose those are that are to be followed up by "me"."""
        return narrow(self.of_anybody(viewer, user_id, now), self.whom, now)

    def of_anybody(
        self, viewer: Viewer, user_id: UUID | None, now: datetime
    ) -> WorkspaceRows[Response]:
        """Return the same without regard to whose they are."""
        rows = self.search.find(Response.objects.visible_to(viewer), now)
        return narrow_to_loop(rows, self.loop, user_id, now)

    def customer(self, viewer: Viewer) -> Customer | None:
        """Whose answers alone are asked for; None for everybody's, and where they are gone."""
        if self.search.customer_id is None:
            return None
        return Customer.objects.visible_to(viewer).filter(id=self.search.customer_id).first()

    @property
    def query(self) -> str:
        """The same as an address carries it, from which `of` reads it back."""
        loop = [("loop", str(self.loop))] if self.loop else []
        return urlencode([*self.search.query.items(), *loop, *self.whom.pairs])

    def words(self, viewer: Viewer) -> list[str]:
        """Say each filter; one query where a campaign is named, and one for a customer."""
        search, said = self.search, []
        if search.customer_id:
            said.append(f"of {self.customer(viewer) or 'a customer who is gone'}")
        if search.metric:
            said.append(SCALES[search.metric].label)
        if search.campaign_id:
            campaign = Campaign.objects.visible_to(viewer).filter(id=search.campaign_id).first()
            said.append(campaign.name if campaign else "a campaign that is gone")
        if search.bucket:
            said.append(BUCKETS[search.bucket].lower())
        if search.score is not None:
            said.append(f"score {search.score}")
        if search.counts is not None:
            said.append("counted" if search.counts else "not counted")
        if search.days:
            said.append(PERIODS[search.days].lower())
        if self.loop:
            said.append(f"to follow up: {LABELS[self.loop].lower()}")
        if self.whom:
            then = "then" if self.whom.as_of is AsOf.THEN else "now"
            said.append(f"customers who {then} have {self.whom.in_words}")
        return said
