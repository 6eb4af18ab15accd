"""What the sending brake says on top of a page: `{% brakes %}`, `{% brakes campaign %}`."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import template
from django.db.models import Q
from django.template import Context
from django.urls import reverse

from afterword.campaigns.models import Campaign
from afterword.surveys.models import Brake, BrakeLevel
from afterword.workspaces.models import Role, WorkspaceRows

register = template.Library()


@dataclass(frozen=True, slots=True)
class Figure:
    """How many mails, in words, and the outbox that shows them."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Notice:
    brake: Brake
    campaign: Campaign | None  # to look at, and to resume by
    with_domain: str = ""  # paused for the same mails

    @property
    def is_paused(self) -> bool:
        return self.brake.level == BrakeLevel.PAUSED

    @property
    def subject(self) -> str:
        """Whose mails these are, as it follows "Sending of" and "Many mails of"."""
        if self.brake.campaign:
            return self.brake.campaign.name
        return f"all that comes from {self.brake.sender_domain}"

    @property
    def figures(self) -> list[Figure]:
        found = [
            (self.brake.bounces, "bounced", "was_bounced"),
            (self.brake.complaints, "complained about", "was_complained"),
        ]
        return [
            Figure(f"{count:,} {word}", self._outbox(status))
            for count, word, status in found
            if count
        ]

    def _outbox(self, status: str) -> str:
        query = {"campaign": str(self.brake.campaign_id or ""), "status": status}
        given = {name: value for name, value in query.items() if value}
        return f"{reverse('surveys:outbox')}?{urlencode(given)}"


@register.inclusion_tag("surveys/brakes.html", takes_context=True)
def brakes(context: Context, campaign: Campaign | None = None) -> dict[str, object]:
    """Show the live brakes of the workspace, or those that a campaign is under."""
    shell = context.get("shell")
    member = shell.member if shell else None
    rows = _live(Brake.objects.visible_to(member), campaign) if member else []
    return {
        "notices": _notices(rows, campaign),
        "may_change": member is not None and Role(member.role).may_change,
        "is_campaign_page": campaign is not None,
        "csrf_token": context.get("csrf_token"),
    }


def _live(rows: WorkspaceRows[Brake], campaign: Campaign | None) -> list[Brake]:
    if campaign:
        rows = rows.filter(Q(campaign=campaign) | Q(campaign=None))
    live = rows.filter(resumed_at=None).select_related("campaign").order_by("level", "-at")
    return list(live)  # "paused" comes before "warned"


def _notices(rows: list[Brake], campaign: Campaign | None) -> list[Notice]:
    """Say once what is so of a campaign and of its domain for the same mails.

    A domain's brake is looked into at one of the campaigns that it paused.
    """
    of_campaigns = {_figures(brake) for brake in rows if brake.campaign}
    of_domains = {_figures(brake): brake for brake in rows if not brake.campaign}
    told = [brake for brake in rows if brake.campaign or _figures(brake) not in of_campaigns]
    paused = None
    if campaign is None and any(brake.campaign is None for brake in told):
        of_workspace = Campaign.objects.visible_to(rows[0]).exclude(paused_at=None)
        paused = of_workspace.order_by("-paused_at", "name").first()
    return [
        Notice(
            brake,
            campaign or brake.campaign or paused,
            of_domains[_figures(brake)].sender_domain
            if brake.campaign and _figures(brake) in of_domains
            else "",
        )
        for brake in told
    ]


def _figures(brake: Brake) -> tuple[str, int, int, int]:
    return brake.level, brake.mails, brake.bounces, brake.complaints
