"""May a survey's mail still go? What its campaign, its customer and its answer say at last."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection

from afterword.campaigns.models import Campaign
from afterword.core import bulk
from afterword.customers.language import wanted_language
from afterword.decisions.decide import why_not_now
from afterword.decisions.facts import facts_of, rules_of
from afterword.decisions.how_often import CAP_WINDOW
from afterword.decisions.terms import PastSurvey, Person, Rules
from afterword.occasions.occasion import SKIPPED, Kind, Rule
from afterword.sending.kinds import Unwanted
from afterword.sending.models import Mail
from afterword.survey_templates.document import language_for
from afterword.survey_templates.models import TemplateVersion
from afterword.survey_templates.versions import current
from afterword.surveys.models import Invitation, Survey
from afterword.surveys.shown import surveys_on_pages

DELETED = {"survey": "deleted"}


def may_still_go(mails: Sequence[Mail], now: datetime) -> dict[UUID, Unwanted]:
    """Return what must not be sent after all; the others get their invitation as `matter`.

    Throttle, cap and the rest are asked again, with the customers locked by the caller. What is to
    be sent takes the version that its template is at.
    """
    _attach(mails)
    unwanted = _needless(mails)
    unwanted |= _why_not([mail for mail in mails if mail.id not in unwanted], now)
    _note_not_asked(mails, unwanted, now)
    _take_versions([mail for mail in mails if mail.id not in unwanted], now)
    return unwanted


def _attach(mails: Sequence[Mail]) -> None:
    """Give the mails their invitations, with campaigns: few rows, shared by many."""
    rows = Invitation.objects.select_related("survey").in_bulk({mail.id for mail in mails})
    campaigns = Campaign.objects.in_bulk({one.survey.campaign_id for one in rows.values()})
    for mail in mails:
        mail.matter = invitation = rows.get(mail.id)
        if invitation:
            invitation.survey.campaign = campaigns[invitation.survey.campaign_id]
            if mail.workspace:
                invitation.survey.campaign.workspace = mail.workspace


def _needless(mails: Sequence[Mail]) -> dict[UUID, Unwanted]:
    """Return what has become needless.

    The customer is deleted, or the survey was answered, or its first mail has bounced after all.
    """
    reminded = {one.matter.survey_id for one in mails if one.matter and one.matter.is_reminder}
    bounced = _bounced(reminded) if reminded else {}
    needless: dict[UUID, Unwanted] = {}
    for mail in mails:
        if mail.matter is None:
            needless[mail.id] = Unwanted(detail=DELETED)
        elif mail.customer is None:
            needless[mail.id] = Unwanted(detail={"customer": "deleted"})
        elif mail.matter.is_reminder and (at := bounced.get(mail.matter.survey_id)):
            needless[mail.id] = Unwanted(detail={"bounced_at": at})
        elif at := mail.matter.survey.answered_at:
            needless[mail.id] = Unwanted(detail={"answered_at": at})
    return needless


def _bounced(survey_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Return when the first mails of these surveys bounced, which have the surveys' keys."""
    rows = Mail.objects.filter(id__in=survey_ids, bounced_at__isnull=False)
    return {id_: at for id_, at in rows.values_list("id", "bounced_at") if at}


def _why_not(due: Sequence[Mail], now: datetime) -> dict[UUID, Unwanted]:
    if not due:
        return {}
    campaigns = {mail.matter.survey.campaign_id: mail.matter.survey.campaign for mail in due}
    rules = {id_: rules_of(campaign, campaign.workspace, {}) for id_, campaign in campaigns.items()}
    sent = _sent_or_on_their_way(due, rules.values(), now)
    on_pages = _on_pages(due, rules.values(), now)
    unwanted: dict[UUID, Unwanted] = {}
    # Of two that go at once, the more important one gets the last place of a budget.
    for mail in sorted(due, key=lambda mail: -mail.matter.survey.campaign.priority):
        campaign_id = mail.matter.survey.campaign_id
        theirs = sent[mail.workspace_id, mail.recipient]
        asked = _asked_of(mail.matter, rules[campaign_id])
        surveys = [*theirs, *(on_pages.get(mail.customer_id, ()) if mail.customer_id else ())]
        person = Person(mail.recipient)
        facts = facts_of(mail.standing, is_known=True, surveys=surveys, person=person)
        if verdict := why_not_now(asked, facts, now):
            unwanted[mail.id] = Unwanted(verdict.reason, verdict.detail)
        else:
            goes = PastSurvey(mail.id, campaign_id, now, False, is_reminder=mail.matter.is_reminder)
            theirs.insert(0, goes)
    return unwanted


