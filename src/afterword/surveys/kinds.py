"""What a survey and its reminders bring as kinds of mail."""

from collections.abc import Collection
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from django.db import connection

from afterword.happenings.models import HappeningKind
from afterword.happenings.note import noting
from afterword.sending.kinds import First, Kind
from afterword.surveys.invite import REMINDER, SURVEY
from afterword.surveys.letter import letter
from afterword.surveys.models import Invitation
from afterword.surveys.recheck import may_still_go

# A survey's first mail has the survey's own key.
_IS_WANTED: LiteralString = """
    ready.customer_id IS NOT NULL
    AND (SELECT answered_at FROM surveys_survey WHERE id = ready.about::uuid) IS NULL
"""
_IS_ON: LiteralString = """
    (SELECT activated_at IS NOT NULL FROM campaigns_campaign WHERE id = ready.stream_id)
"""
# Whoever asks by hand may do so while the campaign is off.
_IS_BY_HAND: LiteralString = """
    (SELECT occasion_kind = 'hand' FROM surveys_survey WHERE id = ready.about::uuid)
"""
_FIRST_ARRIVED: LiteralString = """
    AND (SELECT bounced_at FROM sending_mail WHERE id = ready.about::uuid) IS NULL
"""
_SENT = noting("""
    SELECT workspace_id, 'survey.sent' AS kind, id AS subject_id, sent_at AS at
    FROM noted WHERE kind IN ('survey', 'reminder')
""")
# Customers are locked in the order of their keys, as everyone does.
_ON_SENT: LiteralString = f"""
    asked AS (
        UPDATE surveys_survey AS survey SET asked_at = noted.sent_at
        FROM noted
        WHERE noted.kind = 'survey' AND survey.id = noted.id AND survey.asked_at IS NULL
    ), locked AS (
        SELECT held.id, surveyed.sent_at
        FROM (
            SELECT DISTINCT customer_id, sent_at FROM noted
            WHERE kind IN ('survey', 'reminder') ORDER BY customer_id
        ) AS surveyed
        CROSS JOIN LATERAL (
            SELECT id FROM customers_customer WHERE id = surveyed.customer_id FOR NO KEY UPDATE
        ) AS held
    ), surveyed AS (
        UPDATE customers_customer AS customer SET last_surveyed_at = locked.sent_at
        FROM locked WHERE customer.id = locked.id
    ), happened AS ({_SENT})
"""  # noqa: S608  (our own words alone)
_HAPPENINGS = {
    First.SENT: HappeningKind.SURVEY_SENT,
    First.BOUNCED: HappeningKind.SURVEY_BOUNCED,
    First.COMPLAINED: HappeningKind.SURVEY_COMPLAINED,
}
# What can only have happened to a mail that arrived; a link was fetched, be it by a machine.
_HAS_ARRIVED: LiteralString = """
    EXISTS (
        SELECT FROM surveys_invitation AS invitation
        WHERE invitation.id = mail.id AND coalesce(
            invitation.answered_at, invitation.unsubscribed_at, invitation.opened_at,
            invitation.machine_opened_at, invitation.clicked_at
        ) IS NOT NULL
    ) OR EXISTS (SELECT FROM feedback_hit AS hit WHERE hit.invitation_id = mail.id)
"""


def heard(mail_ids: Collection[UUID], now: datetime) -> None:
    """Note of invitations what was reported of their mails; of surveys, that they were asked."""
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, [list(mail_ids), now])
        cursor.execute(_ASKED, [list(mail_ids)])


_OPENED_OR_CLICKED = noting("""
    SELECT workspace_id, newly.kind, id AS subject_id, %s::timestamptz AS at
    FROM noted CROSS JOIN LATERAL (
        VALUES ('survey.opened', is_opened), ('survey.clicked', is_clicked)
    ) AS newly(kind, is_so)
    WHERE newly.is_so
""")
# The mails are locked, so what they were before cannot change meanwhile; but for a click, which a
# hit may note at the same moment: then it is told twice.
_HEARD = f"""
    WITH told AS (
        SELECT mail_id,
            min(at) FILTER (WHERE kind = 'opened') AS opened_at,
            min(at) FILTER (WHERE kind = 'machine_opened') AS machine_opened_at,
            min(at) FILTER (WHERE kind = 'clicked') AS clicked_at,
            min(at) FILTER (WHERE kind = 'unsubscribed') AS unsubscribed_at,
            (SELECT opened_at FROM surveys_invitation WHERE id = mail_id) AS was_opened_at,
            (SELECT clicked_at FROM surveys_invitation WHERE id = mail_id) AS was_clicked_at
        FROM surveys_deliveryevent
        WHERE mail_id = ANY(%s)
          AND kind IN ('opened', 'machine_opened', 'clicked', 'unsubscribed')
        GROUP BY mail_id ORDER BY mail_id
    ), noted AS (
        UPDATE surveys_invitation AS invitation
        SET opened_at = least(invitation.opened_at, told.opened_at),
            machine_opened_at = least(invitation.machine_opened_at, told.machine_opened_at),
            clicked_at = least(invitation.clicked_at, told.clicked_at),
            unsubscribed_at = least(invitation.unsubscribed_at, told.unsubscribed_at)
        FROM told WHERE invitation.id = told.mail_id
        RETURNING invitation.id, invitation.workspace_id, invitation.survey_id,
            invitation.unsubscribed_at,
            was_opened_at IS NULL AND invitation.opened_at IS NOT NULL AS is_opened,
            was_clicked_at IS NULL AND invitation.clicked_at IS NOT NULL AS is_clicked
    ), happened AS ({_OPENED_OR_CLICKED})
    UPDATE surveys_survey AS survey
    SET unsubscribed_at = least(survey.unsubscribed_at, noted.unsubscribed_at)
    FROM noted WHERE survey.id = noted.survey_id AND noted.unsubscribed_at IS NOT NULL
"""  # noqa: S608  (our own words alone)
_ASKED = """
    UPDATE surveys_survey AS survey SET asked_at = mail.sent_at
    FROM sending_mail AS mail
    WHERE mail.id = ANY(%s) AND survey.id = mail.id AND survey.asked_at IS NULL
      AND mail.sent_at IS NOT NULL
"""


def of_links(secrets: Collection[str]) -> dict[str, UUID]:
    found = Invitation.objects.filter(unsubscribe_token__in=secrets)
    return dict(found.values_list("unsubscribe_token", "id"))


SURVEY_KIND = Kind(
    SURVEY,
    letter,
    may_still_go,
    condition=f"{_IS_WANTED} AND ({_IS_ON} OR {_IS_BY_HAND})",
    on_sent=_ON_SENT,
    has_arrived=_HAS_ARRIVED,
    heard=heard,
    happenings=_HAPPENINGS,
    of_links=of_links,
)
REMINDER_KIND = Kind(
    REMINDER,
    letter,
    may_still_go,
    condition=f"{_IS_WANTED} AND {_IS_ON} {_FIRST_ARRIVED}",
    on_sent=_ON_SENT,
    has_arrived=_HAS_ARRIVED,
    heard=heard,
    happenings=_HAPPENINGS,
    of_links=of_links,
)
