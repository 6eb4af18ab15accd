"""What decisions need to know, read for a whole batch with a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db import connection

from afterword.audience.definition import compile_audience
from afterword.audience.fields import event_property
from afterword.audience.later_fields import later_fields
from afterword.audience.match import Filter
from afterword.campaigns.models import Campaign, Channel, ThrottleScope
from afterword.campaigns.time_frame import read_time_frame
from afterword.customers.properties import held_types
from afterword.customers.standing import FREE, Standing
from afterword.customers.values import PropertyType
from afterword.decisions.how_often import CAP_WINDOW
from afterword.decisions.terms import (
    NOBODY,
    Facts,
    Fatigue,
    PastSurvey,
    Person,
    Rules,
    Tally,
    Target,
)
from afterword.workspaces.models import Workspace

NOTE = 200  # characters of a suppression's note that a decision repeats


@dataclass(frozen=True)
class Listening:
    """A workspace's campaigns as decisions see them."""

    workspace: Workspace
    types: dict[str, PropertyType]
    by_id: dict[UUID, tuple[Campaign, Rules]]
    by_event: dict[str, list[UUID]]

    def to(
        self, names: Iterable[str], mapped: Sequence[UUID] | None = None
    ) -> "Iterator[tuple[Campaign, Rules]]":
        """Yield each campaign that an event is for, once: those that it is mapped to, if it is;
        else those that listen for one of its names."""
        heard = (id_ for name in names for id_ in self.by_event.get(name, ()))
        for id_ in dict.fromkeys(heard if mapped is None else mapped):
            if id_ in self.by_id:  # not deleted since
                yield self.by_id[id_]

    @cached_property
    def event_fields(self) -> dict[str, str]:
        """The keys of the event's own properties that audiences look at, and their names."""
        asked = {
            each.field: event_property(each.field) for each in self._filters if each.is_of_event
        }
        return {key: name for key, name in asked.items() if name}

    @cached_property
    def later_fields(self) -> set[str]:
        """Those that audiences look at."""
        return {each.field for each in self._filters} & later_fields().keys()

    @property
    def _filters(self) -> Iterator[Filter]:
        for _, rules in self.by_id.values():
            yield from rules.audience.each_filter()

    @property
    def memory(self) -> timedelta:
        """How far back a survey can matter for throttle or cap."""
        return max([CAP_WINDOW, *(rules.memory for _, rules in self.by_id.values())])


def load_listening(workspace_id: UUID, mapped: Iterable[UUID] = ()) -> Listening:
    """Read the workspace, its properties and the campaigns that listen, with three queries.

    `mapped` are campaigns that are wanted although they may listen for nothing.
    """
    workspace = Workspace.objects.get(id=workspace_id)
    types = held_types(workspace_id)
    by_event = defaultdict(list)
    by_id = {}
    campaigns = Campaign.objects.listening(also=mapped).filter(workspace_id=workspace_id)
    for campaign in campaigns.order_by("id"):
        by_id[campaign.id] = campaign, rules_of(campaign, workspace, types)
        for event in dict.fromkeys(campaign.events):
            by_event[event].append(campaign.id)
    return Listening(workspace, types, by_id, dict(by_event))


def rules_of(campaign: Campaign, workspace: Workspace, types: dict[str, PropertyType]) -> Rules:
    return Rules(
        campaign_id=campaign.id,
        is_active=campaign.is_active,
        goes_by_mail=campaign.channel == Channel.EMAIL,
        audience=compile_audience(campaign.audience, types),
        sample_percent=campaign.sample_percent,
        delay=campaign.delay,
        throttle=timedelta(days=campaign.throttle_days) if campaign.throttle_days else None,
        throttle_spans_campaigns=campaign.throttle_scope == ThrottleScope.ALL,
        max_mails_per_day=workspace.max_mails_per_day,
        max_event_age=timedelta(days=workspace.max_event_age_days),
        time_frame=read_time_frame(campaign.time_frame, workspace.time_zone),
        fatigue=_fatigue(workspace),
        own_people=frozenset(workspace.own_people),
        target=_target(campaign),
        priority=campaign.priority,
        is_shown_in_app=campaign.channel == Channel.IN_APP,
    )


def _target(campaign: Campaign) -> Target | None:
    wanted = campaign.target_answers
    return Target(wanted, campaign.target_property) if wanted else None


def _fatigue(workspace: Workspace) -> Fatigue | None:
    surveys, days = workspace.fatigue_surveys, workspace.fatigue_days
    return Fatigue(surveys, timedelta(days=days)) if surveys and days else None


def facts_of(
    standing: Standing | None,
    *,
    is_known: bool = False,
    surveys: Sequence[PastSurvey] = (),
    fields: dict[str, object] | None = None,
    person: Person = NOBODY,
    tally: Tally | None = None,
) -> Facts:
    """Return what is known of a customer; `fields` are theirs, by field name."""
    found = standing or FREE
    return Facts(
        is_known=is_known,
        person=person,
        fields=fields or {},
        unsubscribed_at=found.unsubscribed_at,
        hard_bounced_at=found.hard_bounced_at,
        undeliverable_at=found.undeliverable_at,
        suppressed_at=found.suppressed_at,
        campaigns=found.campaigns,
        pattern=found.pattern,
        note=found.note[:NOTE],
        surveys=surveys,
        tally=tally,
    )


def past_surveys(
    workspace_id: UUID, people: Mapping[UUID, str | None], since: datetime
) -> dict[UUID, list[PastSurvey]]:
    """Return the survey mails that were sent since then, or still wait, by customer; newest first.

    `people` are customers' ids with their addresses: a survey counts that went to either, so that
    neither an edit of the address nor deleting a customer and meeting them again is a way round a
    throttle.
    """
    past = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_PAST, [list(people), list(people.values()), workspace_id, since])
        for customer_id, *survey in cursor:
            past[customer_id].append(PastSurvey(*survey))
    return past


# Each of the two ways is a search of its own; joined by OR, neither index would serve.
_PAST = """
    WITH person AS (
        SELECT * FROM unnest(%s::uuid[], %s::text[]) AS person(id, email)
    ), theirs AS (
        SELECT person.id AS person_id, mail.id
        FROM person JOIN sending_mail AS mail ON mail.customer_id = person.id
        UNION
        SELECT person.id, mail.id
        FROM person JOIN sending_mail AS mail
          ON mail.workspace_id = %s AND mail.recipient = person.email
    )
    SELECT person_id, mail.id, mail.stream_id, coalesce(sent_at, due_at), state = 'queued',
           coalesce((SELECT priority FROM campaigns_campaign WHERE id = mail.stream_id), 1),
           kind = 'reminder'
    FROM theirs JOIN sending_mail AS mail USING (id)
    WHERE kind IN ('survey', 'reminder')
      AND (sent_at > %s OR state IN ('queued', 'claimed', 'handing_over'))
      AND state <> 'dismissed'
    ORDER BY created_at DESC
"""
