"""The kinds of rules there are."""

from afterword.followups.autoresponders.room import AUTORESPONDERS
from afterword.followups.engine.room import Room
from afterword.followups.models import Delivery
from afterword.followups.notifications.room import NOTIFICATIONS
from afterword.followups.webhooks.room import WEBHOOKS

ROOMS: tuple[Room, ...] = (NOTIFICATIONS, AUTORESPONDERS, WEBHOOKS)


def room_of(delivery: Delivery) -> Room:
    return next(room for room in ROOMS if room.name == delivery.rule_name)
