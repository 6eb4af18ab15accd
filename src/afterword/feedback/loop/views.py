"""The page of one answer's assignment, and Settings → Close the loop."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from afterword.feedback.loop.assign import assign, end, open_again
from afterword.feedback.loop.forms import AssignmentForm, RuleForm
from afterword.feedback.loop.models import Assignment, AssignmentRule
from afterword.feedback.models import Response
from afterword.workspaces.access import for_administrators, for_changers
from afterword.workspaces.models import Member

_SHOWN = ("customer", "campaign", "survey", "version", "facts_then", "assignment__user")


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def assignment(request: HttpRequest, member: Member, response_id: UUID) -> HttpResponse:
    rows = Response.objects.visible_to(member).select_related(*_SHOWN)
    response, now = get_object_or_404(rows, id=response_id), timezone.now()
    found = Assignment.objects.filter(response=response).first()
    form = AssignmentForm(member, found, now, request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept = assign(response, form.wish, member, now)
        if "done" in request.POST:
            end(kept, kept.note, now)
        messages.success(request, "It is done." if "done" in request.POST else "It is saved.")
        return redirect("feedback:assignment", response_id)
    context = {"form": form, "response": response, "found": found}
    status = 422 if form.is_bound else 200
    return render(request, "feedback/assignment.html", context, status=status)


@require_POST
@for_changers
def opening(request: HttpRequest, member: Member, response_id: UUID) -> HttpResponse:
    """Open again what was done."""
    rows = Assignment.objects.visible_to(member)
    open_again(get_object_or_404(rows, response=response_id))
    messages.success(request, "It is open again.")
    return redirect("feedback:assignment", response_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def rule(request: HttpRequest, member: Member) -> HttpResponse:
    found = AssignmentRule.objects.visible_to(member).first()
    found = found or AssignmentRule(workspace=member.workspace)
    form = RuleForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save(timezone.now())
        messages.success(request, "The rule is saved.")
        return redirect("feedback:loop_rule")
    status = 422 if form.is_bound else 200
    return render(request, "feedback/loop_rule.html", {"form": form}, status=status)
