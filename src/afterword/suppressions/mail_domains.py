"""Whether a domain takes mail, as DNS says; remembered for all workspaces.

Where DNS is away there is no answer, and nobody waits for one: see `_QUIET_FOR`.
"""

import time
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from afterword.core.dns import TIME_OUT, Answer, Kind, Question, ask_all
from afterword.suppressions.models import MailDomain

TAKES_MAIL_FOR, TAKES_NONE_FOR = timedelta(days=1), timedelta(hours=1)
# Names for trying things out and for use at home (RFC 2606, 6761 and 6762): nobody judges them.
RESERVED = (
    "test", "example", "invalid", "localhost", "local",
    "example.com", "example.net", "example.org",
)  # fmt: skip
# Seconds in which DNS is not asked again, about a domain or at all, after it gave no answer.
_QUIET_FOR = 60.0
_ALL = ""  # stands for every domain
_MOST_QUIET = 10_000

_quiet_until: dict[str, float] = {}


class Reach(NamedTuple):
    takes_mail: bool
    words: str


def reach_of(domains: Collection[str], now: datetime) -> dict[str, Reach]:
    """Return what is known of each domain, asking DNS about those not asked of late.

    `domains` are in ASCII and lower case. One query, a second where DNS had news, and at most
    TIME_OUT seconds of DNS, however many there are. Those that nobody could say are left out.
    """
    if not domains:
        return {}
    known = {
        row.name: Reach(row.takes_mail, row.words)
        for row in MailDomain.objects.filter(name__in=domains)
        if now - row.checked_at < (TAKES_MAIL_FOR if row.takes_mail else TAKES_NONE_FOR)
    }
    unknown = [domain for domain in domains if domain not in known and not _is_quiet(domain)]
    return known | (_ask_and_keep(unknown, now) if unknown and not _is_quiet(_ALL) else {})


def reach_now(domain: str, now: datetime) -> Reach | None:
    """Ask DNS about a domain, whatever was found before; None where it could not say."""
    return _ask_and_keep([domain], now).get(domain)


def is_reserved(domain: str) -> bool:
    return any(domain == name or domain.endswith(f".{name}") for name in RESERVED)


def _ask_and_keep(domains: Collection[str], now: datetime) -> dict[str, Reach]:
    found = _ask(domains)
    _note_silence([domain for domain in domains if domain not in found], is_total=not found)
    rows = [
        MailDomain(name=name, takes_mail=one.takes_mail, words=one.words, checked_at=now)
        for name, one in sorted(found.items())
    ]
    if rows:
        MailDomain.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["takes_mail", "words", "checked_at"],
        )
    return found


def _ask(domains: Collection[str]) -> dict[str, Reach]:
    """RFC 5321, 5.1: the MX records count, or the domain's own address where there are none."""
    ends = time.monotonic() + TIME_OUT
    exchanges = ask_all([Question(domain, "MX") for domain in domains])
    bare = [question.name for question, one in exchanges.items() if one.kind is Kind.NONE]
    addresses = ask_all(
        [Question(name, type_) for name in bare for type_ in ("A", "AAAA")],
        max(0.1, ends - time.monotonic()),
    )
    judged = {domain: _judge(domain, exchanges, addresses) for domain in domains}
    return {domain: reach for domain, reach in judged.items() if reach}


def _judge(
    domain: str, exchanges: Mapping[Question, Answer], addresses: Mapping[Question, Answer]
) -> Reach | None:
    mail = exchanges[Question(domain, "MX")]
    match mail.kind:
        case Kind.AWAY:
            return None
        case Kind.NO_DOMAIN:
            return Reach(False, f"There is no domain {domain}.")
        case Kind.FOUND if all(value.endswith(" .") for value in mail.values):
            return Reach(False, f"{domain} says that it takes no mail.")  # RFC 7505
        case Kind.FOUND:
            return Reach(True, "")
    own = [addresses[Question(domain, "A")].kind, addresses[Question(domain, "AAAA")].kind]
    if Kind.FOUND in own:
        return Reach(True, "")
    return None if Kind.AWAY in own else Reach(False, f"{domain} has no mail server.")


def _note_silence(domains: Iterable[str], *, is_total: bool) -> None:
    until = time.monotonic() + _QUIET_FOR
    if len(_quiet_until) > _MOST_QUIET:
        _quiet_until.clear()
    for domain in domains:
        _quiet_until[domain] = until
    if is_total:
        _quiet_until[_ALL] = until
    else:
        _quiet_until.pop(_ALL, None)


def _is_quiet(domain: str) -> bool:
    return time.monotonic() < _quiet_until.get(domain, 0.0)
