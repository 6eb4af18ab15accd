"""Receipts of erasures: what was removed, in numbers."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from afterword.core.keyset import newest_first
from afterword.privacy.models import Erasure
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member


@require_safe
@for_members
def erasures(request: HttpRequest, member: Member) -> HttpResponse:
    rows = Erasure.objects.visible_to(member).select_related("by")
    cursor = request.GET.get("after", "")
    page = newest_first(rows, "at", cursor)
    context = {"erasures": page.rows, "after": page.after, "cursor": cursor}
    return render(request, "privacy/list.html", context)


@require_safe
@for_members
def receipt(request: HttpRequest, member: Member, erasure_id: UUID) -> HttpResponse:
    rows = Erasure.objects.visible_to(member).select_related("by")
    erasure = get_object_or_404(rows, id=erasure_id)
    counts = [(name.replace("_", " ").capitalize(), n) for name, n in erasure.counts.items()]
    return render(request, "privacy/receipt.html", {"erasure": erasure, "counts": counts})
