"""Autoresponders as a kind of mail. They are no surveys, and count as none."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from django.utils import timezone

from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.autoresponders.room import AUTORESPONDER
from afterword.followups.engine.occurrence import Occurrence
from afterword.followups.engine.room import follows
from afterword.followups.events import Follows
from afterword.followups.mails import deliveries_of
from afterword.followups.models import TEST, Delivery
from afterword.followups.values import occurrences_of, values_of
from afterword.followups.written_mail import (
    Manner,
    Matter,
    letter,
    manner_of,
    matter_of,
    own_senders,
)
from afterword.mail.senders.find import Sender
from afterword.sending.kinds import Kind, Unwanted
from afterword.sending.models import Mail, State
from afterword.sending.streams import StreamKind
from afterword.survey_templates.letters.of_version import SOMEBODY
from afterword.surveys.models import Invitation

BETWEEN_CLAIMED = timedelta(days=1)


def _may_still_go(mails: Sequence[Mail], _now: datetime) -> dict[UUID, Unwanted]:
    """Ask whether the answer is still one that it is for; give the others their `matter`."""
    deliveries = deliveries_of(mails)
    found = occurrences_of(deliveries.values())
    responses = [one.response for one in found.values() if one.response]
    surveys = {one.survey_id for one in responses if one.survey_id}
    invitations = Invitation.objects.select_related("survey").in_bulk(surveys)
    earlier = _earlier(mails)
    senders = own_senders(
        (one.id, one.workspace_id, one.autoresponder)
        for one in deliveries.values()
        if one.autoresponder
    )
    unwanted: dict[UUID, Unwanted] = {}
    for mail in mails:
        delivery = deliveries.get(mail.about)
        if delivery is None or delivery.autoresponder is None:
            unwanted[mail.id] = Unwanted(detail={"autoresponder": "deleted"})
        elif delivery.kind == TEST:
            mail.matter = _example(delivery, senders.get(delivery.id))
        elif why := _why_not(mail, delivery, found.get(delivery.id)):
            unwanted[mail.id] = why
        else:
            response, own = found[delivery.id].response, senders.get(delivery.id)
            assert response
            assert response.survey_id
            asked = invitations[response.survey_id]
            if asked.survey.detail.get("claimed") and _comes_after(mail, earlier):
                unwanted[mail.id] = Unwanted(detail={"claimed": "again"})
                continue
            rule = delivery.autoresponder
            mail.matter = matter_of(mail, rule, response, asked, sender=own, manner=manner_by(rule))
    return unwanted


def _why_not(mail: Mail, delivery: Delivery, occurrence: Occurrence | None) -> Unwanted | None:
    rule = delivery.autoresponder
    assert rule
    if mail.customer is None:
        return Unwanted(detail={"customer": "deleted"})
    if not rule.is_enabled:
        return Unwanted(detail={"autoresponder": "off"})
    if occurrence is None or follows(rule, occurrence) is Follows.NOT:
        return Unwanted(detail={"answer": "changed"})
    if rule.campaign_id and (since := mail.standing.campaigns.get(rule.campaign_id)):
        return Unwanted("unsubscribed", {"since": since, "from": "campaign"})
    return None


def _earlier(mails: Sequence[Mail]) -> Sequence[Mail]:
    """Return the autoresponders' mails of the last days to the same addresses."""
    rows = Mail.objects.filter(
        workspace_id__in={mail.workspace_id for mail in mails},
        recipient__in={mail.recipient for mail in mails},
        created_at__gt=min(mail.created_at for mail in mails) - BETWEEN_CLAIMED,
        kind=AUTORESPONDER,
    )
    left = rows.exclude(state__in=[State.DISMISSED, State.CANCELLED])
    return list(left.only("stream_id", "recipient", "created_at"))


def _comes_after(mail: Mail, others: Sequence[Mail]) -> bool:
    """Whether another one of the same rule to the same address was owed within the day before.

    Anybody who has a survey's public link can answer as a customer, as often as they like.
    """
    return any(
        (one.stream_id, one.recipient) == (mail.stream_id, mail.recipient)
        and (one.created_at, one.id) < (mail.created_at, mail.id)
        and one.created_at > mail.created_at - BETWEEN_CLAIMED
        for one in others
    )


def _example(delivery: Delivery, sender: Sender | None) -> Matter:
    rule = delivery.autoresponder
    assert rule
    return Matter(
        rule, manner_by(rule), *example_of(rule), unsubscribe="", is_test=True, sender=sender
    )


def example_of(rule: Autoresponder) -> tuple[dict[str, object], dict[str, object]]:
    """Return a person and an answer of nobody in particular."""
    now = timezone.now()
    values: dict[str, Any] = values_of(Delivery(kind=TEST, happened_at=now), rule, None)
    own = {name: values[name] for name in ("score", "rating_category", "comment")}
    person = {**SOMEBODY, "campaign_name": values["campaign_name"]}
    return person, {**own, "survey_link": "https://example.com/"}


def manner_by(rule: Autoresponder) -> Manner:
    """Return that of the campaign: its texts are taken to be in its template's language."""
    return manner_of(rule.campaign.template if rule.campaign else None)


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    return {rule.id: f"Autoresponder: {rule}" for rule in Autoresponder.objects.filter(id__in=ids)}


# The last look: it is still on, nobody left its campaign, and a comment that came meanwhile.
_CONDITION: LiteralString = """
    (SELECT kind FROM followups_delivery WHERE id = ready.about::uuid) = 'test' OR (
        ready.customer_id IS NOT NULL AND (
            SELECT rule.enabled_at IS NOT NULL AND NOT (
                rule.events = ARRAY['feedback_without_comment']::varchar[]
                AND (SELECT comment FROM feedback_response WHERE id = delivery.subject_id) <> ''
            ) AND NOT EXISTS (
                SELECT FROM customers_suppression AS stop
                WHERE stop.workspace_id = ready.workspace_id AND stop.pattern = ready.recipient
                  AND stop.ended_at IS NULL AND stop.campaign_id = rule.campaign_id
            )
            FROM followups_delivery AS delivery
            JOIN followups_autoresponder AS rule ON rule.id = delivery.autoresponder_id
            WHERE delivery.id = ready.about::uuid
        )
    )
"""
AUTORESPONDER_KIND = Kind(AUTORESPONDER, letter, _may_still_go, condition=_CONDITION)
AUTORESPONDER_STREAM = StreamKind(AUTORESPONDER, _names)