def _asked_of(invitation: Invitation, rules: Rules) -> Rules:
    """Leave out what its occasion skips; and the survey that one reminds of keeps it not back."""
    if invitation.is_reminder:
        # It is a mail, even where its survey was shown on a page.
        return replace(rules, throttle=None, fatigue=None, goes_by_mail=True)
    skipped = SKIPPED[Kind(invitation.survey.occasion_kind)]
    return replace(
        rules,
        is_active=rules.is_active or Rule.CAMPAIGN_ON in skipped,
        throttle=None if Rule.THROTTLE in skipped else rules.throttle,
        fatigue=None if Rule.THROTTLE in skipped else rules.fatigue,
    )


def _on_pages(
    due: Sequence[Mail], rules: Collection[Rules], now: datetime
) -> Mapping[UUID, Sequence[PastSurvey]]:
    """What counts beside mails, by customer; it is asked for only where something counts it."""
    memory = max(each.memory for each in rules)
    customer_ids = {mail.customer_id for mail in due if mail.customer_id}
    return surveys_on_pages(customer_ids, now - memory) if memory else {}


def _sent_or_on_their_way(
    due: Sequence[Mail], rules: Collection[Rules], now: datetime
) -> Mapping[tuple[UUID | None, str], list[PastSurvey]]:
    memory = max(each.memory for each in rules)
    sent: dict[tuple[UUID | None, str], list[PastSurvey]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            _SENT,
            [
                sorted({mail.workspace_id for mail in due if mail.workspace_id}),
                sorted({mail.recipient for mail in due}),
                [mail.id for mail in due],
                now - max(CAP_WINDOW, memory),
                any(each.fatigue for each in rules),
            ],
        )
        for workspace_id, recipient, *survey in cursor:
            sent[workspace_id, recipient].append(PastSurvey(*survey))
    return sent


_SENT = """
    SELECT workspace_id, recipient, id, stream_id,
           CASE WHEN state = 'queued' THEN due_at ELSE coalesce(sent_at, now()) END,
           state = 'queued',
           coalesce((SELECT priority FROM campaigns_campaign WHERE id = stream_id), 1),
           kind = 'reminder'
    FROM sending_mail
    WHERE workspace_id = ANY(%s) AND recipient = ANY(%s) AND id <> ALL(%s)
      AND kind IN ('survey', 'reminder')
      AND (sent_at > %s OR state IN ('claimed', 'handing_over') OR (%s AND state = 'queued'))
    ORDER BY 5 DESC
"""


def _note_not_asked(
    mails: Sequence[Mail], unwanted: Mapping[UUID, Unwanted], now: datetime
) -> None:
    """What keeps back the first mail keeps back the survey."""
    rows = [
        {
            "id": mail.id,
            "ended_at": now,
            "reason": unwanted[mail.id].reason,
            "detail": unwanted[mail.id].detail,
        }
        for mail in mails
        if mail.id in unwanted and mail.matter and not mail.matter.is_reminder
    ]
    bulk.update(Survey, rows, ("ended_at", "reason", "detail"))


def _take_versions(mails: Sequence[Mail], now: datetime) -> None:
    """Note with which version, and in which language, each invitation goes.

    What may have reached its mail server before goes once more as it was.
    """
    as_before = [mail for mail in mails if mail.handed_over and mail.matter.version_id]
    versions = TemplateVersion.objects.in_bulk({mail.matter.version_id for mail in as_before})
    for mail in as_before:
        mail.matter.version = versions[mail.matter.version_id]
    anew = [mail for mail in mails if mail not in as_before]
    latest = current({mail.matter.template_id for mail in anew}, now)
    rows = []
    for mail in anew:
        invitation = mail.matter
        version = invitation.version = latest[invitation.template_id]
        properties = mail.customer.properties if mail.customer else {}
        invitation.language = language_for(version.said, wanted_language(properties))
        rows.append(
            {"id": invitation.id, "version_id": version.id, "language": invitation.language}
        )
    bulk.update(Invitation, rows, ("version_id", "language"))
