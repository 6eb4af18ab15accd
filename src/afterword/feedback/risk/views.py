"""Settings → At risk: the rule in sentences, with numbers to change."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from afterword.feedback.risk.judge_due import rule_of
from afterword.feedback.risk.models import AtRisk, RiskRule
from afterword.web.conflicts import NoticesOthers
from afterword.workspaces.access import for_administrators
from afterword.workspaces.models import Member

_LABELS = {
    "worst_days": "Days since an answer in the lowest category",
    "fall_percent": "Percent of the scale that the score fell by",
    "fall_days": "Days since the score fell",
    "silent_surveys": "Surveys that were not answered",
    "silent_days": "Days that each of them was out",
}


class RiskForm(NoticesOthers, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = RiskRule
        fields = ("worst_days", "fall_percent", "fall_days", "silent_surveys", "silent_days")
        help_texts = {
            "worst_days": "A detractor, or who was not satisfied.",
            "fall_percent": "30 % of NPS is 3 of its 10 steps, as from 9 to 6.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in _LABELS.items():  # what a screen reader says within the sentence
            self.fields[name].widget.attrs["aria-label"] = label

    def save(self, commit: bool = True) -> Any:
        """Everybody is judged anew, by the clock."""
        if self.has_changed():
            self.instance.anew_from = ""
            self.instance.save(update_fields=[*self.Meta.fields, "anew_from"])
        return self.instance


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def rule(request: HttpRequest, member: Member) -> HttpResponse:
    found = rule_of(member.workspace, timezone.now())
    form = RiskForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "The rule is saved; everybody is judged by it within minutes.")
        return redirect("feedback:risk")
    context = {"form": form, "at_risk": AtRisk.objects.visible_to(member).count()}
    return render(request, "feedback/risk.html", context, status=422 if form.is_bound else 200)
