"""Which reminders are due: of surveys that were mailed, and of those that were shown on a page."""

from datetime import datetime, timedelta
from typing import LiteralString, NamedTuple
from uuid import UUID

from django.db import connection

from afterword.sending.paused import IS_PAUSED

# A reminder that could not be sent in time, as in a long outage, is not sent this much later.
TOO_LATE = timedelta(days=30)
# Two reminders of one survey that are due at once do not come at once.
APART = timedelta(hours=24)
# How far back to look for what is due, unless thoroughly: the last of these many mails of a
# campaign, and these hours at least.
NEWEST = 10_000
RECENT = timedelta(hours=2)
AT_ONCE = 10_000  # rows that are read with one query


class Due(NamedTuple):
    """A survey to remind of, by which reminder, and how; `email` is empty where none is known."""

    reminder_id: UUID
    channel: str
    template_id: UUID
    survey_id: UUID
    workspace_id: UUID
    campaign_id: UUID
    customer_id: UUID
    email: str


def due_reminders(now: datetime, *, thoroughly: bool) -> list[Due]:
    """Return the first `AT_ONCE` of each kind of survey; to look `thoroughly` takes longer."""
    asked = asked_of(now, thoroughly=thoroughly)
    return [*_read(MAILED, asked), *_read(SHOWN, asked)]


def asked_of(now: datetime, *, thoroughly: bool = False) -> dict[str, datetime | float | None]:
    return {
        "now": now,
        "too_late": TOO_LATE.total_seconds(),
        "apart": APART.total_seconds(),
        "recent": RECENT.total_seconds(),
        "newest": None if thoroughly else NEWEST,
        "limit": AT_ONCE,
    }


def _read(query: LiteralString, asked: dict[str, datetime | float | None]) -> list[Due]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return [Due(*row) for row in cursor]


