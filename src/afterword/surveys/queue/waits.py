"""Why a mail waits, as its row says."""

from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from afterword.sending.models import Mail, State


class Wait(StrEnum):
    TIME = "time"
    TURN = "turn"
    PUT_OFF = "put_off"
    HELD = "held"

    @property
    def label(self) -> str:
        return _SAID[self][0]

    @property
    def words(self) -> str:
        return _SAID[self][1]

    def condition(self, now: datetime) -> Q:
        """Which mails that wait do so for this."""
        is_queued = Q(state=State.QUEUED)
        match self:
            case Wait.HELD:
                return Q(state=State.HELD)
            case Wait.PUT_OFF:
                return is_queued & Q(refusals__gt=0)
            case Wait.TIME:
                return is_queued & Q(refusals=0, due_at__gt=now)
            case Wait.TURN:
                return is_queued & Q(refusals=0, due_at__lte=now)


_SAID = {
    Wait.TIME: ("Not due yet", "It waits for its delay or time frame."),
    Wait.TURN: ("Due", "It goes when the mail server takes it."),
    Wait.PUT_OFF: ("Put off", "The mail server asked to try again later."),
    Wait.HELD: ("Paused", "The sending brake holds its campaign until somebody lets it go on."),
}
# What a decision says that its survey waits for.
WAITS_FOR = {
    "delay": "It waits for its delay.",
    "time_frame": "It waits for the time frame to open.",
}


def why_waits(mail: Mail, now: datetime) -> Wait:
    if mail.state == State.HELD:
        return Wait.HELD
    if mail.refusals:
        return Wait.PUT_OFF
    return Wait.TIME if mail.due_at > now else Wait.TURN
