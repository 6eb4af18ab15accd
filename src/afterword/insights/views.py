"""The first page: how are we doing?"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterword.campaigns.models import Campaign
from afterword.feedback.found import SHOWN
from afterword.feedback.search import PERIODS, Search
from afterword.feedback.whom.filters import Whom
from afterword.insights.basis import basis_of
from afterword.insights.dashboard import reports
from afterword.insights.first_steps import first_steps
from afterword.surveys.models import Survey
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member

LATEST = 10


@require_safe
@for_members
def dashboard(request: HttpRequest, member: Member) -> HttpResponse:
    now = timezone.now()
    search = Search.of({name: request.GET.get(name, "") for name in ("campaign", "days")})
    whom = Whom.asked(member, request.GET)
    if (tidy := whom.tidy_query) is not None:
        return redirect(f"{request.path}?{tidy}")
    in_full = request.GET.get("exact") == "yes"
    basis = basis_of(member, search, now, whom, in_full=in_full)
    campaigns = list(Campaign.objects.visible_to(member).order_by("name"))
    return render(
        request,
        "insights/dashboard.html",
        {
            "first_steps": None if search or whom else first_steps(member),
            "reports": reports(member, search, now, basis),
            "basis": basis,
            "in_full": in_full,
            "latest": basis.latest(LATEST).select_related(*SHOWN),
            "search": search,
            "whom": whom,
            "not_known": basis.not_known,
            "campaigns": campaigns,
            "listening": [one for one in campaigns if one.is_active and one.events],
            "is_waiting_for_answers": Survey.objects.visible_to(member)
            .filter(asked_at__isnull=False)
            .exists(),
            "periods": PERIODS,
            "base_url": settings.BASE_URL,
        },
    )
