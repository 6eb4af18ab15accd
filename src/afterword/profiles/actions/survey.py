"""Send email survey: one, at once, by an existing campaign and its template."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from afterword.campaigns.models import Campaign
from afterword.decisions.explain import explain
from afterword.decisions.terms import Verdict
from afterword.profiles.listing.status import statuses_of
from afterword.profiles.page import find_customer
from afterword.surveys.by_hand import ask_by_hand, campaigns_to_ask_by
from afterword.surveys.cancel import cancel
from afterword.surveys.models import Invitation
from afterword.web import undo
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member


class CampaignField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Chooses a campaign to ask by; its form says of which."""

    def __init__(self) -> None:
        super().__init__(
            Campaign.objects.none(),
            empty_label="Choose a campaign",
            help_text="Its template is used, also while the campaign is off.",
        )

    def offer(self, campaigns: QuerySet[Campaign]) -> None:
        """Offer these; of several none is chosen already, for a mail cannot be called back."""
        if campaigns.count() == 1:
            self.empty_label = None
        self.queryset = campaigns

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.scale.label}, {'on' if obj.is_active else 'off'}): {obj.template}"


class SurveyForm(forms.Form):
    campaign = CampaignField()
    # A form that is sent twice asks once.
    occasion = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, member: Member, given: QueryDict | None = None) -> None:
        super().__init__(given, initial={"occasion": uuid4()})
        campaigns = campaigns_to_ask_by(member).select_related("template")
        self.fields["campaign"].offer(campaigns)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def survey(request: HttpRequest, member: Member, customer_id: UUID) -> HttpResponse:
    customer = find_customer(member, customer_id)
    form = SurveyForm(member, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        now = timezone.now()
        verdict = ask_by_hand(customer, said["campaign"], member, said["occasion"], now)
        if "survey_id" in verdict.detail:
            address = reverse(
                "profiles:survey_undo", args=[customer.id, verdict.detail["survey_id"]]
            )
            undo.offer(request, f"A survey is on its way to {customer.address}.", address)
            return redirect("profiles:profile", customer.id)
        form.add_error(None, f"Nothing is sent. {_why(verdict)}")
    context = {
        "customer": customer,
        "form": form,
        "has_campaigns": campaigns_to_ask_by(member).exists(),
        "stopped_by": ", ".join(statuses_of(customer)),
    }
    return render(request, "profiles/survey.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_changers
def call_back(
    request: HttpRequest, member: Member, customer_id: UUID, survey_id: UUID
) -> HttpResponse:
    """Cancel it while nobody has begun to send it."""
    customer = find_customer(member, customer_id)
    only = Invitation.objects.visible_to(member).filter(id=survey_id, survey__customer=customer)
    if cancel(only, member.user_id, timezone.now()):
        messages.success(request, "The survey is cancelled: it will not be sent.")
    else:
        messages.warning(request, "It was too late: the survey is being sent, or was.")
    return redirect("profiles:profile", customer.id)


def _why(verdict: Verdict) -> str:
    if not verdict.detail.get("email") and verdict.reason == "no_email":
        return "No address of this customer is known."
    return explain(verdict.reason, verdict.detail, timezone.get_current_timezone())
