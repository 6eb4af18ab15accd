"""Mails of follow-ups to customers, as the outbox lists them."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.autoresponders.room import AUTORESPONDER
from afterword.followups.pages.mail_words import mail_words
from afterword.followups.you_said.mail import YOU_SAID
from afterword.sending.models import Mail
from afterword.surveys.outbox.apart import ApartKind


def _words(mail: Mail) -> str:
    return mail_words(mail, timezone.get_current_timezone())


def _address(rule_id: UUID) -> str:
    return f"{reverse('followups:deliveries')}?rule={rule_id}"


def _of_campaign(campaign_id: UUID) -> Collection[UUID]:
    return list(Autoresponder.objects.filter(campaign=campaign_id).values_list("id", flat=True))


def _you_said_address(you_said_id: UUID) -> str:
    return reverse("followups:you_said", args=[you_said_id])


def _of_no_campaign(campaign_id: UUID) -> Collection[UUID]:
    """Such a mail goes to the people of a filter, whatever their campaigns."""
    return ()


YOU_SAID_APART = ApartKind(YOU_SAID, "You said, we did", _words, _you_said_address, _of_no_campaign)
AUTORESPONDERS_APART = ApartKind(AUTORESPONDER, "Autoresponder", _words, _address, _of_campaign)
