"""Add survey feedback: what a customer said elsewhere, with score, comment and date."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from afterword.campaigns.models import Campaign
from afterword.core.text import clean_text
from afterword.feedback.answering.answer import COMMENT_LIMIT
from afterword.feedback.by_hand import Heard, add, take_back
from afterword.feedback.models import Response
from afterword.profiles.page import find_customer
from afterword.survey_templates.metrics import METRIC_CHOICES, SCALES, Metric
from afterword.web import undo
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member

_RANGES = ", ".join(f"{each.label} {each.lowest}\u2013{each.highest}" for each in SCALES.values())


class FeedbackForm(forms.Form):
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), required=False, empty_label="No campaign"
    )
    metric = forms.ChoiceField(
        choices=METRIC_CHOICES, required=False, help_text="A campaign has its own."
    )
    score = forms.IntegerField(
        min_value=0,
        max_value=10,
        help_text=_RANGES,
        widget=forms.NumberInput(attrs={"class": "half", "inputmode": "numeric"}),
    )
    comment = forms.CharField(
        required=False,
        max_length=COMMENT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    date = forms.DateField(
        label="When it was said", widget=forms.DateInput(attrs={"type": "date", "class": "half"})
    )
    counts = forms.BooleanField(
        required=False,
        initial=True,
        label="It counts in scores",
        help_text="Off, it is shown with the customer and in the feedback, and changes no score.",
    )

    def __init__(self, member: Member, given: QueryDict | None = None) -> None:
        super().__init__(given, initial={"date": timezone.localdate()})
        campaigns = Campaign.objects.visible_to(member).order_by("name")
        self.fields["campaign"].queryset = campaigns  # type: ignore[attr-defined]

    def clean_date(self) -> object:
        if self.cleaned_data["date"] > timezone.localdate():
            raise ValidationError("This day is still to come.")
        return self.cleaned_data["date"]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        campaign = said.get("campaign")
        metric = Metric(campaign.metric if campaign else said.get("metric") or Metric.NPS)
        scale = SCALES[metric]
        if said.get("score") is not None and said["score"] not in scale.scores:
            self.add_error(
                "score", f"A score of {scale.label} is from {scale.lowest} to {scale.highest}."
            )
        return {**said, "metric": metric}

    def heard(self, now: datetime) -> Heard:
        """Of a day only the day is known: its noon stands for it, or now if it is today."""
        said = self.cleaned_data
        noon = timezone.make_aware(datetime.combine(said["date"], time(12)))
        comment = clean_text(said["comment"].replace("\r\n", "\n"))
        return Heard(
            said["metric"], said["score"], comment, min(noon, now), said["campaign"], said["counts"]
        )


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def feedback(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    form = FeedbackForm(member, request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        response = add(customer, form.heard(now), now)
        address = reverse("profiles:feedback_undo", args=[customer.id, response.id])
        undo.offer(request, "The feedback is added.", address)
        return redirect("profiles:profile", customer.id)
    context = {"customer": customer, "form": form}
    return render(request, "profiles/feedback.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_changers
def remove(
    request: HttpRequest, member: Member, customer_id: UUID, response_id: UUID
) -> HttpResponse:
    """Take back what was added by hand; what a customer answered stays."""
    customer = find_customer(member, customer_id)
    rows = Response.objects.visible_to(member).filter(customer=customer)
    if take_back(get_object_or_404(rows, id=response_id)):
        messages.success(request, "The feedback that was added by hand is removed.")
    else:
        messages.warning(request, "Nothing was removed: the customer gave this answer.")
    return redirect("profiles:profile", customer.id)
