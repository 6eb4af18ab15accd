"""The sections there are."""

from afterword.followups.autoresponders.section import SECTION as AUTORESPONDERS
from afterword.followups.notifications.section import SECTION as NOTIFICATIONS
from afterword.followups.pages.section import Section
from afterword.followups.webhooks.section import SECTION as WEBHOOKS

SECTIONS: tuple[Section, ...] = (NOTIFICATIONS, AUTORESPONDERS, WEBHOOKS)
