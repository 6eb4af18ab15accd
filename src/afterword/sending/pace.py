"""How fast a mail server may be given mail: as its address says, and as its answers teach.

The rows are shared by all workers. A rate is kept by one instant, when the next mail may go (the
"generic cell rate algorithm"): each mail moves it on by 60 s / rate, and it never lies further
back than BURST, so a pause is no licence to hurry.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from afterword.mail.models import Pace
from afterword.suppressions.patterns import domain_of

BURST = timedelta(seconds=5)
HOLD = timedelta(minutes=1)  # after an answer that asks to slow down
GROWS_TWOFOLD_IN = timedelta(minutes=10)  # without another such answer
FIRST_RATE = 60.0  # mails a minute to a domain that asked for the first time
SLOWEST = 1.0
FORGOTTEN_ABOVE = 6_000.0  # mails a minute: as good as no limit
# RFC 5321 4.2.3: mailbox busy, local error, out of resources. They may be about one recipient, as
# greylisting and a full or broken mailbox are; about the domain once several got such an answer.
_BUSY = {450, 451, 452}
SEVERAL = 3  # recipients of a domain, of whom the last were refused within
LATELY = timedelta(minutes=10)
_ABOUT_ONE = re.compile(r"\b4\.2\.[12]\b|gr[ea]y-?list", re.IGNORECASE)  # disabled, full; new to it
_ABOUT_RATE = re.compile(
    r"too (?:many|much|fast|frequent)|rate[- ]?limit|limit exceeded|exceeded .{0,40}\blimit"
    r"|slow(?:ing)? down|throttl|\b4\.7\.28\b|\b4\.3\.2\b|deferred due to|volume",
    re.IGNORECASE,
)
# Which recipients of a domain were refused lately, each when last. Each process learns by itself.
_refused: dict[tuple[str, str], Mapping[str, datetime]] = {}
_MOST_REMEMBERED = 10_000  # domains


class Allowance(NamedTuple):
    """How many mails may go now, and when the ones after them may, that far apart."""

    now: int
    next_at: datetime
    apart: timedelta


def heed(
    server: str, recipient: str, code: int | None, reply: str, now: datetime
) -> datetime | None:
    """Slow down for a recipient's domain if a refusal asks for it; return until when it is held."""
    domain = domain_of(recipient)
    if not (
        asks_to_slow_down(code, reply) or _is_one_of_several(server, recipient, code, reply, now)
    ):
        return None
    return slow_down(server, domain, reply, now)


def asks_to_slow_down(code: int | None, reply: str) -> bool:
    """Whether a temporary refusal says by itself that it is about how much is sent."""
    return code == 421 or (code in _BUSY and bool(_ABOUT_RATE.search(reply)))


def note_taken(server: str, recipient: str) -> None:
    """A mail to this domain was taken: what refused others before was about them."""
    if _refused:
        _refused.pop((server, domain_of(recipient)), None)


def _is_one_of_several(
    server: str, recipient: str, code: int | None, reply: str, now: datetime
) -> bool:
    """Whether several recipients of a domain were refused in a row, each for no own fault."""
    if code not in _BUSY or _ABOUT_ONE.search(reply):
        return False
    if len(_refused) > _MOST_REMEMBERED:
        _refused.clear()
    domain = server, domain_of(recipient)
    lately = {who: at for who, at in _refused.get(domain, {}).items() if now - at < LATELY}
    # Replaced, and never changed: routes to one server have threads of their own.
    _refused[domain] = lately | {recipient: now}
    return len(_refused[domain]) >= SEVERAL


def rate_now(learned: float, changed_at: datetime, now: datetime) -> float:
    """Return the mails a minute that are tried by now: twice as many every ten minutes."""
    doublings = (now - changed_at) / GROWS_TWOFOLD_IN
    return learned * 2 ** min(doublings, 20.0)


def allowance(per_minute: float, next_at: datetime | None, wanted: int, now: datetime) -> Allowance:
    """Return how many of `wanted` mails may go now at that rate."""
    apart = timedelta(minutes=1) / per_minute
    burst = max(BURST, apart)
    start = max(next_at or now - burst, now - burst)
    granted = min(wanted, max(0, math.floor((now - start) / apart)))
    return Allowance(granted, start + granted * apart, apart)


@transaction.atomic
def slow_down(server: str, domain: str, words: str, now: datetime) -> datetime:
    """Learn from a server's answer: nothing to this domain for a minute, then half as fast.

    Return the end of that minute.
    """
    Pace.objects.bulk_create(
        [Pace(server=server, domain=domain, changed_at=now)], ignore_conflicts=True
    )
    pace = Pace.objects.select_for_update().get(server=server, domain=domain)
    if pace.held_until and pace.held_until > now:
        return pace.held_until  # the answers of one moment are one lesson
    rate = rate_now(pace.per_minute, pace.changed_at, now) / 2 if pace.per_minute else FIRST_RATE
    pace.per_minute = max(SLOWEST, rate)
    held_until = pace.held_until = pace.next_at = now + HOLD
    pace.words = words
    pace.changed_at = now
    pace.save()
    return held_until


def room(server: str, per_minute: int, wanted: int, now: datetime) -> Allowance:
    """Return how many mails may be claimed for a server whose address limits its rate.

    Nothing is reserved yet: `reserve` does when it is known how many there are. Two workers that
    ask at once may both be told yes; then the next one waits for longer.
    """
    pace = Pace.objects.filter(server=server, domain="").first()
    return allowance(per_minute, pace.next_at if pace else None, wanted, now)


@transaction.atomic
def reserve(server: str, per_minute: int, mails: int, now: datetime) -> None:
    Pace.objects.bulk_create(
        [Pace(server=server, domain="", changed_at=now)], ignore_conflicts=True
    )
    pace = Pace.objects.select_for_update().get(server=server, domain="")
    apart = timedelta(minutes=1) / per_minute
    burst = max(BURST, apart)
    pace.next_at = max(pace.next_at or now - burst, now - burst) + mails * apart
    pace.save(update_fields=["next_at"])


@transaction.atomic
def allow(server: str, domains: Sequence[str], now: datetime) -> dict[str, Allowance]:
    """Reserve places for mails to `domains`, one entry a mail; return those that are limited."""
    wanted = Counter(domains)
    paces = (
        Pace.objects.filter(server=server, domain__in=sorted(wanted), per_minute__isnull=False)
        .order_by("domain")
        .select_for_update()
    )
    granted: dict[str, Allowance] = {}
    for pace in paces:
        rate = rate_now(pace.per_minute or SLOWEST, pace.changed_at, now)
        if rate > FORGOTTEN_ABOVE:
            pace.delete()
            continue
        given = allowance(rate, pace.next_at, wanted[pace.domain], now)
        granted[pace.domain] = given
        Pace.objects.filter(id=pace.id).update(next_at=given.next_at)
    return granted


def waits(allowances: Mapping[str, Allowance], domains: Sequence[str]) -> list[datetime | None]:
    """Return for each mail when it may go, one after the other; None for now."""
    given = Counter[str]()
    found: list[datetime | None] = []
    for domain in domains:
        limit = allowances.get(domain)
        place = given[domain] = given[domain] + 1
        if limit is None or place <= limit.now:
            found.append(None)
        else:
            found.append(limit.next_at + (place - limit.now - 1) * limit.apart)
    return found
