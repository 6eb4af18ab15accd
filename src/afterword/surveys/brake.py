"""The sending brake: a campaign whose mails bounce or are complained about stops by itself.

Looked at are the last mails of a campaign, and the last that a workspace sent from one domain:
mailbox providers judge both. A person looks into it and resumes.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from afterword.campaigns.models import Campaign
from afterword.core import bulk
from afterword.core.ids import new_id
from afterword.core.jobs import wake
from afterword.surveys.models import Brake, BrakeLevel, State, Survey
from afterword.workspaces.models import User

LAST = 1000  # mails that are looked at
# Shares are of this many mails at least, so that the first few mails cannot trip it: two
# bounces among the first fifty say little. Twenty bounces are needed to pause, at any time.
FEWEST = 500
WARN_AT = 0.02  # of the mails bounced
PAUSE_AT = 0.04  # of the mails bounced
COMPLAINTS_AT = 0.0008  # of the mails complained about
# What is looked at again: campaigns of which something was reported so long ago, at most.
LOOK_BACK = timedelta(hours=1)
# A claim that began before a resumption may hold surveys back after it.
STRAGGLERS = timedelta(minutes=5)

# Bounces of a campaign after which whoever sends looks at it at once. A look costs as much as a
# few mails, and the clock looks too.
HEED_EVERY = 5
_heard: Counter[UUID] = Counter()  # bounces of campaigns that this process heard of

log = logging.getLogger(__name__)


class Rates(NamedTuple):
    """Of the last mails: how many there were, and how many of them bounced or were complained of.

    Bounces are hard and soft, and those that the mail server refused at once.
    """

    mails: int
    bounces: int
    complaints: int


class _Judged(NamedTuple):
    """A campaign, or with none all that a workspace sends from a domain."""

    workspace_id: UUID
    campaign_id: UUID | None
    sender_domain: str
    rates: Rates

    @property
    def level(self) -> BrakeLevel | None:
        return judge(self.rates)


def judge(rates: Rates) -> BrakeLevel | None:
    mails = max(rates.mails, FEWEST)
    if rates.bounces >= PAUSE_AT * mails or rates.complaints >= COMPLAINTS_AT * mails:
        return BrakeLevel.PAUSED
    return BrakeLevel.WARNED if rates.bounces >= WARN_AT * mails else None


@transaction.atomic
def apply_brakes(now: datetime, campaign_ids: Collection[UUID] = ()) -> int:
    """Warn of campaigns and domains that bounce too much, and pause them; return how many paused.

    Looks at those of which something was reported lately, and at `campaign_ids`: whoever hears
    of bounces while it sends need not wait for the clock. A fixed number of queries.
    """
    _one_at_a_time()
    _release_stragglers(now)
    suspects = {*campaign_ids, *_reported(now - LOOK_BACK), *_warned()}
    if not suspects:
        return 0
    judged = [*_campaigns(suspects), *_domains(suspects)]
    _note(judged, now)
    _end_warnings(judged, now)
    return _pause(judged, now)


def heed_bounce(campaign_id: UUID, now: datetime) -> None:
    """Look at a campaign at some of its bounces while it sends: a bad list stops soon."""
    _heard[campaign_id] += 1
    if _heard[campaign_id] % HEED_EVERY == 0:
        apply_brakes(now, [campaign_id])


def resume(campaign: Campaign, by: User, now: datetime) -> None:
    """Let a paused campaign send again, and what was held back with it; heed a warning.

    Where the whole domain was paused, its other campaigns go on too, but for those with a brake
    of their own. Mails sent before now are not held against them again.
    """
    with transaction.atomic():
        _one_at_a_time()
        live = Brake.objects.filter(workspace_id=campaign.workspace_id, resumed_at=None)
        about = live.filter(Q(campaign=campaign) | Q(campaign=None))
        spans_domain = about.filter(campaign=None, level=BrakeLevel.PAUSED).exists()
        about.update(resumed_at=now, resumed_by=by)
        resumed = Q(id=campaign.id)
        if spans_domain:
            still = live.filter(level=BrakeLevel.PAUSED, campaign__isnull=False)
            others = Q(workspace_id=campaign.workspace_id, paused_at__isnull=False)
            resumed |= others & ~Q(id__in=list(still.values_list("campaign_id", flat=True)))
        ids = list(
            Campaign.objects.filter(resumed).order_by("id").select_for_update(no_key=True)
            .values_list("id", flat=True)
        )  # fmt: skip
        Campaign.objects.filter(id__in=ids).update(paused_at=None)
        _release(ids)
    wake("send_due")


def _one_at_a_time() -> None:
    """Hold the brake until we commit: a resumption is not undone by figures from before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('sending brake', 0))")


