"""One mail that came in, read: about which mail it is, and what it says. Nothing is answered.

The signed return path tells whose mail it was about; the report tells only how bad it is. A mail
to no return path of ours has no effect whatever it says, but for complaints; see `complaint`.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import Message
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import NamedTuple, TypeVar
from uuid import UUID

from afterword.mail.message.return_path import mail_of
from afterword.sending.kinds import mails_of_links
from afterword.sending.models import DeliveryKind
from afterword.sending.outcomes import Report
from afterword.sending.reports import complaint, status_report, unruly_report
from afterword.sending.reports.finding import Finding
from afterword.sending.reports.raw_mail import READ, TooDeep, header, parse, recipients

log = logging.getLogger(__name__)

_KINDS = {
    Finding.DELAYED: DeliveryKind.DELAYED,
    Finding.DELIVERED: DeliveryKind.DELIVERED,
    Finding.SOFT_BOUNCED: DeliveryKind.SOFT_BOUNCED,
    Finding.HARD_BOUNCED: DeliveryKind.HARD_BOUNCED,
    Finding.COMPLAINED: DeliveryKind.COMPLAINED,
    Finding.UNSUBSCRIBED: DeliveryKind.UNSUBSCRIBED,
}
# What the parsers of the standard library and of flufl.bounce raise on mails that nobody foresaw.
_PARSERS_RAISE = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError),
    *(MessageError, RecursionError, TypeError, ValueError),
)


Found = TypeVar("Found")


class Incoming(NamedTuple):
    """A mail as it came in; `recipients` are the envelope's where they are known."""

    raw: bytes
    recipients: Sequence[str] = ()


class Reading(NamedTuple):
    """What a mail says, and about which of ours: by id, or by its unsubscribe link's token."""

    mail_id: UUID | None
    unsubscribe_token: str
    kind: DeliveryKind
    at: datetime
    words: str
    key: str


def reports_in(mails: Iterable[Incoming], now: datetime) -> list[Report]:
    """Return what the mails report about mails of ours; a query for each kind of them, if any."""
    readings = [reading for mail in mails if (reading := read(mail, now))]
    by_token = mails_of_links({one.unsubscribe_token for one in readings if not one.mail_id})
    return [
        Report(mail_id, one.kind, one.at, "report", one.words, one.key)
        for one in readings
        if (mail_id := one.mail_id or by_token.get(one.unsubscribe_token))
    ]


def read(mail: Incoming, now: datetime) -> Reading | None:
    """Return what a mail says; None if it is no report about a mail of ours. Never raises."""
    raw = bytes(mail.raw[:READ])
    return readable(mail, lambda message: _read(message, raw, mail.recipients, now))


def readable(mail: Incoming, reads: Callable[[Message], Found | None]) -> Found | None:
    """Return what `reads` makes of a mail; None of one that cannot be read. Never raises."""
    try:
        return reads(parse(bytes(mail.raw[:READ])))
    except TooDeep:
        log.info("a mail of %d bytes is nested too deep to be read", len(mail.raw))
    except _PARSERS_RAISE as error:
        log.warning("a mail of %d bytes cannot be read: %s", len(mail.raw), type(error).__name__)
    return None


def _read(message: Message, raw: bytes, envelope: Sequence[str], now: datetime) -> Reading | None:
    mail_id = _first_mail([*envelope, *recipients(message)])
    token = ""
    if complained := complaint.read(message):
        finding, words = complained.finding, complained.words
        mail_id = mail_id or _first_mail(complained.return_paths)
        token = complained.unsubscribe_token
    elif mail_id is None:
        return None
    else:
        finding, words = (
            status_report.read(message) or unruly_report.read(message, raw) or (Finding.NOTHING, "")
        )
    if finding is Finding.NOTHING or not (mail_id or token):
        return None
    kind = _KINDS[finding]
    return Reading(mail_id, token, kind, _date(message, now), words, _key(kind, message, raw))


def _first_mail(addresses: Iterable[str]) -> UUID | None:
    return next((id_ for address in addresses if (id_ := mail_of(address))), None)


def _date(message: Message, now: datetime) -> datetime:
    try:
        date = parsedate_to_datetime(header(message, "Date"))
        date = (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return now
    return date


def _key(kind: DeliveryKind, message: Message, raw: bytes) -> str:
    """The same mail may come by several ways, each with other headers at its top."""
    told = header(message, "Message-ID").encode("utf-8", "replace")
    told = told or raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return f"report-{blake2b(kind.value.encode() + told, digest_size=16).hexdigest()}"
