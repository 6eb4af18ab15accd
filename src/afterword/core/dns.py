"""Asks DNS: what a name has, that it has nothing, or that nobody could say."""

import asyncio
import time
from collections.abc import Collection, Iterable
from enum import Enum, auto
from functools import cache
from typing import Literal, NamedTuple

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.rdtypes.ANY.TXT
import dns.resolver
import idna
from django.conf import settings

from afterword.core.name_servers import NameServer

TIME_OUT = 3.0  # seconds for all that is asked at once
_TRY = 1.0  # seconds after which a server that stays silent is asked again
_AT_ONCE = 50
_PAYLOAD = 1232  # octets over UDP that no network cuts; servers offer TCP for more
_CONTROL = "com"
# Seconds for which it is remembered whether a resolver knows the outside, or does not.
_KNOWN_FOR, _UNKNOWN_FOR = 300.0, 10.0

RecordType = Literal["A", "AAAA", "MX", "NS", "TXT"]


class Kind(Enum):
    FOUND = auto()
    NONE = auto()  # the name exists, without a record of this type
    NO_DOMAIN = auto()
    AWAY = auto()  # nobody could say: no server, no answer in time, or a server's own trouble


class Answer(NamedTuple):
    """Values are as zone files have them, but a text is one string, whatever it was split in."""

    kind: Kind
    values: tuple[str, ...] = ()


class Question(NamedTuple):
    """`name` is in ASCII, without the dot at its end."""

    name: str
    type: RecordType


def ask_all(questions: Collection[Question], within: float = TIME_OUT) -> dict[Question, Answer]:
    """Ask the servers of AFTERWORD_DNS; see `Dns.ask_all`."""
    return _dns(settings.CONFIGURATION.dns).ask_all(questions, within)


def ascii_name(name: str) -> str | None:
    """Return a domain's name as DNS has it, in lower case; None where it can't be one."""
    name = name.strip().removesuffix(".").lower()
    try:
        # Compatibility processing, as browsers and mail programs do it.
        encoded = name if name.isascii() else idna.encode(name, uts46=True).decode()
        dns.name.from_text(encoded + ".")
    except (idna.IDNAError, dns.exception.DNSException, UnicodeError):
        return None
    return encoded if encoded and len(encoded) <= 253 else None


@cache
def _dns(servers: tuple[NameServer, ...] | None) -> "Dns":
    return Dns(servers)


class Dns:
    """Asks the given servers; the system's own for None, nobody where there are none.

    A closed network's resolver often says of every name that there is no such domain. It is
    believed only where it knows the name's top-level domain, or .com: then it sees the outside.
    """

    def __init__(self, servers: Iterable[NameServer] | None) -> None:
        self._servers = None if servers is None else tuple(servers)
        self._known: dict[str, tuple[bool, float]] = {}  # zone: (is it, until when)

    def ask_all(
        self, questions: Collection[Question], within: float = TIME_OUT
    ) -> dict[Question, Answer]:
        """As `answers`, from a thread that runs no event loop."""
        return asyncio.run(self.answers(questions, within))

    async def answers(
        self, questions: Collection[Question], within: float = TIME_OUT
    ) -> dict[Question, Answer]:
        """Ask all at once; what has no answer `within` seconds is AWAY. Never raises."""
        resolver = self._resolver(within)
        if resolver is None or not questions:
            return dict.fromkeys(questions, Answer(Kind.AWAY))
        asking = _Asking(resolver, asyncio.Semaphore(_AT_ONCE), asyncio.Lock())
        tasks = {one: asyncio.create_task(self._answer(asking, one)) for one in questions}
        _, late = await asyncio.wait(tasks.values(), timeout=within)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return {
            question: Answer(Kind.AWAY) if task in late else task.result()
            for question, task in tasks.items()
        }

    async def _answer(self, asking: "_Asking", question: Question) -> Answer:
        answer = await asking.ask(question)
        if answer.kind is Kind.NO_DOMAIN and not await self._sees_outside(asking, question.name):
            return Answer(Kind.AWAY)
        return answer

    async def _sees_outside(self, asking: "_Asking", name: str) -> bool:
        async with asking.control:  # of many that wait here, one asks
            for zone in (name.rpartition(".")[2], _CONTROL):
                if await self._knows(asking, zone):
                    return True
        return False

    async def _knows(self, asking: "_Asking", zone: str) -> bool:
        known, until = self._known.get(zone, (False, 0.0))
        if time.monotonic() < until:
            return known
        known = (await asking.ask(Question(zone, "NS"))).kind is Kind.FOUND
        if len(self._known) > 2000:  # more than there are top-level domains: made-up names
            self._known.clear()
        self._known[zone] = (known, time.monotonic() + (_KNOWN_FOR if known else _UNKNOWN_FOR))
        return known

    def _resolver(self, within: float) -> dns.asyncresolver.Resolver | None:
        if self._servers == ():
            return None
        try:
            resolver = dns.asyncresolver.Resolver(configure=self._servers is None)
        except dns.resolver.NoResolverConfiguration:
            return None
        if self._servers:
            resolver.nameservers = [
                dns.nameserver.Do53Nameserver(server.address, server.port)
                for server in self._servers
            ]
        resolver.timeout, resolver.lifetime = _TRY, within
        resolver.use_edns(0, 0, _PAYLOAD)
        return resolver


class _Asking(NamedTuple):
    """What the questions of one time have in common."""

    resolver: dns.asyncresolver.Resolver
    turns: asyncio.Semaphore
    control: asyncio.Lock

    async def ask(self, question: Question) -> Answer:
        async with self.turns:
            return await self._ask(question)

    async def _ask(self, question: Question) -> Answer:
        try:
            found = await self.resolver.resolve(f"{question.name}.", question.type)
        except dns.resolver.NoAnswer:
            return Answer(Kind.NONE)
        except (dns.resolver.NXDOMAIN, dns.name.NameTooLong, dns.name.LabelTooLong):
            return Answer(Kind.NO_DOMAIN)
        except dns.name.EmptyLabel:
            return Answer(Kind.NO_DOMAIN)
        # Silence, refusals, servers in trouble, aliases that go round, and answers that are none.
        except (dns.exception.DNSException, OSError, ValueError):
            return Answer(Kind.AWAY)
        return Answer(Kind.FOUND, tuple(_text(record) for record in found))


def _text(record: object) -> str:
    if isinstance(record, dns.rdtypes.ANY.TXT.TXT):
        return b"".join(record.strings).decode("utf-8", "replace")
    return str(record)