def _release(campaign_ids: Collection[UUID]) -> int:
    held = Survey.objects.filter(campaign_id__in=campaign_ids, state=State.HELD)
    return held.update(state=State.QUEUED)


def _release_stragglers(now: datetime) -> None:
    resumed = Brake.objects.filter(resumed_at__gt=now - STRAGGLERS, level=BrakeLevel.PAUSED)
    workspaces = set(resumed.values_list("workspace_id", flat=True))
    if workspaces:
        going = Campaign.objects.filter(workspace_id__in=workspaces, paused_at=None)
        _release(list(going.values_list("id", flat=True)))


def _reported(since: datetime) -> Iterable[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_REPORTED, [since])
        return [id_ for (id_,) in cursor]


_REPORTED = """
    SELECT DISTINCT survey.campaign_id
    FROM surveys_deliveryevent AS event JOIN surveys_survey AS survey ON survey.id = event.survey_id
    WHERE event.received_at > %s AND event.kind IN ('soft_bounced', 'hard_bounced', 'complained')
"""


def _warned() -> Iterable[UUID]:
    """The campaigns with a live warning, and those of workspaces that have one for a domain."""
    live = Brake.objects.filter(resumed_at=None, level=BrakeLevel.WARNED)
    return Campaign.objects.filter(
        Q(brakes__in=live) | Q(workspace__brakes__in=live.filter(campaign=None))
    ).values_list("id", flat=True)


# The last mails of `campaign`, sent or refused at once, newest first. Mails from before a person
# resumed do not count; a warning that went by itself is no reason to forget any.
_LAST = """
    CROSS JOIN LATERAL (
        SELECT coalesce(max(resumed_at), '-infinity') AS at FROM surveys_brake AS brake
        WHERE brake.workspace_id = campaign.workspace_id
          AND (brake.campaign_id = campaign.id OR brake.campaign_id IS NULL)
          AND (brake.level = 'paused' OR brake.resumed_by_id IS NOT NULL)
    ) AS resumed
    CROSS JOIN LATERAL (
        (SELECT sent_at AS at, sender, bounced_at, complained_at FROM surveys_survey
         WHERE campaign_id = campaign.id AND sent_at > resumed.at
         ORDER BY sent_at DESC LIMIT %(last)s)
        UNION ALL
        (SELECT bounced_at, sender, bounced_at, complained_at FROM surveys_survey
         WHERE campaign_id = campaign.id AND sent_at IS NULL AND bounced_at > resumed.at
         ORDER BY bounced_at DESC LIMIT %(last)s)
    ) AS mail
"""
_COUNTED = "count(*), count(bounced_at), count(complained_at)"
_OF_CAMPAIGNS = f"""
    SELECT campaign.workspace_id, campaign.id, {_COUNTED}
    FROM (
        SELECT campaign.id, campaign.workspace_id, mail.*,
               row_number() OVER (PARTITION BY campaign.id ORDER BY mail.at DESC) AS place
        FROM campaigns_campaign AS campaign {_LAST}
        WHERE campaign.id = ANY(%(ids)s)
    ) AS campaign
    WHERE place <= %(last)s GROUP BY 1, 2
"""  # noqa: S608  (our own words alone)
# Only the domain that a workspace sends from now: nothing more comes from an earlier one. A mail
# that was refused before it had a sender was of that domain too.
_OF_DOMAINS = f"""
    SELECT workspace_id, domain, {_COUNTED}
    FROM (
        SELECT campaign.workspace_id, mail.*, split_part(newest.sender, '@', 2) AS domain,
               row_number() OVER (PARTITION BY campaign.workspace_id ORDER BY mail.at DESC) AS place
        FROM (
            SELECT DISTINCT workspace_id AS id FROM campaigns_campaign WHERE id = ANY(%(ids)s)
        ) AS workspace
        CROSS JOIN LATERAL (
            SELECT mail.sender FROM campaigns_campaign AS campaign CROSS JOIN LATERAL (
                SELECT sender, sent_at FROM surveys_survey
                WHERE campaign_id = campaign.id AND sent_at IS NOT NULL
                ORDER BY sent_at DESC LIMIT 1
            ) AS mail
            WHERE campaign.workspace_id = workspace.id ORDER BY mail.sent_at DESC LIMIT 1
        ) AS newest
        JOIN campaigns_campaign AS campaign ON campaign.workspace_id = workspace.id {_LAST}
        WHERE newest.sender <> ''
          AND split_part(coalesce(nullif(mail.sender, ''), newest.sender), '@', 2)
              = split_part(newest.sender, '@', 2)
    ) AS mail
    WHERE place <= %(last)s GROUP BY 1, 2
"""  # noqa: S608  (our own words alone)


