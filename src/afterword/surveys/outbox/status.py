"""What became of an invitation, in one word: for pages, exports and the API."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from django.db.models import Case, CharField, Q, QuerySet, Value, When

from afterword.sending.models import Mail, State
from afterword.surveys.models import Invitation

Rows = TypeVar("Rows", bound=QuerySet[Invitation])


class Told(Protocol):
    """An invitation; or another mail, with the columns of one that say nothing."""

    @property
    def mail(self) -> Mail | None: ...


class Status(StrEnum):
    """The furthest or gravest truth about an invitation; see `status_of`.

    One that does not go by e-mail has none of those that a mail server tells of.
    """

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    OFFERED = "offered"
    SHOWN = "shown"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    ANSWERED = "answered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    DISMISSED = "dismissed"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return _SAID[self].label

    @property
    def explanation(self) -> str:
        """One sentence on what it means and how it is known."""
        return _SAID[self].explanation

    @property
    def look(self) -> str:
        """The ending of the badge's class: "secondary", "blue", or "dark" for trouble.

        Red, amber and green are the scores'.
        """
        return _SAID[self].look

    @property
    def icon(self) -> str:
        return f"icons/{_SAID[self].icon}.svg"


class _Said(NamedTuple):
    label: str
    look: str
    icon: str
    explanation: str


_SAID = {
    Status.QUEUED: _Said("Queued", "secondary", "clock", "It waits until it is due."),
    Status.HELD: _Said(
        "Held",
        "dark",
        "player-pause",
        "It is due, but its campaign is paused because too many mails bounced or were complained "
        "about.",
    ),
    Status.SENDING: _Said(
        "Sending", "secondary", "send", "It is being handed over to the mail server."
    ),
    Status.SENT: _Said(
        "Sent", "secondary", "send", "The mail server took it; what became of it is not known yet."
    ),
    Status.OFFERED: _Said(
        "Offered", "secondary", "clock", "It was not shown yet: it waits for the customer."
    ),
    Status.SHOWN: _Said(
        "Shown", "blue", "mail-opened", "It was shown to the customer; no answer yet."
    ),
    Status.CLOSED: _Said(
        "Closed", "blue", "x", "It was shown, and the customer closed it without an answer."
    ),
    Status.WITHDRAWN: _Said(
        "Not shown",
        "secondary",
        "x",
        "The customer did not come by in time, or a rule stood against it when they did.",
    ),
    Status.DELIVERED: _Said(
        "Delivered", "blue", "mail", "The customer's mail server reported that it took the mail."
    ),
    Status.OPENED: _Said(
        "Opened",
        "blue",
        "mail-opened",
        "The mail was opened by a person; opens by machines do not count.",
    ),
    Status.CLICKED: _Said(
        "Clicked",
        "blue",
        "external-link",
        "A link in the mail was followed, without an answer yet.",
    ),
    Status.ANSWERED: _Said("Answered", "blue", "message", "The customer gave a score."),
    Status.BOUNCED: _Said(
        "Bounced", "dark", "alert-triangle", "A mail server refused the mail or sent it back."
    ),
    Status.COMPLAINED: _Said(
        "Complained", "dark", "alert-circle", "The customer reported the mail as unwanted."
    ),
    Status.UNSUBSCRIBED: _Said(
        "Unsubscribed", "dark", "circle-off", "The customer unsubscribed by this mail."
    ),
    Status.DISMISSED: _Said(
        "Not sent",
        "secondary",
        "x",
        "It was scheduled, but when it was due a rule stood against it.",
    ),
    Status.CANCELLED: _Said(
        "Cancelled", "secondary", "x", "A member of the workspace cancelled it before it was sent."
    ),
    Status.FAILED: _Said(
        "Failed",
        "dark",
        "alert-triangle",
        "It could not be sent, and is not tried again by itself: it needs a person.",
    ),
}

# What the outside world told of an invitation, before what our own hand-over says of its mail,
# since a mail that was answered has been sent whatever the hand-over believes. The first that is so
# decides: a complaint is graver than anything; an answer is what the survey was for, so it still
# shows after unsubscribing, and a bounce beside it is false; whoever unsubscribed by the mail got
# it; clicks and opens before a bounce were a scanner's.
_SIGNS = (
    (Status.COMPLAINED, "mail__complained_at"),
    (Status.ANSWERED, "answered_at"),
    (Status.UNSUBSCRIBED, "unsubscribed_at"),
    (Status.BOUNCED, "mail__bounced_at"),
    (Status.CLICKED, "clicked_at"),
    (Status.OPENED, "opened_at"),
    (Status.WITHDRAWN, "withdrawn_at"),
    (Status.CLOSED, "dismissed_at"),
    (Status.SHOWN, "shown_at"),
    (Status.DELIVERED, "mail__delivered_at"),
)
OF_STATE = {
    State.QUEUED: Status.QUEUED,
    State.HELD: Status.HELD,
    State.CLAIMED: Status.SENDING,
    State.HANDING_OVER: Status.SENDING,
    State.SENT: Status.SENT,
    State.DISMISSED: Status.DISMISSED,
    State.CANCELLED: Status.CANCELLED,
    State.PARKED: Status.FAILED,
}
# What one looks at for the moment from which a status holds.
_SINCE = {
    **dict(_SIGNS),
    Status.QUEUED: "mail__due_at",
    Status.HELD: "mail__due_at",
    Status.SENT: "mail__sent_at",
    Status.CANCELLED: "mail__cancelled_at",
    Status.DISMISSED: "mail__ended_at",
    Status.FAILED: "mail__ended_at",
    Status.OFFERED: "created_at",
}


def status_of(invitation: Told) -> Status:
    """Return what became of one: the outside world's word first, then the hand-over's."""
    mail = invitation.mail
    for status, column in _SIGNS:
        if _value(invitation, column) is not None:
            return status
        if status is Status.BOUNCED and mail and mail.state == State.BOUNCED:
            return status
    return OF_STATE[State(mail.state)] if mail else Status.OFFERED


def since(invitation: Told) -> datetime | None:
    """Return from when its status holds; for what waits, when it is due; None if not kept."""
    column = _SINCE.get(status_of(invitation))
    return _value(invitation, column) if column else None


def with_status(rows: Rows, status: Status) -> Rows:
    """Keep the invitations of which `status_of` says so."""
    return rows.filter(_condition(status))


def status_column() -> Case:
    """Return the expression of what `status_of` says, for `annotate`."""
    return Case(
        *(When(_sign(status, column), then=Value(status.value)) for status, column in _SIGNS),
        *(When(mail__state=state, then=Value(status.value)) for state, status in OF_STATE.items()),
        default=Value(Status.OFFERED.value),
        output_field=CharField(),
    )


def _value(invitation: Told, column: str) -> datetime | None:
    """Return what stands in a column, of the invitation or of its mail."""
    of, _, name = column.rpartition("__")
    row = invitation.mail if of else invitation
    found: datetime | None = getattr(row, name) if row else None
    return found


def _condition(wanted: Status) -> Q:
    """No sign that goes before it, and its own."""
    others = Q()
    for status, column in _SIGNS:
        if status is wanted:
            return others & _sign(status, column)
        others &= _no_sign(status, column)
    if wanted is Status.OFFERED:
        return others & Q(mail__state__isnull=True)
    states = [state for state, status in OF_STATE.items() if status is wanted]
    return others & Q(mail__state__in=states)


def _sign(status: Status, column: str) -> Q:
    found = Q(**{f"{column}__isnull": False})
    return found | Q(mail__state=State.BOUNCED) if status is Status.BOUNCED else found


def _no_sign(status: Status, column: str) -> Q:
    missing = Q(**{f"{column}__isnull": True})
    is_bounced = Q(mail__isnull=False, mail__state=State.BOUNCED)
    return missing & ~is_bounced if status is Status.BOUNCED else missing
