"""What becomes of a message that Segment's classic destination delivers.

Its settings say which campaigns an event is for, whatever events these name themselves.
"""

from collections.abc import Sequence

import msgspec

from afterword.events.arrival import check, read, storable
from afterword.events.listening import Key
from afterword.events.sifting import Sifted
from afterword.events.sources.segment import replies
from afterword.events.sources.segment.mapping import campaigns_mapped
from afterword.events.sources.segment.payload import (
    PayloadError,
    Problem,
    Sent,
    addresses,
    as_object,
    text_of_id,
)
from afterword.events.sources.segment.replies import Refusal


def sift_delivery(key: Key, settings: bytes | None, raw: bytes) -> Sifted:
    """Raises PayloadError, and Refusal for types that are neither track nor identify."""
    sent = read(raw)
    kind = sent.type if sent.type is not None else "track"
    if kind not in ("track", "identify"):
        raise Refusal(replies.UNSUPPORTED_TYPE)
    check(sent, kind)
    sifted = Sifted(key)
    if kind == "identify":
        _store(sifted, storable(raw, sent, kind, ""), [])
    else:
        _sift_track(sifted, settings, raw, sent)
    return sifted


def _sift_track(sifted: Sifted, settings: bytes | None, raw: bytes, sent: Sent) -> None:
    name = sent.event.strip()
    mapped = campaigns_mapped(settings, sent.event)
    known = {ref: found for ref in mapped if (found := sifted.key.campaigns.get(ref.casefold()))}
    if known and not _has_address(sent):
        raise PayloadError(
            Problem.NO_ADDRESS, "Missing email address: send `email` in the event's properties."
        )
    sifted.names.append((name, bool(known)))
    sifted.rejected += [(_unknown(ref, name), raw) for ref in mapped if ref not in known]
    if known:
        _store(sifted, storable(raw, sent, "track", name), [*dict.fromkeys(known.values())])
    else:
        why = "No campaign has the ID" if mapped else "No row of the map names the event"
        sifted.reply = replies.dismissed(f"{why} {', '.join(mapped) or name}.")


def _store(sifted: Sifted, body: bytes, campaigns: Sequence[str]) -> None:
    """The campaigns travel with the call: they decide, even if the map changes meanwhile."""
    sifted.envelope = msgspec.json.encode({"campaigns": campaigns})
    sifted.bodies.append(body)


def _has_address(sent: Sent) -> bool:
    known_traits = as_object(sent.context).get("traits")
    found = addresses(*map(as_object, (sent.properties, sent.traits, known_traits)))
    return bool(found) or "@" in text_of_id(sent.user_id)


def _unknown(ref: str, event: str) -> PayloadError:
    message = f"{event[:100]} is mapped to {ref[:100]}, but no campaign has this ID or name."
    return PayloadError(Problem.UNKNOWN_CAMPAIGN, message)
