"""The live panel of Setup where a program asks: has its first call come, and what became of it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from afterword.campaigns.models import Campaign
from afterword.decisions.models import Decision
from afterword.events.looks import LOOKS, RECENT, SHOWN, looks_of
from afterword.occasions.occasion import Kind
from afterword.surveys.models import Invitation
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Called:
    """What was decided for one customer of a call; `invitation` is None where nobody is asked."""

    decision: Decision
    invitation: Invitation | None

    @property
    def address(self) -> str:
        customer = self.decision.customer
        return (customer.email if customer else "") or self.decision.detail.get("email", "")


@require_safe
@never_cache
@for_members
def calls(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    """Show what the latest calls led to; the panel looks again by itself, whatever it shows."""
    campaign = get_object_or_404(Campaign.objects.visible_to(member), id=campaign_id)
    rows = Decision.objects.visible_to(member).filter(
        campaign=campaign,
        occasion_kind=Kind.CALL,
        decided_at__gte=timezone.now() - RECENT,
    )
    latest = rows.select_related("customer").order_by("-decided_at", "-id")
    looked = looks_of(request) or 0
    return render(
        request,
        "surveys/calls.html",
        {
            "campaign": campaign,
            "called": _with_surveys(list(latest[:SHOWN])),
            "looked": min(looked, LOOKS) + 1,
            "looks_again": looked < LOOKS,
        },
    )


def _with_surveys(decisions: Sequence[Decision]) -> list[Called]:
    """A survey's first invitation has the survey's key, which its decision names."""
    ids = [one.detail["survey_id"] for one in decisions if "survey_id" in one.detail]
    found = Invitation.objects.select_related("mail").in_bulk(ids)
    by_id = {str(id_): invitation for id_, invitation in found.items()}
    return [Called(one, by_id.get(str(one.detail.get("survey_id")))) for one in decisions]
