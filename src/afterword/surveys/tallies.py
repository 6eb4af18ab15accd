"""How campaigns stand with their answer targets, read for a whole batch with two queries."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from afterword.audience.fields import field_key
from afterword.decisions.reasons import Reason
from afterword.decisions.targets import one_more
from afterword.decisions.terms import Rules, Tally

WEEK, DAY = timedelta(days=7), timedelta(days=1)
LOOKS_BACK = timedelta(days=28)
TIME_TO_ANSWER = timedelta(days=2)
# So many of a workspace's newest decisions tell how many occasions a week brings.
NEWEST = 10_000
LONGEST_VALUE = 100
_Key = tuple[UUID, str]


class Tallies:
    """By campaign and value of its target's property; whoever decides tells of each who is asked,
    so that one batch asks no more than is wanted."""

    def __init__(self, known: Mapping[_Key, Tally]) -> None:
        self._known = dict(known)

    def of(self, rules: Rules, fields: Mapping[str, object]) -> Tally | None:
        """Return how the campaign stands for whoever has these fields; None without a target."""
        if rules.target is None:
            return None
        value = _value(rules.target.property, fields)
        return self._known.get((rules.campaign_id, value), Tally(value))

    def note(self, rules: Rules, tally: Tally | None) -> None:
        """Note that one more is asked, of those that this tally is about."""
        if tally is not None:
            self._known[rules.campaign_id, tally.value] = one_more(tally)


def read_tallies(workspace_id: UUID, each: Iterable[Rules], now: datetime) -> Tallies:
    """Two queries, and none where no campaign has a target."""
    wanted = {rules.campaign_id: rules.target for rules in each if rules.target}
    if not wanted:
        return Tallies({})
    occasions = _occasions(workspace_id, list(wanted), now)
    found = {key: Tally(key[1], occasions=number) for key, number in occasions.items()}
    names = [target.property for target in wanted.values()]
    given: dict[str, Any] = {
        "campaigns": list(wanted),
        "names": names,
        "longest": LONGEST_VALUE,
        "since": now - LOOKS_BACK,
        "week": now - WEEK,
        "day": now - DAY,
        "settled": now - TIME_TO_ANSWER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, given)
        for campaign_id, value, *counts in cursor:
            answered, asked, asked_today, before, of_those = counts
            tally = found.get((campaign_id, value), Tally(value))
            found[campaign_id, value] = replace(
                tally,
                answered=answered,
                asked=asked,
                asked_today=asked_today,
                asked_before=before,
                answered_of_those=of_those,
            )
    return Tallies(found)


def _occasions(workspace_id: UUID, campaigns: list[UUID], now: datetime) -> dict[_Key, float]:
    """Return how many occasions a draw decides in a week, by what the newest ones were."""
    drawn = [Reason.SCHEDULED, Reason.SAMPLED_OUT]
    with connection.cursor() as cursor:
        cursor.execute(_DRAWN, [workspace_id, now - WEEK, NEWEST, drawn, campaigns])
        rows = cursor.fetchall()
    found = {}
    for campaign_id, value, number, first, looked_at in rows:
        # Where there are no more than these, what is young has seen a day at least.
        least = DAY if looked_at < NEWEST else timedelta(hours=1)
        span = min(max(now - first, least), WEEK)
        found[campaign_id, value] = number * (WEEK / span)
    return found


def _value(name: str, fields: Mapping[str, object]) -> str:
    """Return a value as it is counted; empty where it is not known."""
    value = fields.get(field_key(name)) if name else None
    return "" if value is None else str(value)[:LONGEST_VALUE]


_DRAWN = """
    WITH newest AS MATERIALIZED (
        SELECT campaign_id, reason, decided_at, coalesce(detail ->> 'of_value', '') AS value
        FROM decisions_decision
        WHERE workspace_id = %s AND decided_at > %s
        ORDER BY decided_at DESC, id DESC LIMIT %s
    ), looked_at AS (
        SELECT min(decided_at) AS first, count(*) AS number FROM newest
    )
    SELECT campaign_id, value, count(*), looked_at.first, looked_at.number
    FROM newest CROSS JOIN looked_at
    WHERE reason = ANY(%s) AND campaign_id = ANY(%s)
    GROUP BY campaign_id, value, looked_at.first, looked_at.number
"""
# What was withdrawn before anybody was asked does not count.
_ASKED = """
    SELECT campaign_id, value,
           count(*) FILTER (WHERE answered_at > %(week)s),
           count(*) FILTER (WHERE created_at > %(week)s),
           count(*) FILTER (WHERE created_at > %(day)s),
           count(*) FILTER (WHERE created_at <= %(settled)s),
           count(*) FILTER (WHERE created_at <= %(settled)s AND answered_at IS NOT NULL)
    FROM (
        SELECT survey.campaign_id, survey.created_at, survey.answered_at,
               left(coalesce(facts.facts -> 'properties' ->> target.name, ''), %(longest)s) AS value
        FROM unnest(%(campaigns)s::uuid[], %(names)s::text[]) AS target(campaign_id, name)
        JOIN surveys_survey AS survey ON survey.campaign_id = target.campaign_id
        LEFT JOIN surveys_surveyfacts AS facts
               ON target.name <> '' AND facts.survey_id = survey.id
        WHERE survey.created_at > %(since)s
          AND (survey.ended_at IS NULL OR survey.asked_at IS NOT NULL)
    ) AS asked
    GROUP BY campaign_id, value
"""