def _campaigns(ids: Collection[UUID]) -> list[_Judged]:
    with connection.cursor() as cursor:
        cursor.execute(_OF_CAMPAIGNS, {"ids": list(ids), "last": LAST})
        return [
            _Judged(workspace, campaign, "", Rates(*counts))
            for workspace, campaign, *counts in cursor
        ]


def _domains(campaign_ids: Collection[UUID]) -> list[_Judged]:
    with connection.cursor() as cursor:
        cursor.execute(_OF_DOMAINS, {"ids": list(campaign_ids), "last": LAST})
        return [
            _Judged(workspace, None, domain, Rates(*counts))
            for workspace, domain, *counts in cursor
        ]


_ONCE = """
    ON CONFLICT (workspace_id, campaign_id, sender_domain, level) WHERE resumed_at IS NULL
    DO NOTHING RETURNING id
"""


def _note(judged: Sequence[_Judged], now: datetime) -> None:
    """Keep what was found; a brake that is live already keeps the figures it was set with."""
    rows = [
        {
            "id": new_id(),
            "workspace_id": one.workspace_id,
            "campaign_id": one.campaign_id,
            "sender_domain": one.sender_domain,
            "level": one.level,
            "at": now,
            **one.rates._asdict(),
        }
        for one in judged
        if one.level
    ]
    for (id_,) in bulk.insert(Brake, rows, _ONCE):
        log.warning("sending brake %s is set", id_)


def _end_warnings(judged: Sequence[_Judged], now: datetime) -> None:
    """A warning ends when the share has fallen again, or when it has come to a pause."""
    warned = {one[:3] for one in judged if one.level == BrakeLevel.WARNED}
    live = Brake.objects.filter(resumed_at=None, level=BrakeLevel.WARNED).filter(
        Q(campaign_id__in={one.campaign_id for one in judged if one.campaign_id})
        | Q(campaign_id=None, workspace_id__in={one.workspace_id for one in judged})
    )
    rows = live.values_list("id", "workspace_id", "campaign_id", "sender_domain")
    ended = [id_ for id_, *about in rows if tuple(about) not in warned]
    Brake.objects.filter(id__in=ended).update(resumed_at=now)


def _pause(judged: Sequence[_Judged], now: datetime) -> int:
    over = [one for one in judged if one.level == BrakeLevel.PAUSED]
    domains = {one.workspace_id for one in over if one.campaign_id is None}
    campaigns = {one.campaign_id for one in over if one.campaign_id}
    going = Campaign.objects.filter(paused_at=None)
    return going.filter(
        Q(id__in=campaigns) | Q(workspace_id__in=domains, activated_at__isnull=False)
    ).update(paused_at=now)
