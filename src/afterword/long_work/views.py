"""The page of one piece of work: how far it is, and what became of it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterword.long_work import start
from afterword.long_work.models import Work
from afterword.long_work.progress import Progress
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member


@require_safe
@for_members
def work(request: HttpRequest, member: Member, work_id: UUID) -> HttpResponse:
    """The page, or what of it looks again by itself; once the work has ended, the whole anew."""
    rows = Work.objects.visible_to(member).select_related("by")
    progress = Progress.of(get_object_or_404(rows, id=work_id), member)
    if "HX-Request" not in request.headers:
        return render(request, "long_work/work.html", {"progress": progress})
    if progress.is_open:
        return render(request, "long_work/progress.html", {"progress": progress})
    return HttpResponse(headers={"HX-Refresh": "true"})


@require_POST
@for_changers
def cancel(request: HttpRequest, member: Member, work_id: UUID) -> HttpResponse:
    found = get_object_or_404(Work.objects.visible_to(member), id=work_id)
    if start.cancel(found, timezone.now()):
        messages.success(request, "It is cancelled. What was done until now stays.")
    else:
        messages.warning(request, "It was too late to cancel: it had ended already.")
    return redirect("long_work:work", work_id)
