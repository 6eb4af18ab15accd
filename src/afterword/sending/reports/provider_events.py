"""What a mail provider's webhook says of our mails, as anymail reads it: reports for `outcomes`.

A mail is told by the signed id that it carries as metadata or tag; else by our Message-ID, and
then only with the recipient that it went to.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from afterword.core import signed_ids
from afterword.mail.ways.severity import is_hard, is_vetoed
from afterword.sending.models import DeliveryKind, Mail
from afterword.sending.outcomes import Report
from afterword.sending.reports.open_agents import is_machine

PURPOSE = "report"
_MESSAGE_ID = re.compile(r"<?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})@[^\s<>@]+>?")

_PLAIN = {
    EventType.DEFERRED: DeliveryKind.DELAYED,
    EventType.DELIVERED: DeliveryKind.DELIVERED,
    EventType.CLICKED: DeliveryKind.CLICKED,
    EventType.COMPLAINED: DeliveryKind.COMPLAINED,
    EventType.UNSUBSCRIBED: DeliveryKind.UNSUBSCRIBED,
}
# Not sent at all, because of what happened before.
_REJECTED = {
    RejectReason.SPAM: DeliveryKind.COMPLAINED,
    RejectReason.UNSUBSCRIBED: DeliveryKind.UNSUBSCRIBED,
    RejectReason.INVALID: DeliveryKind.HARD_BOUNCED,
    RejectReason.BOUNCED: DeliveryKind.HARD_BOUNCED,
}
# Where providers say themselves whether a bounce is hard: the field, and its values.
_HARD: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "brevo": (("event",), frozenset({"hard_bounce", "invalid_email"})),
    "mailersend": (("data", "type"), frozenset({"hard_bounced"})),
    "mailjet": (("hard_bounce",), frozenset({"True", "true", "1"})),
    "mailtrap": (("event",), frozenset({"bounce"})),
    "mandrill": (("event",), frozenset({"hard_bounce"})),
    "postmark": (("Type",), frozenset({"HardBounce", "BadEmailAddress"})),
    "resend": (("data", "bounce", "type"), frozenset({"Permanent"})),
    "sparkpost": (("msys", "message_event", "bounce_class"), frozenset({"10", "30", "90"})),
    "unisender-go": (("status",), frozenset({"hard_bounced"})),
}


class _Mail(NamedTuple):
    workspace_id: UUID | None
    recipient: str
    sent_at: datetime | None


def reports_of(
    provider: str, events: Sequence[AnymailTrackingEvent], workspace_id: UUID | None, now: datetime
) -> list[Report]:
    """Return what the events report about mails, only of the workspace where one is given.

    One query, whatever the number of events.
    """
    claims = [(event, *_claim(event)) for event in events]
    mails = _mails({id_ for _, id_, _ in claims if id_}, workspace_id)
    return [
        report
        for event, id_, is_signed in claims
        if id_ and (mail := mails.get(id_)) and (is_signed or _went_to(event, mail))
        if (report := _report(provider, event, id_, mail, now))
    ]


def kind_of(provider: str, event: AnymailTrackingEvent) -> DeliveryKind | None:
    """Return what an event means, except an opening; None where nothing follows from it.

    A bounce is hard where the provider says so or the other server's words do; the words of a
    full mailbox, a policy or a temporary trouble forbid it.
    """
    if event.event_type in _PLAIN:
        return _PLAIN[event.event_type]
    if event.event_type == EventType.REJECTED and event.reject_reason in _REJECTED:
        return _REJECTED[event.reject_reason]
    if event.event_type not in {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}:
        return None
    words = _words(event)
    if _is_called_hard(provider, event):
        return DeliveryKind.SOFT_BOUNCED if is_vetoed(words) else DeliveryKind.HARD_BOUNCED
    if provider in _HARD:
        return DeliveryKind.SOFT_BOUNCED
    hard = is_hard(_text(_field(event.esp_event, ("status",))), words)
    return DeliveryKind.HARD_BOUNCED if hard else DeliveryKind.SOFT_BOUNCED


def _report(
    provider: str, event: AnymailTrackingEvent, id_: UUID, mail: _Mail, now: datetime
) -> Report | None:
    at = _moment(event.timestamp, now)
    kind = kind_of(provider, event)
    if event.event_type == EventType.OPENED:
        machine = is_machine(_text(event.user_agent), mail.sent_at, at)
        kind = DeliveryKind.MACHINE_OPENED if machine else DeliveryKind.OPENED
    if kind is None:
        return None
    return Report(id_, kind, at, "webhook", _words(event), _key(provider, event))


def _is_called_hard(provider: str, event: AnymailTrackingEvent) -> bool:
    path, values = _HARD.get(provider, ((), frozenset()))
    return event.reject_reason == RejectReason.INVALID or (
        bool(path) and _text(_field(event.esp_event, path)) in values
    )


def _claim(event: AnymailTrackingEvent) -> tuple[UUID | None, bool]:
    """Return the mail that an event names, and whether by our signature."""
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    # Mail of before a mail was something of its own calls it a survey.
    marks: Iterable[object] = (metadata.get("mail"), metadata.get("survey"), *_list(event.tags))
    for mark in marks:
        if isinstance(mark, str) and (id_ := signed_ids.read(PURPOSE, mark)):
            return id_, True
    found = _MESSAGE_ID.fullmatch(_text(event.message_id))
    return (UUID(found[1]) if found else None), False


def _went_to(event: AnymailTrackingEvent, mail: _Mail) -> bool:
    return _text(event.recipient).strip().lower() == mail.recipient


def _mails(ids: set[UUID], workspace_id: UUID | None) -> dict[UUID, _Mail]:
    if not ids:
        return {}
    mails = Mail.objects.filter(id__in=ids)
    if workspace_id is not None:
        mails = mails.filter(workspace_id=workspace_id)
    found = mails.values_list("id", "workspace_id", "recipient", "sent_at")
    return {id_: _Mail(workspace, to, at) for id_, workspace, to, at in found}


def _moment(timestamp: object, now: datetime) -> datetime:
    if not isinstance(timestamp, datetime):
        return now
    return timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)


def _words(event: AnymailTrackingEvent) -> str:
    return _text(event.mta_response) or _text(event.description)


def _key(provider: str, event: AnymailTrackingEvent) -> str:
    """The provider's own id of the event, else all of it; Mailgun's is one of the post."""
    told = event.esp_event
    if provider == "mailgun":
        told = _field(told, ("event-data",)) or told
    elif event.event_id:
        told = [event.event_type, event.event_id]
    text = json.dumps(told, sort_keys=True, default=str)
    return f"{provider}-{blake2b(text.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"


def _field(value: object, path: tuple[str, ...]) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _text(value: object) -> str:
    return "" if value is None else str(value)[:4000]


def _list(value: object) -> list[object]:
    return value[:20] if isinstance(value, list) else [value]
