"""Settings → At risk: the rule in sentences, with numbers to change."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from afterword.feedback.risk.models import AtRisk, RiskRule
from afterword.feedback.risk.watch import rule_of
from afterword.web.conflicts import NoticesOthers
from afterword.workspaces.access import for_administrators
from afterword.workspaces.models import Member

_OFF = "Empty: this is no reason."


class RiskForm(NoticesOthers, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = RiskRule
        fields = ("worst_days", "fall_percent", "fall_days", "silent_surveys", "silent_days")
        labels = {
            "worst_days": "The last answer was in the lowest category, in the last … days",
            "fall_percent": "Or it was lower than the one before by … percent of the scale",
            "fall_days": "… in the last … days",
            "silent_surveys": "Or the last … surveys since then were not answered",
            "silent_days": "… each for … days",
        }
        help_texts = {
            "worst_days": f"A detractor, or who was not satisfied. {_OFF}",
            "fall_percent": f"30 of NPS: from 9 to 6, for 3 of 10 steps. {_OFF}",
            "silent_surveys": f"Of those who have answered before. {_OFF}",
        }

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
