"""The pages of such mails: all of them, writing one, looking whom it reaches, and what it did."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterword.core.instants import parse_instant
from afterword.core.keyset import newest_first
from afterword.feedback.asked import AskedAnswers
from afterword.feedback.loop.find import Loop
from afterword.followups.autoresponders.write import FIELDS
from afterword.followups.written_mail import Manner
from afterword.followups.written_preview import preview_of
from afterword.followups.you_said import act
from afterword.followups.you_said.forecast import forecast
from afterword.followups.you_said.form import YouSaidForm
from afterword.followups.you_said.mail import example
from afterword.followups.you_said.models import YouSaid
from afterword.followups.you_said.results import results_of
from afterword.followups.you_said.whom import asked_of
from afterword.long_work.progress import Progress
from afterword.survey_templates.editor.preview import POLICY
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member

_BODY = (
    "Hello{% if first_name %} {{ first_name }}{% endif %},\n\n"
    "some time ago you told us what you think of us. You said: …\n\nWe did: …\n\nThank you!"
)


@require_safe
@for_members
def all_of_them(request: HttpRequest, member: Member) -> HttpResponse:
    cursor = request.GET.get("after", "")
    rows = YouSaid.objects.visible_to(member).select_related("by", "work")
    page = newest_first(rows, "created_at", cursor)
    context = {"found": page.rows, "after": page.after, "cursor": cursor}
    return render(request, "followups/you_said/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def new(request: HttpRequest, member: Member) -> HttpResponse:
    """Write one for the answers that the feedback page was asked for."""
    asked = AskedAnswers.of(member, request.GET)
    you_said = YouSaid(
        workspace=member.workspace,
        query=asked.query,
        by=member.user,
        created_at=timezone.now(),
        subject="You said, we did",
        body=_BODY,
    )
    return _write(request, member, you_said)


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
@transaction.atomic
def edit(request: HttpRequest, member: Member, you_said_id: UUID) -> HttpResponse:
    """Change a draft; what was begun stays as it is."""
    rows = YouSaid.objects.visible_to(member).select_for_update(no_key=True)
    you_said = get_object_or_404(rows, id=you_said_id)
    if not you_said.is_draft:
        messages.warning(request, "It was begun already, and stays as it is.")
        return redirect("followups:you_said", you_said_id)
    return _write(request, member, you_said)


def _write(request: HttpRequest, member: Member, you_said: YouSaid) -> HttpResponse:
    form = YouSaidForm(you_said, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.complete().save()
        messages.success(request, "The draft is saved. Nothing is sent yet.")
        return redirect("followups:you_said", you_said.id)
    context = {
        "form": form,
        **_of_whom(you_said, member),
        "variables": FIELDS,
        # for the preview beside it
        "base": "followups:you_said",
        "ids": [],
    }
    status = 422 if form.is_bound else 200
    return render(request, "followups/you_said/form.html", context, status=status)


@require_POST
@xframe_options_sameorigin
@for_members
def preview(request: HttpRequest, member: Member) -> HttpResponse:
    """Draw what is being typed. Nothing is saved, so whoever may look may do that."""
    drawn = preview_of(YouSaid(), member.workspace.name, Manner(), request.POST.dict(), example)
    response = HttpResponse(drawn)
    response.headers["Content-Security-Policy"] = POLICY
    return response


@require_safe
@for_members
def one(request: HttpRequest, member: Member, you_said_id: UUID) -> HttpResponse:
    """A draft with whom it would reach; of one that was begun, what became of it."""
    you_said, now = _found(member, you_said_id), timezone.now()
    context = {**_of_whom(you_said, member), "asked_at": now.isoformat()}
    if you_said.is_draft:
        found = forecast(you_said, now)
        context["forecast"] = found
        context["held_back"] = round(found.mailed * you_said.held_back / 100)
        return render(request, "followups/you_said/draft.html", context)
    context["results"] = results_of(you_said)
    if you_said.work:
        context["progress"] = Progress.of(you_said.work, member)
    return render(request, "followups/you_said/results.html", context)


@require_POST
@for_changers
def beginning(request: HttpRequest, member: Member, you_said_id: UUID) -> HttpResponse:
    you_said, now = _found(member, you_said_id), timezone.now()
    asked_at = parse_instant(request.POST.get("asked_at", "")) or now
    if act.begin(you_said.id, member, asked_at, now):
        messages.success(request, "It is on its way. This page shows what becomes of it.")
    else:
        messages.warning(request, "It was begun already.")
    return redirect("followups:you_said", you_said_id)


@require_POST
@for_changers
def stopping(request: HttpRequest, member: Member, you_said_id: UUID) -> HttpResponse:
    if act.stop(_found(member, you_said_id), member, timezone.now()):
        text = "It is stopped. Whoever has the mail keeps it; nobody else gets it."
        messages.success(request, text)
    else:
        messages.warning(request, "It was not begun yet, so there is nothing to stop.")
    return redirect("followups:you_said", you_said_id)


@require_POST
@for_changers
@transaction.atomic
def trial(request: HttpRequest, member: Member, you_said_id: UUID) -> HttpResponse:
    act.send_trial(_found(member, you_said_id), member, timezone.now())
    messages.success(request, f"An example is on its way to {member.user.email}.")
    return redirect("followups:you_said", you_said_id)


@require_POST
@for_changers
@transaction.atomic
def removal(request: HttpRequest, member: Member, you_said_id: UUID) -> HttpResponse:
    """Delete a draft; of two who begin and delete it at once, one comes first."""
    rows = YouSaid.objects.visible_to(member).select_for_update(no_key=True)
    you_said = get_object_or_404(rows, id=you_said_id)
    if you_said.is_draft:
        you_said.delete()
        messages.success(request, "The draft is deleted.")
    else:
        messages.warning(request, "It was begun already, so it is kept.")
    return redirect("followups:you_said_list")


def _of_whom(you_said: YouSaid, member: Member) -> dict[str, Any]:
    """Return what `of_whom.html` shows. "Mine" are the author's, whoever looks."""
    asked = asked_of(you_said)
    of_the_author = asked.loop is Loop.MINE and you_said.by_id != member.user_id
    return {
        "you_said": you_said,
        "asked": asked.words(member),
        "of_the_author": of_the_author,
    }


def _found(member: Member, you_said_id: UUID) -> YouSaid:
    rows = YouSaid.objects.visible_to(member).select_related("by", "work")
    return get_object_or_404(rows, id=you_said_id)
