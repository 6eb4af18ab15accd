"""Who a batch of calls is about: the customers they lead to, brought up to date.

One call in, one out, in a fixed number of queries. A person is not an address: ids lead to
customers, and a customer may have no address yet. What a trusted source says of an id counts,
however it says it; what a browser says makes nobody known, and fills at most an empty name.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from afterword.core.email_address import normalise
from afterword.customers import identities, upsert
from afterword.customers.identities import Identities, Key
from afterword.customers.record import (
    Record,
    add_traits,
    bring_up_to_date,
    fill_empty_names,
    merge,
)
from afterword.customers.values import PropertyType

LONGEST_SHOWN = 254


class Verb(StrEnum):
    """What a call does to what is known of a person."""

    TRACK = "track"  # something happened to them: it sets, and unassigns, their properties
    IDENTIFY = "identify"  # says who they are: it sets properties
    ALIAS = "alias"  # says that another id is theirs too
    LOOK = "look"  # says nothing new: a retry, or a page


@dataclass(frozen=True, slots=True)
class Said:
    """What a call says of a person. `at` is when it happened, aware."""

    verb: Verb
    ids: tuple[Key, ...]
    at: datetime
    is_trusted: bool
    # What it says under `email`, the most telling first; trimmed, not checked.
    addresses: Sequence[str] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    previous: tuple[Key, ...] = ()  # the ids that an alias joins to `ids`
    unassigns: bool = True  # what it does not carry, unless the workspace keeps that


@dataclass(slots=True)
class Met:
    """Whom a call is about, as far as is known.

    `record` is None for an address that nobody trusted made known, and where no address is known.
    `is_trusted` says whether the call, and whatever gave its address, are.
    """

    record: Record | None = None
    email: str | None = None
    refused_email: str | None = None
    is_trusted: bool = False
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a workspace keeps its customers: the types of their properties, and what stays."""

    workspace_id: UUID
    types: Mapping[str, PropertyType]
    keeps_unsent: bool


def meet(
    terms: Terms,
    calls: Sequence[Said],
    source: str,
    now: datetime,
    look_up_standings: Callable[[UUID, Collection[Record]], None],
) -> list[Met]:
    """Return whom each call is about, in their order, and store what was learned.

    `look_up_standings` gives records what stops mail to them, once the known ones are locked.
    """
    people = _load(terms, calls, source, now)
    met = [people.hear(said) for said in calls]
    # Order must not matter: who was not known when the call came may be known by now.
    met = [
        people.look_again(said, one) if one.email is None and not one.refused_email else one
        for said, one in zip(calls, met, strict=True)
    ]
    look_up_standings(terms.workspace_id, people.records())
    taken = upsert.store(terms.workspace_id, people.records(), people.merged_ids(), source, now)
    people.identities.redirect(taken)
    identities.store(terms.workspace_id, people.identities, people.merged_ids())
    return met


def _load(terms: Terms, calls: Sequence[Said], source: str, now: datetime) -> "_People":
    external_ids = {key.external_id for said in calls for key in (*said.ids, *said.previous)}
    found = identities.load(terms.workspace_id, external_ids)
    emails = {email for said in calls for email in _addresses(said)}
    emails.update(claim for claim, _ in found.claims.values())
    ids = {customer_id for customer_id, _ in found.leads.values()}
    known = upsert.load_locked(terms.workspace_id, emails, ids)
    return _People(
        terms,
        source,
        now,
        found,
        by_id={record.id: record for record in known},
        by_email={record.email: record for record in known if record.email},
    )


def _addresses(said: Said) -> Iterable[str]:
    """Every address that a call may turn out to be about."""
    if said.addresses:
        candidates: Sequence[str] = said.addresses[:1]
    else:
        candidates = [key.external_id for key in said.ids if "@" in key.external_id]
    return filter(None, map(normalise, candidates))


