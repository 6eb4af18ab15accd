"""Remind: a second mail about the same survey, to those who have not answered it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from afterword.core import bulk
from afterword.core.ids import new_id, new_link_token
from afterword.surveys.models import SentBy, State, Survey

# A reminder that could not be sent in time, as in a long outage, is not sent this much later.
TOO_LATE = timedelta(days=30)
# Two reminders of one survey that are due at once do not come at once.
APART = timedelta(hours=24)
# How far back to look for what is due, unless thoroughly: the last of these many mails of a
# campaign, and these hours at least.
NEWEST = 10_000
RECENT = timedelta(hours=2)
AT_ONCE = 10_000  # rows that are read with one query
BATCH = 1000  # rows that are written with one query
_ONCE = "ON CONFLICT (reminds_id, reminder_id) WHERE reminder_id IS NOT NULL DO NOTHING"


class Due(NamedTuple):
    """A survey to remind of, and by which reminder."""

    reminder_id: UUID
    template_id: UUID
    survey_id: UUID
    workspace_id: UUID
    campaign_id: UUID
    customer_id: UUID
    email: str
    metric: str


def schedule_reminders(now: datetime, *, thoroughly: bool = False) -> int:
    """Queue the reminders that have become due; return how many.

    May run twice at once, or die on the way: each reminder of a survey is one row. To look
    `thoroughly`, now and then, finds what was missed while no worker ran.
    """
    scheduled = 0
    while True:
        due = _due(now, thoroughly=thoroughly)
        for start in range(0, len(due), BATCH):
            scheduled += _queue(due[start : start + BATCH], now)
        if len(due) < AT_ONCE:
            return scheduled


def _due(now: datetime, *, thoroughly: bool) -> list[Due]:
    with connection.cursor() as cursor:
        cursor.execute(
            _DUE,
            {
                "now": now,
                "too_late": TOO_LATE.total_seconds(),
                "apart": APART.total_seconds(),
                "recent": RECENT.total_seconds(),
                "newest": None if thoroughly else NEWEST,
                "limit": AT_ONCE,
            },
        )
        return [Due(*row) for row in cursor]


# Days are of 24 hours. Who opens a survey does so within TOO_LATE after it was sent, or is not
# reminded for it: so each kind of reminder finds its surveys by when they were sent. One that was
# opened is also one of which a reminder was opened. OFFSET 0 keeps the planner from beginning
# with the customers: it cannot know how few surveys are left by then.
_DUE = """
    WITH reminder AS MATERIALIZED (
        SELECT reminder.id, reminder.campaign_id, reminder.position, reminder.template_id,
               reminder."when", reminder.created_at,
               %(now)s - reminder.after_days * interval '24 hours' AS until,
               make_interval(secs => %(too_late)s) AS too_late
        FROM campaigns_reminder AS reminder
        JOIN campaigns_campaign AS campaign ON campaign.id = reminder.campaign_id
        JOIN workspaces_workspace AS workspace ON workspace.id = campaign.workspace_id
        WHERE campaign.activated_at IS NOT NULL AND campaign.paused_at IS NULL
          AND (reminder."when" = 'not_answered' OR workspace.tracks_opens)
    ), looked_at AS MATERIALIZED (
        SELECT reminder.*,
               greatest(
                   created_at,
                   until - CASE "when" WHEN 'opened_not_answered' THEN 2 ELSE 1 END * too_late,
                   CASE WHEN %(newest)s::int IS NOT NULL THEN
                       least(until - make_interval(secs => %(recent)s), coalesce((
                           SELECT sent_at FROM surveys_survey
                           WHERE campaign_id = reminder.campaign_id AND sent_at <= reminder.until
                           ORDER BY sent_at DESC OFFSET %(newest)s LIMIT 1
                       ), '-infinity'))
                   END
               ) AS since
        FROM reminder
    )
    SELECT DISTINCT ON (survey.id)
           reminder.id, reminder.template_id, survey.id, survey.workspace_id,
           survey.campaign_id, survey.customer_id, survey.email, survey.metric
    FROM looked_at AS reminder
    CROSS JOIN LATERAL (
        SELECT survey.*
        FROM surveys_survey AS survey
        WHERE survey.campaign_id = reminder.campaign_id
          AND survey.sent_at BETWEEN reminder.since AND reminder.until
          AND survey.sent_by = 'campaign' AND survey.state = 'sent'
          AND survey.answered_at IS NULL AND survey.unsubscribed_at IS NULL
          AND survey.bounced_at IS NULL AND survey.complained_at IS NULL
          AND CASE reminder."when"
              WHEN 'not_opened' THEN survey.opened_at IS NULL
              WHEN 'opened_not_answered' THEN
                  survey.opened_at BETWEEN reminder.until - too_late AND reminder.until
              ELSE true END
          AND NOT EXISTS (
              SELECT FROM surveys_survey AS other
              WHERE other.reminds_id = survey.id
                AND (other.reminder_id = reminder.id
                     OR other.created_at > %(now)s - make_interval(secs => %(apart)s)
                     OR other.opened_at IS NOT NULL AND reminder."when" = 'not_opened'
                     OR coalesce(other.answered_at, other.unsubscribed_at,
                                 other.bounced_at, other.complained_at) IS NOT NULL)
          )
        OFFSET 0
    ) AS survey
    CROSS JOIN LATERAL (
        SELECT FROM customers_customer AS customer
        WHERE customer.id = survey.customer_id
          AND coalesce(customer.unsubscribed_at, customer.hard_bounced_at,
                       customer.undeliverable_at, customer.suppressed_at) IS NULL
        OFFSET 0
    ) AS customer
    ORDER BY survey.id, reminder.position
    LIMIT %(limit)s
"""


def _queue(due: Sequence[Due], now: datetime) -> int:
    rows = [
        {
            "id": new_id(),
            "workspace_id": one.workspace_id,
            "campaign_id": one.campaign_id,
            "template_id": one.template_id,
            "customer_id": one.customer_id,
            "reminds_id": one.survey_id,
            "reminder_id": one.reminder_id,
            "email": one.email,
            "metric": one.metric,
            "sent_by": SentBy.REMINDER,
            "answer_token": new_link_token(),
            "unsubscribe_token": new_link_token(),
            "created_at": now,
            "state": State.QUEUED,
            "due_at": now,
            "attempt": 0,
            "handed_over": 0,
            "refusals": 0,
            "subject": "",
            "server_reply": "",
            "reason": "",
            "detail": {},
        }
        for one in due
    ]
    return len(bulk.insert(Survey, rows, f"{_ONCE} RETURNING id"))
