"""Decides for each call of a request whether it is stored, only counted, or rejected."""

from collections.abc import Callable

import msgspec

from afterword.events.arrival import check, kind_of, opts_out, read, storable
from afterword.events.listening import Key
from afterword.events.sources.segment.batch import MAX_ITEMS, Batch
from afterword.events.sources.segment.payload import PayloadError, Problem, Sent


class Sifted(msgspec.Struct):
    """What becomes of a request's calls."""

    key: Key
    # The calls to store, as JSON, and what their request says for all of them.
    bodies: list[bytes] = []
    envelope: bytes = b""
    # Each event's name, and whether a campaign listens for it.
    names: list[tuple[str, bool]] = []
    rejected: list[tuple[PayloadError, bytes]] = []


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
    check(sent, kind)
    if kind == "track":
        name, listened_for = sent.event, sifted.key.names
        if name not in listened_for:
            name = name.strip()
        matched = name in listened_for and not opts_out(sent.integrations, integrations)
        sifted.names.append((name, matched))
        if matched:
            sifted.bodies.append(storable(raw, sent, kind, name))
    elif kind in ("identify", "alias") and not opts_out(sent.integrations, integrations):
        sifted.bodies.append(storable(raw, sent, kind, ""))


def _wrong_key() -> PayloadError:
    message = "The call's own `writeKey` is unknown or belongs to another workspace."
    return PayloadError(Problem.WRONG_KEY, message)


def _too_many(surplus: int) -> PayloadError:
    message = f"A batch may have {MAX_ITEMS:,} calls; the last {surplus:,} were left out."
    return PayloadError(Problem.TOO_MANY, message)