@dataclass(slots=True)
class _People:
    """The customers of a batch while its calls are heard, in the order of receipt."""

    terms: Terms
    source: str
    now: datetime
    identities: Identities
    by_id: dict[UUID, Record]
    by_email: dict[str, Record]
    merged: dict[UUID, tuple[Record, Record]] = field(default_factory=dict)

    def records(self) -> Collection[Record]:
        return self.by_id.values()

    def merged_ids(self) -> dict[UUID, UUID]:
        return {id_: into.id for id_, (one, into) in self.merged.items() if not one.is_new}

    def hear(self, said: Said) -> Met:
        if not said.is_trusted or said.verb is Verb.LOOK:
            return self._hear_claim(said)
        met = Met(is_trusted=True)
        known = self._known(said)
        if said.addresses and not self._read_address(said, met):
            return met
        record = self._whom(said, met, known)
        if record is None:
            return met
        met.record, met.email = record, record.email
        if said.verb is not Verb.TRACK or said.addresses:
            self._join(said, record, known)
        self._learn(said, record, met)
        return met

    def look_again(self, said: Said, met: Met) -> Met:
        """Look whether what came later in the batch says whom the call is about."""
        again = self.look_up(said)
        if again.email is None:
            return met
        if again.record and again.is_trusted and said.verb is Verb.TRACK:
            self._learn(said, again.record, again)
        return again

    def look_up(self, said: Said) -> Met:
        """Say whom a call is about, learning nothing from it."""
        met = Met(is_trusted=said.is_trusted)
        if said.addresses:
            self._read_address(said, met)
        elif (known := self._known(said)) and known[0].email:
            met.record, met.email = known[0], known[0].email
        elif email := self._address_as_id(said):
            met.email = email
        elif email := self.identities.claimed_address(said.ids):
            met.email, met.is_trusted = email, False
        elif known:
            met.record = known[0]  # who has no address
        if met.email and met.record is None:
            met.record = self.by_email.get(met.email)
        return met

    def _hear_claim(self, said: Said) -> Met:
        """A browser's word: its ids stand for the address, as far as its own events go."""
        met = self.look_up(said)
        if said.verb is Verb.LOOK:
            return met
        if met.record and said.traits and fill_empty_names(met.record, said.traits):
            met.record.is_changed = True
        if said.verb is Verb.IDENTIFY and said.addresses and met.email:
            self.identities.claim(said.ids, met.email, said.at)
        elif said.verb is Verb.ALIAS:
            claimed = self.identities.claimed_address((*said.ids, *said.previous))
            if claimed:
                self.identities.claim((*said.ids, *said.previous), claimed, said.at)
        return met

    def _read_address(self, said: Said, met: Met) -> bool:
        met.email = normalise(said.addresses[0])
        met.refused_email = None if met.email else said.addresses[0][:LONGEST_SHOWN]
        return met.email is not None

    def _address_as_id(self, said: Said) -> str | None:
        """An id of a user that is an address says so."""
        users = (key.external_id for key in said.ids if key.kind == "user" and "@" in key[1])
        return next((email for email in map(normalise, users) if email), None)

    def _known(self, said: Said) -> list[Record]:
        """Return the customers that a call's ids lead to: those with an address first."""
        found: dict[UUID, Record] = {}
        for key in (*said.ids, *said.previous):
            lead = self.identities.leads.get(key)
            if lead and lead[0] in self.by_id:  # else it was deleted just now
                found.setdefault(lead[0], self.by_id[lead[0]])
        return sorted(found.values(), key=lambda record: record.email is None)

    def _whom(self, said: Said, met: Met, known: list[Record]) -> Record | None:
        """Return the customer that a trusted call is about, made if it makes one known."""
        email = met.email
        if email is None and not known:
            email = self._address_as_id(said)
        if email:
            return self.by_email.get(email) or self._with_address(email, known)
        if known:
            return known[0]
        if claimed := self.identities.claimed_address(said.ids):
            met.email, met.is_trusted = claimed, False
            met.record = self.by_email.get(claimed)
            return None
        if said.verb is Verb.TRACK:
            return None  # it may be known by the end of the batch, or a while later
        return self._made(None)

    def _with_address(self, email: str, known: list[Record]) -> Record:
        """Give the address to the customer who has none yet, or make one who has it."""
        record = next((one for one in known if one.email is None), None)
        if record is None:
            return self._made(email)
        record.email, record.is_changed = email, True
        record.changed.add("email")
        self.by_email[email] = record
        return record

    def _made(self, email: str | None) -> Record:
        record = upsert.new_record(email, self.source, self.now)
        self.by_id[record.id] = record
        if email:
            self.by_email[email] = record
        return record

    def _join(self, said: Said, record: Record, known: Iterable[Record]) -> None:
        """Let the call's ids stand for the customer; who had no address becomes one with them.

        Two customers with addresses are never merged: an id that led to one of them leads on to
        whoever it was last said to be, and an alias changes nothing.
        """
        gone = [one for one in known if one is not record and one.email is None]
        for one in gone:
            merge(one, record)
            self.merged[one.id] = (one, record)
            del self.by_id[one.id]
        self.identities.redirect({one.id: record for one in gone})
        if said.verb is Verb.ALIAS:
            ids = [key for key in (*said.ids, *said.previous) if key not in self.identities.leads]
            self.identities.lead(ids, record, said.at)
        else:
            self.identities.lead(said.ids, record, said.at)

    def _learn(self, said: Said, record: Record, met: Met) -> None:
        types = self.terms.types
        if said.verb is Verb.TRACK:
            met.problems = bring_up_to_date(
                record,
                said.properties,
                said.traits,
                types,
                said.at,
                keep_unsent=self.terms.keeps_unsent or not said.unassigns,
            )
        elif said.verb is Verb.IDENTIFY:
            met.problems = add_traits(record, said.traits, types, said.at)
