"""The list of campaigns: whom do we ask, after what, and do they answer?"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from afterword.campaigns.figures import Figures, figures_of
from afterword.campaigns.models import Campaign
from afterword.sending.paused import pausing
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Row:
    campaign: Campaign
    figures: Figures


@require_safe
@for_members
def campaigns(request: HttpRequest, member: Member) -> HttpResponse:
    """Without those in the archive, unless it is asked for; `label` narrows it."""
    found = list(
        Campaign.objects.visible_to(member)
        .annotate(is_paused=Exists(pausing(OuterRef("workspace_id"), OuterRef("id"))))
        .order_by("name", "id")
    )
    in_archive, label = "archive" in request.GET, request.GET.get("label", "")
    shown = [one for one in found if one.is_archived == in_archive]
    chosen = [one for one in shown if not label or label in one.labels]
    return render(
        request,
        "campaigns/list.html",
        {
            "rows": _rows(member, chosen),
            "has_any": bool(found),
            "archived": sum(one.is_archived for one in found),
            "in_archive": in_archive,
            "labels": sorted({word for one in shown for word in one.labels}, key=str.casefold),
            "label": label,
        },
    )


def _rows(member: Member, campaigns: Sequence[Campaign]) -> list[Row]:
    figures = figures_of(member)
    return [Row(one, figures.get(one.id, Figures())) for one in campaigns]
