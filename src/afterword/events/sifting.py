"""Decides for each call of a request whether it is stored, only counted, or rejected."""

from collections.abc import Callable

import msgspec

from afterword.events.arrival import check, kind_of, opts_out, read, storable
from afterword.events.listening import Key
from afterword.events.sources.segment.batch import MAX_ITEMS, Batch
from afterword.events.sources.segment.payload import PayloadError, Problem, Sent, names_of
from afterword.events.sources.segment.replies import SUCCESS, Reply


class Sifted(msgspec.Struct):
    """What becomes of a request's calls."""

    key: Key
    # The calls to store, as JSON, and what their request says for all of them.
    bodies: list[bytes] = []
    envelope: bytes = b""
    # Each event's name, and whether a campaign listens for it.
    names: list[tuple[str, bool]] = []
    rejected: list[tuple[PayloadError, bytes]] = []
    reply: Reply = SUCCESS


def sift_call(key: Key, sent: Sent, raw: bytes, kind: str) -> Sifted:
    sifted = Sifted(key)
    try:
        _sift(sifted, sent, raw, kind, None)
    except PayloadError as error:
        sifted.rejected.append((error, raw))
    return sifted


def sift_batch(key: Key, batch: Batch, is_ours: Callable[[str], bool]) -> Sifted:
    """Sift every call by itself. `is_ours` tells whether a call's own key is of this workspace."""
    sifted = Sifted(key, envelope=batch.envelope)
    trusted_key = batch.write_key
    for raw in batch.items[:MAX_ITEMS]:
        try:
            sent = read(raw)
            own_key = sent.write_key
            if own_key and own_key != trusted_key:
                if not (isinstance(own_key, str) and is_ours(own_key)):
                    raise _wrong_key()
                trusted_key = own_key
            _sift(sifted, sent, raw, kind_of(sent), batch.integrations)
        except PayloadError as error:
            sifted.rejected.append((error, raw))
    if (surplus := len(batch.items) - MAX_ITEMS) > 0:
        sifted.rejected.append((_too_many(surplus), batch.items[MAX_ITEMS]))
    return sifted


def _sift(sifted: Sifted, sent: Sent, raw: bytes, kind: str, integrations: object) -> None:
    if kind in {"identify", "alias"}:
        check(sent, kind)
        if not opts_out(sent.integrations, integrations):
            sifted.bodies.append(storable(raw, sent, kind, ""))
        return
    name, is_heard = _heard(sifted.key.names, sent, kind)
    matched = is_heard and not opts_out(sent.integrations, integrations)
    if name:
        sifted.names.append((name, matched))
    if matched:
        sifted.bodies.append(storable(raw, sent, kind, name))


def _heard(listened_for: frozenset[str], sent: Sent, kind: str) -> tuple[str, bool]:
    """Return an event's name, "" for what is none, and whether a campaign listens for it."""
    if kind == "track":
        check(sent, kind)
        name = sent.event if sent.event in listened_for else sent.event.strip()
        return name, name in listened_for
    names = names_of(sent, kind)
    is_heard = not listened_for.isdisjoint(names)
    # Libraries send every page: what is wrong with one matters only where somebody listens.
    if is_heard:
        check(sent, kind)
    return names[0] if names else "", is_heard


def _wrong_key() -> PayloadError:
    message = "The call's own `writeKey` is unknown or belongs to another workspace."
    return PayloadError(Problem.WRONG_KEY, message)


def _too_many(surplus: int) -> PayloadError:
    message = f"A batch may have {MAX_ITEMS:,} calls; the last {surplus:,} were left out."
    return PayloadError(Problem.TOO_MANY, message)
