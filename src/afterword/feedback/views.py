"""The feedback page: every response, newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterword.campaigns.metrics import SCALES, Bucket
from afterword.campaigns.models import Campaign
from afterword.core.keyset import newest_first
from afterword.feedback.models import Response
from afterword.feedback.search import PERIODS, Search
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member


@require_safe
@for_members
def feedback(request: HttpRequest, member: Member) -> HttpResponse:
    search = Search.of(request.GET)
    cursor = request.GET.get("after", "")
    rows = search.find(Response.objects.visible_to(member), timezone.now())
    page = newest_first(rows.select_related("customer", "campaign"), "created_at", cursor)
    return render(
        request,
        "feedback/list.html",
        {
            "responses": page.rows,
            "after": page.after,
            "cursor": cursor,
            "search": search,
            "metrics": SCALES,
            "buckets": {
                Bucket.PROMOTER: "Promoters, satisfied",
                Bucket.PASSIVE: "Passives, neutral",
                Bucket.DETRACTOR: "Detractors, unsatisfied",
            },
            "periods": PERIODS,
            "campaigns": Campaign.objects.visible_to(member).order_by("name"),
        },
    )
