"""The pages of survey templates."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from afterword.campaigns.forms import metric_cards
from afterword.campaigns.keys import free_key
from afterword.campaigns.metrics import Metric
from afterword.campaigns.models import Campaign, Template
from afterword.campaigns.template_form import SurveyTemplateForm, fresh_template
from afterword.core.ids import parsed_id
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member, Role, Workspace


@require_safe
@for_members
def templates(request: HttpRequest, member: Member) -> HttpResponse:
    rows = Template.objects.visible_to(member).prefetch_related("campaigns")
    return render(request, "campaigns/templates.html", {"templates": rows.order_by("name", "id")})


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def new_template(request: HttpRequest, member: Member) -> HttpResponse:
    """First the metric, which stays; then the form, filled with what the metric suggests."""
    if request.GET.get("metric") not in set(Metric):
        return render(request, "campaigns/template_metric.html", {"cards": metric_cards()})
    fresh = fresh_template(member.workspace, Metric(request.GET["metric"]))
    form = SurveyTemplateForm(request.POST or None, request.FILES or None, instance=fresh)
    campaign = _campaign_to_return_to(request, member)
    if request.method == "POST" and form.is_valid():
        template = _create(form, member.workspace)
        messages.success(request, f"The template {template.name} is made.")
        if campaign:
            return redirect("campaigns:edit", campaign.id)
        return redirect("campaigns:template", template.id)
    return _show(request, form, campaign=campaign)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def edit_template(request: HttpRequest, member: Member, template_id: UUID) -> HttpResponse:
    if request.method == "POST" and not Role(member.role).may_change:
        raise PermissionDenied
    template = get_object_or_404(Template.objects.visible_to(member), id=template_id)
    form = SurveyTemplateForm(request.POST or None, request.FILES or None, instance=template)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "The template is saved: the next survey uses it.")
        return redirect("campaigns:template", template.id)
    return _show(request, form, template=template)


@transaction.atomic
def _create(form: SurveyTemplateForm, workspace: Workspace) -> Template:
    Workspace.objects.select_for_update().get(id=workspace.id)  # of two at once, one key each
    taken = set(workspace.templates.values_list("key", flat=True))
    form.instance.key = free_key(form.cleaned_data["name"], taken, "template")
    return form.save()


def _campaign_to_return_to(request: HttpRequest, member: Member) -> Campaign | None:
    """Return the campaign from whose editor the new template was asked for."""
    campaign_id = parsed_id(request.GET.get("campaign", ""))
    if campaign_id is None:
        return None
    return Campaign.objects.visible_to(member).filter(id=campaign_id).first()


def _show(request: HttpRequest, form: SurveyTemplateForm, **context: object) -> HttpResponse:
    return render(
        request,
        "campaigns/template.html",
        {"form": form, **context},
        status=422 if form.is_bound else 200,
    )
