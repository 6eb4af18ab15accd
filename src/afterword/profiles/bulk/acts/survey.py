"""Send an e-mail survey by hand, by a campaign and its template."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.http import QueryDict

from afterword.campaigns.models import Campaign, Channel
from afterword.decisions.reasons import Reason
from afterword.long_work.models import Work
from afterword.profiles.actions.survey import CampaignField
from afterword.profiles.bulk.act import Act, ActForm, Outcome
from afterword.surveys.by_hand import ask_all_by_hand, campaigns_to_ask_by
from afterword.workspaces.models import Member


class CampaignForm(ActForm):
    campaign = CampaignField()

    def __init__(self, member: Member, count: int, given: QueryDict | None = None) -> None:
        super().__init__(member, count, given)
        campaigns = campaigns_to_ask_by(member).select_related("template")
        self.fields["campaign"].offer(campaigns)  # type: ignore[attr-defined]
        if not campaigns:
            self.fields["campaign"].help_text = "No campaign has a template yet: make one first."

    @property
    def parameters(self) -> dict[str, Any]:
        campaign = self.cleaned_data["campaign"]
        return {"campaign": str(campaign.id), "campaign_name": campaign.name}


def _send(work: Work, ids: Sequence[UUID], now: datetime) -> Outcome:
    """Each customer's occasion follows from the work's key: nobody is asked twice by one work."""
    outcome = Outcome()
    campaigns = Campaign.objects.filter(workspace=work.workspace_id, channel=Channel.EMAIL)
    campaign = campaigns.filter(
        id=work.parameters["campaign"], template__isnull=False
    ).select_related("workspace").first()  # fmt: skip
    if campaign is None:
        outcome.left_out["The campaign was deleted meanwhile, or has no template"] = len(ids)
        return outcome
    occasions = {id_: uuid5(work.id, str(id_)) for id_ in ids}
    for verdict in ask_all_by_hand(occasions, campaign, work.by, now).values():
        if verdict.reason is Reason.SCHEDULED:
            outcome.done += 1
        else:
            outcome.left_out[verdict.reason.label] += 1
    return outcome


SEND_SURVEY = Act(
    "send_survey",
    "Send an e-mail survey",
    "icons/send.svg",
    CampaignForm,
    "One mail to each, at once. Audience, sample, delay and throttle of the campaign do not count;"
    " who may not be mailed is not, nor is who got as many mails as a day allows.",
    lambda said: f"Send a survey by {said['campaign_name']}",
    "Queued",
    _send,
)
