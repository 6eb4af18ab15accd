"""Autoresponders as a kind of mail. They are no surveys, and count as none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone

from afterword.core.links import survey_link, unsubscribe_link
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.autoresponders.room import AUTORESPONDER
from afterword.followups.autoresponders.write import html_of, subject_of, text_of
from afterword.followups.engine.occurrence import Occurrence
from afterword.followups.engine.room import follows
from afterword.followups.events import Follows
from afterword.followups.mails import deliveries_of
from afterword.followups.models import TEST, Delivery
from afterword.followups.values import occurrences_of, values_of
from afterword.mail.message.letter import letter_of
from afterword.mail.message.rendered import Rendered
from afterword.mail.senders.find import Sender, sender_of, senders_at
from afterword.mail.ways.way import Letter
from afterword.sending.kinds import Kind, Unwanted
from afterword.sending.models import Mail
from afterword.sending.streams import StreamKind
from afterword.survey_templates.letters.brand import shades
from afterword.survey_templates.letters.of_customer import person_of
from afterword.survey_templates.letters.of_version import SOMEBODY
from afterword.survey_templates.look import COLOUR
from afterword.survey_templates.versions import colour_of
from afterword.survey_templates.wording.words import is_leftward, words_for
from afterword.surveys.models import Invitation

# Mail programs differ in how far apart paragraphs are.
_PARAGRAPH = '<p style="margin:0 0 16px">'


@dataclass(frozen=True, slots=True)
class Matter:
    rule: Autoresponder
    person: dict[str, object]
    own: dict[str, object]
    unsubscribe: str
    is_test: bool
    sender: Sender | None  # where the rule has an address of its own


def _may_still_go(mails: Sequence[Mail], _now: datetime) -> dict[UUID, Unwanted]:
    """Ask whether the answer is still one that it is for; give the others their `matter`."""
    deliveries = deliveries_of(mails)
    found = occurrences_of(deliveries.values())
    responses = [one.response for one in found.values() if one.response]
    invitations = Invitation.objects.in_bulk({one.survey_id for one in responses if one.survey_id})
    senders = _own_senders(deliveries.values())
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
            own = senders.get(delivery.id)
            mail.matter = _matter(mail, delivery, found[delivery.id], invitations, own)
    return unwanted


def _own_senders(deliveries: Collection[Delivery]) -> dict[UUID, Sender]:
    """Return the senders of rules that have one of their own, by delivery; one query."""
    asked = {
        one.id: (one.workspace_id, one.autoresponder.sender_address)
        for one in deliveries
        if one.autoresponder
    }
    found = senders_at(asked.values())
    return {id_: found[of] for id_, of in asked.items() if of in found}


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


def _matter(
    mail: Mail,
    delivery: Delivery,
    occurrence: Occurrence,
    invitations: dict[UUID, Invitation],
    sender: Sender | None,
) -> Matter:
    rule, response = delivery.autoresponder, occurrence.response
    assert rule
    assert response
    assert response.survey_id
    invitation = invitations[response.survey_id]
    campaign = rule.campaign.name if rule.campaign else ""
    own = {
        "score": response.score,
        "rating_category": response.scale.bucket_label(response.score),
        "comment": response.comment,
        "survey_link": survey_link(invitation.answer_token),
    }
    person = person_of(mail.customer, mail.recipient, campaign)
    unsubscribe = unsubscribe_link(invitation.unsubscribe_token)
    return Matter(rule, person, own, unsubscribe, is_test=False, sender=sender)


def _example(delivery: Delivery, sender: Sender | None) -> Matter:
    rule = delivery.autoresponder
    assert rule
    return Matter(rule, *example_of(rule), "", is_test=True, sender=sender)


def example_of(rule: Autoresponder) -> tuple[dict[str, object], dict[str, object]]:
    """Return a person and an answer of nobody in particular."""
    now = timezone.now()
    values: dict[str, Any] = values_of(Delivery(kind=TEST, happened_at=now), rule, None)
    own = {name: values[name] for name in ("score", "rating_category", "comment")}
    person = {**SOMEBODY, "campaign_name": values["campaign_name"]}
    return person, {**own, "survey_link": "https://example.com/"}


def draw(
    rule: Autoresponder,
    person: Mapping[str, object],
    own: Mapping[str, object],
    unsubscribe: str,
) -> Rendered:
    """Return the mail as somebody reads it; raises CannotBeWritten.

    What we add is in the language of the campaign's template, as its texts are taken to be, and
    in its colour.
    """
    body, subject = html_of(rule.body, person, own), subject_of(rule.subject, person, own)
    template = rule.campaign.template if rule.campaign else None
    language = template.said.language if template else "en"
    said, colours = words_for(language), shades(colour_of(template) if template else COLOUR)
    words = {
        "subject": subject,
        "lang": language,
        "dir": "rtl" if is_leftward(language) else "ltr",
        "body": body.replace("<p>", _PARAGRAPH),
        "text": text_of(body, rule.buttons),
        "buttons": rule.buttons,
        "colours": colours,
        "unsubscribe": unsubscribe,
        "why": said.answered.format(company=rule.workspace.name),
        "unsubscribe_word": said.unsubscribe,
    }
    return Rendered(
        subject,
        render_to_string("followups/mail/autoresponder.html", words),
        render_to_string("followups/mail/autoresponder.txt", words),
    )


def _letter(mail: Mail, now: datetime) -> Letter:
    """Compose it; raises CannotBeWritten or MessageRefused if it can't be."""
    matter: Matter = mail.matter
    rule = matter.rule
    assert mail.workspace
    drawn = draw(rule, matter.person, matter.own, matter.unsubscribe)
    subject = f"Test: {drawn.subject}" if matter.is_test else drawn.subject
    return letter_of(
        mail.id,
        mail.workspace_id,
        replace(drawn, subject=subject),
        now,
        sender=matter.sender or sender_of(mail.workspace),
        sender_name=rule.sender_name or mail.workspace.name,
        recipient=mail.recipient,
        recipient_name=mail.customer.full_name if mail.customer else "",
        unsubscribe=matter.unsubscribe,
        reply_to=rule.reply_to,
    )


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
AUTORESPONDER_KIND = Kind(AUTORESPONDER, _letter, _may_still_go, condition=_CONDITION)
AUTORESPONDER_STREAM = StreamKind(AUTORESPONDER, _names)
