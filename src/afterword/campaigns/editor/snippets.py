"""What Setup shows to copy: calls and settings, filled with the real address and a key. Pure."""

import json
import shlex
from base64 import b64encode
from collections.abc import Sequence
from uuid import UUID

AN_EVENT = "Order Completed"  # where a campaign names none
NO_KEY, NO_BROWSER_KEY = "YOUR_TOKEN", "YOUR_BROWSER_TOKEN"
MAP = "mapAfterwordCampaignsWithSegmentEvents"


def fill(
    base_url: str, campaign_id: UUID, events: Sequence[str], key: str, browser_key: str
) -> dict[str, str]:
    """Return what the snippets name; a key that is not at hand is "", and stands in words."""
    protocol, _, host = base_url.partition("://")
    event = events[0] if events else AN_EVENT
    key = key or NO_KEY
    return {
        "base_url": base_url,
        "protocol": protocol,
        "host": host,
        "key": key,
        "browser_key": browser_key or NO_BROWSER_KEY,
        "event": quoted(event),
        "curl_body": _curl_body(event),
        "mapped_events": ", ".join(events or [AN_EVENT]),
        "basic": _base64(f"{key}:") if key != NO_KEY else "",
        "settings": _base64(json.dumps({MAP: {str(campaign_id): list(events or [AN_EVENT])}})),
        "map_name": MAP,
    }


def quoted(text: str) -> str:
    """Return a text as JavaScript and Python write it."""
    return json.dumps(text, ensure_ascii=False)


def _curl_body(event: str) -> str:
    """A track call's body as a shell takes it."""
    properties = {"email": "ann@example.com", "firstName": "Ann"}
    call = {"event": event, "userId": "42", "properties": properties}
    return shlex.quote(json.dumps(call, ensure_ascii=False))


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
