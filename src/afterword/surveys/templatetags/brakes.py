"""What the sending brake says on top of a page: `{% brakes %}`, `{% brakes campaign %}`."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django import template
from django.db.models import Q
from django.template import Context
from django.urls import reverse

from afterword.campaigns.models import Campaign
from afterword.sending.models import Brake, BrakeLevel
from afterword.sending.streams import Stream, names_of
from afterword.surveys.invite import CAMPAIGN
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
    name: str  # of its stream; empty for all that comes from a domain
    campaign_id: UUID | None  # to look at, and to resume by
    with_domain: str = ""  # paused for the same mails

    @property
    def is_paused(self) -> bool:
        return self.brake.level == BrakeLevel.PAUSED

    @property
    def subject(self) -> str:
        """Whose mails these are, as it follows "Sending of" and "Many mails of"."""
        if self.brake.stream_id:
            return self.name
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
        query = {"campaign": str(self.brake.stream_id or ""), "status": status}
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
        rows = rows.filter(Q(stream_id=campaign.id) | Q(stream_id=None))
    return list(rows.filter(resumed_at=None).order_by("level", "-at"))  # "paused" before "warned"


def _notices(rows: list[Brake], campaign: Campaign | None) -> list[Notice]:
    """Say once what is so of a stream and of its domain for the same mails.

    A domain's brake is looked into at one of the campaigns that it pauses.
    """
    of_streams = {_figures(brake) for brake in rows if brake.stream_id}
    of_domains = {_figures(brake): brake for brake in rows if not brake.stream_id}
    told = [brake for brake in rows if brake.stream_id or _figures(brake) not in of_streams]
    spanned = None
    if campaign is None and any(brake.stream_id is None for brake in told):
        active = Campaign.objects.visible_to(rows[0]).exclude(activated_at=None)
        spanned = active.order_by("name").values_list("id", flat=True).first()
    names = names_of([Stream(one.stream_kind, one.stream_id) for one in told if one.stream_id])
    return [
        Notice(
            brake,
            names.get(brake.stream_id, "") if brake.stream_id else "",
            campaign.id if campaign else _own_campaign(brake) or spanned,
            of_domains[_figures(brake)].sender_domain
            if brake.stream_id and _figures(brake) in of_domains
            else "",
        )
        for brake in told
    ]


def _own_campaign(brake: Brake) -> UUID | None:
    return brake.stream_id if brake.stream_kind == CAMPAIGN else None


def _figures(brake: Brake) -> tuple[str, int, int, int]:
    return brake.level, brake.mails, brake.bounces, brake.complaints