_IS_PAUSED = f"""EXISTS (
    SELECT FROM (SELECT campaign.workspace_id, campaign.id AS stream_id) AS mail WHERE {IS_PAUSED}
)"""
# Days are of 24 hours, whatever the clocks do.
_REMINDER = f"""
    SELECT reminder.id, reminder.campaign_id, reminder.position, reminder.template_id,
           reminder.channel, reminder."when", reminder.created_at,
           campaign.channel AS first_channel,
           %(now)s - reminder.after_days * interval '24 hours' AS until,
           make_interval(secs => %(too_late)s) AS too_late
    FROM campaigns_reminder AS reminder
    JOIN campaigns_campaign AS campaign ON campaign.id = reminder.campaign_id
    JOIN workspaces_workspace AS workspace ON workspace.id = campaign.workspace_id
    WHERE campaign.activated_at IS NOT NULL
      AND NOT {_IS_PAUSED}
      AND (reminder."when" = 'not_answered' OR workspace.tracks_opens)
"""  # noqa: S608  (our own words alone)
# Who opens a survey does so within TOO_LATE after it was sent, or is not reminded for it: so each
# kind of reminder finds its surveys by when they were sent. One that was opened is also one of
# which a reminder was opened. OFFSET 0 lets the planner look at what belongs to a mail in no other
# way than mail by mail: where tables grew since their statistics were taken, it thinks them so
# small that it would look at all of one for each row of the other.
MAILED = f"""
    WITH reminder AS MATERIALIZED (
        SELECT * FROM ({_REMINDER}) AS on_now WHERE first_channel <> 'inapp'
    ), looked_at AS MATERIALIZED (
        SELECT reminder.*,
               greatest(
                   created_at,
                   until - CASE "when" WHEN 'opened_not_answered' THEN 2 ELSE 1 END * too_late,
                   CASE WHEN %(newest)s::int IS NOT NULL THEN
                       least(until - make_interval(secs => %(recent)s), coalesce((
                           SELECT sent_at FROM sending_mail
                           WHERE stream_id = reminder.campaign_id AND sent_at <= reminder.until
                           ORDER BY sent_at DESC OFFSET %(newest)s LIMIT 1
                       ), '-infinity'))
                   END
               ) AS since
        FROM reminder
    )
    SELECT DISTINCT ON (survey.id)
           reminder.id, reminder.channel, reminder.template_id, survey.id, survey.workspace_id,
           survey.campaign_id, survey.customer_id, survey.email
    FROM looked_at AS reminder
    CROSS JOIN LATERAL (
        SELECT survey.*
        FROM sending_mail AS mail
        CROSS JOIN LATERAL (
            SELECT * FROM surveys_survey WHERE id = mail.id OFFSET 0
        ) AS survey
        CROSS JOIN LATERAL (
            SELECT opened_at FROM surveys_invitation WHERE id = mail.id OFFSET 0
        ) AS first
        WHERE mail.stream_id = reminder.campaign_id
          AND mail.sent_at BETWEEN reminder.since AND reminder.until
          AND mail.kind = 'survey' AND mail.state = 'sent'
          AND mail.bounced_at IS NULL AND mail.complained_at IS NULL
          AND survey.answered_at IS NULL AND survey.unsubscribed_at IS NULL
          AND CASE reminder."when"
              WHEN 'not_opened' THEN first.opened_at IS NULL
              WHEN 'opened_not_answered' THEN
                  first.opened_at BETWEEN reminder.until - too_late AND reminder.until
              ELSE true END
          AND NOT EXISTS (
              SELECT FROM surveys_invitation AS other
              LEFT JOIN LATERAL (
                  SELECT bounced_at, complained_at FROM sending_mail WHERE id = other.id OFFSET 0
              ) AS again ON true
              WHERE other.survey_id = survey.id AND other.id <> survey.id
                AND (other.reminder_id = reminder.id
                     OR other.created_at > %(now)s - make_interval(secs => %(apart)s)
                     OR coalesce(other.opened_at, other.shown_at) IS NOT NULL
                        AND reminder."when" = 'not_opened'
                     OR coalesce(again.bounced_at, again.complained_at) IS NOT NULL)
              OFFSET 0
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
"""  # noqa: S608  (our own words alone)
# What was shown is like what was opened: counted from when it was seen first. A reminder by mail
# takes an address that takes mail; one on the page takes none.
SHOWN = f"""
    WITH reminder AS MATERIALIZED (
        SELECT * FROM ({_REMINDER}) AS on_now WHERE first_channel = 'inapp'
    ), looked_at AS MATERIALIZED (
        SELECT reminder.*,
               greatest(
                   created_at,
                   until - too_late,
                   CASE WHEN %(newest)s::int IS NOT NULL THEN
                       until - make_interval(secs => %(recent)s)
                   END
               ) AS since
        FROM reminder
    )
    SELECT DISTINCT ON (survey.id)
           reminder.id, reminder.channel, reminder.template_id, survey.id, survey.workspace_id,
           survey.campaign_id, survey.customer_id, coalesce(customer.email, '')
    FROM looked_at AS reminder
    CROSS JOIN LATERAL (
        SELECT survey.*
        FROM surveys_survey AS survey
        WHERE survey.campaign_id = reminder.campaign_id
          AND survey.asked_at BETWEEN reminder.since AND reminder.until
          AND survey.channel = 'inapp'
          AND survey.answered_at IS NULL AND survey.unsubscribed_at IS NULL
          AND NOT EXISTS (
              SELECT FROM surveys_invitation AS other
              LEFT JOIN LATERAL (
                  SELECT bounced_at, complained_at FROM sending_mail WHERE id = other.id OFFSET 0
              ) AS again ON true
              WHERE other.survey_id = survey.id AND other.id <> survey.id
                AND (other.reminder_id = reminder.id
                     OR other.created_at > %(now)s - make_interval(secs => %(apart)s)
                     OR coalesce(again.bounced_at, again.complained_at) IS NOT NULL)
              OFFSET 0
          )
        OFFSET 0
    ) AS survey
    CROSS JOIN LATERAL (
        SELECT email FROM customers_customer AS customer
        WHERE customer.id = survey.customer_id
          AND coalesce(customer.unsubscribed_at, customer.suppressed_at) IS NULL
          AND (reminder.channel = 'inapp' OR customer.email IS NOT NULL
               AND coalesce(customer.hard_bounced_at, customer.undeliverable_at) IS NULL)
        OFFSET 0
    ) AS customer
    ORDER BY survey.id, reminder.position
    LIMIT %(limit)s
"""  # noqa: S608  (our own words alone)
