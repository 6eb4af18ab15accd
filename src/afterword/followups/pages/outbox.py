"""Autoresponders' mails in the outbox."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.autoresponders.room import AUTORESPONDER
from afterword.followups.pages.mail_words import mail_words
from afterword.sending.models import Mail
from afterword.surveys.outbox.apart import ApartKind


def _words(mail: Mail) -> str:
    return mail_words(mail, timezone.get_current_timezone())


def _address(rule_id: UUID) -> str:
    return f"{reverse('followups:deliveries')}?rule={rule_id}"


def _of_campaign(campaign_id: UUID) -> Collection[UUID]:
    return list(Autoresponder.objects.filter(campaign=campaign_id).values_list("id", flat=True))


AUTORESPONDERS_APART = ApartKind(AUTORESPONDER, "Autoresponder", _words, _address, _of_campaign)
