"""What the settings page shows of a sender domain: its records, wanted and found."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from afterword.mail.models import SenderDomain
from afterword.mail.senders.keys import OLD_KEY_STAYS
from afterword.mail.senders.records import (
    Record,
    Status,
    dkim_record,
    dmarc_record,
    key_host,
    spf_record,
)
from afterword.mail.servers.find import Broken, Server

OLD_KEY_SHOWN = timedelta(days=30)
_KEYS = ("dkim", "next_dkim")
_TITLES = {"dkim": "DKIM", "next_dkim": "DKIM, the next key", "spf": "SPF", "dmarc": "DMARC"}
_PURPOSES = {
    "dkim": "The key that receivers check the signature of each mail with.",
    "next_dkim": "It takes over once DNS has it. The present one signs until then: keep it.",
    "spf": "Which servers may send for the domain.",
    "dmarc": "What receivers do with mail that fails both, so that nobody else sends in your name.",
}


class Row(NamedTuple):
    """A record on the page: as it should be, and what was found."""

    record: Record
    title: str
    purpose: str
    status: str  # of Status, or empty before the first check
    words: str
    seen: Sequence[str]
    is_away: bool

    @property
    def is_advised(self) -> bool:
        """Whether to show what to publish; where there is a record, only the key has one form."""
        return self.record.kind in _KEYS or not self.seen

    @property
    def shown(self) -> Sequence[str]:
        """Return what DNS has, unless that is the key which is shown already."""
        return () if self.record.kind == "dkim" and self.status == Status.FOUND else self.seen


class OldKey(NamedTuple):
    """The record of the key before: what it is for is over some days after the change."""

    host: str
    changed_at: datetime
    kept_until: datetime
    is_over: bool


class Shown(NamedTuple):
    domain: SenderDomain
    rows: list[Row]
    old_key: OldKey | None


def shown(domain: SenderDomain, server: Server | Broken, now: datetime) -> Shown:
    return Shown(domain, _rows(domain, server), _old_key(domain, now))


def _rows(domain: SenderDomain, server: Server | Broken) -> list[Row]:
    records = [dkim_record(domain.name, domain.selector, domain.public_key)]
    if domain.next_selector:
        following = dkim_record(domain.name, domain.next_selector, domain.next_public_key)
        records.append(following._replace(kind="next_dkim"))
    records += [spf_record(domain.name, server), dmarc_record(domain.name)]
    return [_row(record, domain.findings.get(record.kind, {})) for record in records]


def _old_key(domain: SenderDomain, now: datetime) -> OldKey | None:
    changed_at = domain.key_changed_at
    if changed_at is None or now - changed_at >= OLD_KEY_SHOWN:
        return None
    until = changed_at + OLD_KEY_STAYS
    return OldKey(key_host(domain.name, domain.old_selector), changed_at, until, now >= until)


def _row(record: Record, finding: dict[str, object]) -> Row:
    status = str(finding.get("status", ""))
    seen = finding.get("seen", ())
    return Row(
        record=record,
        title=_TITLES[record.kind],
        purpose=_PURPOSES[record.kind],
        status=status,
        words=str(finding.get("words", "")),
        seen=seen if isinstance(seen, list) else [],
        is_away=bool(finding.get("away")),
    )
