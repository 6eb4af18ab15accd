"""What a member wrote, as a mail to one customer: drawn, and made into a letter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.template.loader import render_to_string

from afterword.core.links import survey_link, unsubscribe_link
from afterword.feedback.models import Response
from afterword.followups.autoresponders.write import html_of, subject_of, text_of
from afterword.followups.written import Written
from afterword.mail.message.letter import letter_of
from afterword.mail.message.rendered import Rendered
from afterword.mail.message.return_path import reply_address
from afterword.mail.senders.find import Sender, sender_of, senders_at
from afterword.mail.ways.way import Letter
from afterword.sending.models import Mail
from afterword.survey_templates.letters.brand import shades
from afterword.survey_templates.letters.of_customer import person_of
from afterword.survey_templates.look import COLOUR
from afterword.survey_templates.models import Template
from afterword.survey_templates.versions import colour_of
from afterword.survey_templates.wording.words import is_leftward, words_for
from afterword.surveys.models import Invitation

Key = TypeVar("Key")
Values = Mapping[str, object]
# Mail programs differ in how far apart paragraphs are.
_PARAGRAPH = '<p dir="auto" style="margin:0 0 16px">'


class Manner(NamedTuple):
    """The language of what we add to the texts, and the colour of their buttons."""

    language: str = "en"
    colour: str = COLOUR


def manner_of(template: Template | None) -> Manner:
    """Return a campaign's, by its template, whose workspace and brand are loaded."""
    return Manner(template.said.language, colour_of(template)) if template else Manner()


@dataclass(frozen=True, slots=True)
class Matter:
    """What a mail's letter is made of: of whom and of their answer `person` and `own` tell."""

    written: Written
    manner: Manner
    person: Values
    own: Values
    unsubscribe: str
    is_test: bool
    sender: Sender | None  # where it has an address of its own


def matter_of(
    mail: Mail,
    written: Written,
    response: Response,
    invitation: Invitation,
    *,
    sender: Sender | None,
    manner: Manner,
) -> Matter:
    """Return it for somebody who answered by that invitation."""
    own = {
        "score": response.score,
        "rating_category": response.scale.bucket_label(response.score),
        "comment": response.comment,
        "survey_link": survey_link(invitation.answer_token),
    }
    campaign = response.campaign.name if response.campaign else ""
    person = person_of(mail.customer, mail.recipient, campaign)
    unsubscribe = unsubscribe_link(invitation.unsubscribe_token)
    return Matter(written, manner, person, own, unsubscribe, is_test=False, sender=sender)


def own_senders(written: Iterable[tuple[Key, UUID, Written]]) -> dict[Key, Sender]:
    """Return the senders of those that have one of their own; one query.

    They come as a key, the workspace, and what is written.
    """
    asked = {key: (workspace_id, one.sender_address) for key, workspace_id, one in written}
    found = senders_at(asked.values())
    return {key: found[of] for key, of in asked.items() if of in found}


def draw(
    written: Written,
    company: str,
    manner: Manner,
    person: Values,
    own: Values,
    *,
    unsubscribe: str,
) -> Rendered:
    """Return the mail as somebody reads it; raises CannotBeWritten."""
    body = html_of(written.body, person, own)
    subject = subject_of(written.subject, person, own)
    language, colour = manner
    said = words_for(language)
    words = {
        "subject": subject,
        "lang": language,
        "dir": "rtl" if is_leftward(language) else "ltr",
        "body": body.replace("<p>", _PARAGRAPH),
        "text": text_of(body, written.buttons),
        "buttons": written.buttons,
        "colours": shades(colour),
        "unsubscribe": unsubscribe,
        "why": said.answered.format(company=company),
        "unsubscribe_word": said.unsubscribe,
    }
    return Rendered(
        subject,
        render_to_string("followups/mail/autoresponder.html", words),
        render_to_string("followups/mail/autoresponder.txt", words),
    )


def letter(mail: Mail, now: datetime) -> Letter:
    """Compose it; raises CannotBeWritten or MessageRefused if it can't be."""
    matter: Matter = mail.matter
    written = matter.written
    assert mail.workspace
    company = mail.workspace.name
    drawn = draw(
        written,
        company,
        matter.manner,
        matter.person,
        matter.own,
        unsubscribe=matter.unsubscribe,
    )
    subject = f"Test: {drawn.subject}" if matter.is_test else drawn.subject
    return letter_of(
        mail.id,
        mail.workspace_id,
        replace(drawn, subject=subject),
        now,
        sender=matter.sender or sender_of(mail.workspace),
        sender_name=written.sender_name or company,
        recipient=mail.recipient,
        recipient_name=mail.customer.full_name if mail.customer else "",
        unsubscribe=matter.unsubscribe,
        # A reply to a trial is nobody's: no customer got it.
        reply_to=[written.reply_to, "" if matter.is_test else reply_address(mail.id)],
    )
