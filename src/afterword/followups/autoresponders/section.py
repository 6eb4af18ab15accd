"""Autoresponders as a section of the campaign editor, with three that are offered there."""

from datetime import datetime
from typing import Any

from django.db import transaction

from afterword.campaigns.models import Campaign
from afterword.core.jobs import wake
from afterword.followups.autoresponders.form import AutoresponderForm
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.autoresponders.preview import preview
from afterword.followups.autoresponders.room import AUTORESPONDER, stream_of
from afterword.followups.autoresponders.write import FIELDS
from afterword.followups.events import Event
from afterword.followups.mails import mailed
from afterword.followups.models import TEST, Delivery
from afterword.followups.pages.section import Section
from afterword.followups.rule_form import event_labels
from afterword.sending.models import Mail
from afterword.workspaces.models import Member

_HELLO = "Hello{% if first_name %} {{ first_name }}{% endif %},\n\n"
_OFFERED = {
    Event.WITHOUT_COMMENT: (
        "Thank you. Would you tell us a little more?",
        "thank you for your answer. What is the main reason for your score? "
        'You can <a href="{{ survey_link }}">add a few words to it</a>, or just reply to this '
        "mail.",
    ),
    Event.DETRACTOR: (
        "We are sorry, and would like to do better",
        "thank you for being frank with us. We are sorry that we let you down. If you reply to "
        "this mail and tell us what went wrong, a person will read it and get back to you.",
    ),
    Event.PROMOTER: (
        "Thank you! Would you tell others too?",
        "we are glad that you like what we do. If you have a minute, a few words of yours in "
        "public would help others to find us.",
    ),
}


def offers(campaign: Campaign) -> list[dict[str, Any]]:
    """Return the columns of those that are offered; each is off until it is made."""
    labels = event_labels(campaign) | {"feedback_without_comment": "Without a comment"}
    return [
        {
            "name": labels[event].removeprefix("Answer: "),
            "events": [event.value],
            "subject": subject,
            "body": _HELLO + body,
        }
        for event, (subject, body) in _OFFERED.items()
    ]


def send_me_one(rule: Autoresponder, member: Member, now: datetime) -> tuple[bool, str]:
    """Mail an example to whoever asks for it."""
    example = Delivery(
        workspace=member.workspace,
        autoresponder=rule,
        kind=TEST,
        happened_at=now,
        created_at=now,
        due_at=now,
    )
    address = member.user.email
    with transaction.atomic():
        Mail.objects.bulk_create(mailed(example, AUTORESPONDER, stream_of(rule), [address]))
        example.save()
    wake("send_due")
    return True, f"An example is on its way to {address}."


SECTION = Section(
    "autoresponders",
    "Autoresponders",
    "autoresponder",
    Autoresponder,
    AutoresponderForm,
    send_me_one,
    "Send me one now",
    "Answer an answer by mail, some minutes later, once for each answer: also while the campaign "
    "is off, and never to somebody who unsubscribed.",
    "No autoresponder yet.",
    FIELDS,
    offers=offers,
    preview=preview,
    for_workspace=False,
)
