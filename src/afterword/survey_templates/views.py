"""The pages of survey templates."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterword.core.keys import free_key, free_name
from afterword.customers.models import Customer
from afterword.survey_templates.editor.arrange import ARRANGE, arranged
from afterword.survey_templates.editor.form import SurveyTemplateForm
from afterword.survey_templates.gallery import fresh_template, starts_for
from afterword.survey_templates.letters.person import PERSON_FIELDS
from afterword.survey_templates.letters.trial import send_trial
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.survey_templates.models import Template
from afterword.web.way_back import way_back
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member, Role, Workspace


@require_safe
@for_members
def templates(request: HttpRequest, member: Member) -> HttpResponse:
    rows = Template.objects.visible_to(member).with_brand().prefetch_related("campaigns")
    return render(
        request, "survey_templates/templates.html", {"templates": rows.order_by("name", "id")}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def new_template(request: HttpRequest, member: Member) -> HttpResponse:
    """First the metric, which stays, and what to begin with; then the form, filled with that."""
    if request.GET.get("metric") not in set(Metric):
        return render(request, "survey_templates/template_metric.html", {"cards": SCALES})
    metric = Metric(request.GET["metric"])
    if "start" not in request.GET and request.method != "POST":
        starts = {"starts": starts_for(metric), "metric": metric, "scale": SCALES[metric]}
        return render(request, "survey_templates/template_start.html", starts)
    fresh = fresh_template(member.workspace, metric, request.GET.get("start", ""))
    fresh.name = free_name(fresh.name, member.workspace.templates.values_list("name", flat=True))
    form = SurveyTemplateForm(fresh, request.POST or None, request.FILES or None)
    if ARRANGE in request.POST:
        return _show(request, _rearranged(request, fresh))
    if request.method == "POST" and form.is_valid():
        template = _create(form, member.workspace)
        messages.success(request, f"The template {template.name} is made.")
        back = way_back(request, made=template.id)
        return redirect(back or reverse("templates:edit", args=[template.id]))
    return _show(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def edit_template(request: HttpRequest, member: Member, template_id: UUID) -> HttpResponse:
    if request.method == "POST" and not Role(member.role).may_change:
        raise PermissionDenied
    template = get_object_or_404(Template.objects.visible_to(member).with_brand(), id=template_id)
    form = SurveyTemplateForm(template, request.POST or None, request.FILES or None)
    if ARRANGE in request.POST:
        return _show(request, _rearranged(request, template), template=template)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "The template is saved: the next survey uses it.")
        return redirect(way_back(request) or reverse("templates:edit", args=[template.id]))
    return _show(request, form, template=template)


@require_POST
@for_changers
@transaction.atomic
def trial(request: HttpRequest, member: Member, template_id: UUID) -> HttpResponse:
    template = get_object_or_404(Template.objects.visible_to(member), id=template_id)
    send_trial(template, member, timezone.now())
    messages.success(request, f"A test is on its way to {member.user.email}.")
    return redirect("templates:edit", template.id)


@transaction.atomic
def _create(form: SurveyTemplateForm, workspace: Workspace) -> Template:
    Workspace.objects.select_for_update().get(id=workspace.id)  # of two at once, one key each
    taken = set(workspace.templates.values_list("key", flat=True))
    form.template.key = free_key(form.cleaned_data["name"], taken, "template")
    return form.save()


def _show(request: HttpRequest, form: SurveyTemplateForm, **context: object) -> HttpResponse:
    return render(
        request,
        "survey_templates/template.html",
        {
            "form": form,
            "variables": _variables(form.template),
            "people": _people(form.template),
            **context,
        },
        status=422 if form.errors else 200,
    )


def _rearranged(request: HttpRequest, template: Template) -> SurveyTemplateForm:
    """The form with a question or a language more, less or elsewhere: nothing is checked yet."""
    return SurveyTemplateForm(template, arranged(request.POST)).unchecked()


def _people(template: Template) -> Iterable[Customer]:
    """Some customers for whom the preview can be drawn: the newest ones."""
    rows = Customer.objects.filter(workspace_id=template.workspace_id).exclude(email=None)
    return rows.order_by("-created_at")[:8]


def _variables(template: Template) -> list[str]:
    """What texts may show of a person."""
    own = template.workspace.properties.order_by("name").values_list("name", flat=True)
    return [*PERSON_FIELDS, *own]
