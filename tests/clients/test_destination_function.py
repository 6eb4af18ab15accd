"""Our destination function for Segment, in Node, from a generated token to a sent survey."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.node import HERE, run_node
from tests.running_afterword import Workspace, a_campaign, eventually

pytestmark = pytest.mark.xdist_group("shared-afterword")

FUNCTION = Path(__file__).parents[2] / "integrations" / "segment" / "function.js"
MAP = "mapAfterwordCampaignsWithSegmentEvents"


def run(shop: Workspace, *events: tuple[str, dict[str, Any]], **settings: Any) -> list[str]:
    """Let the function deliver these; return what became of each."""
    settings = {
        "address": f"{shop.afterword.url}/",
        "apiKey": shop.ingest_key,
        MAP: {"Mapped only": "Place order, visit Dashboard"},
        **settings,
    }
    given = {"source": str(FUNCTION), "settings": settings, "events": events}
    outcomes: list[str] = json.loads(run_node(HERE / "destination.mjs", json.dumps(given)))
    return outcomes


def order(address: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "visit Dashboard",
        "userId": f"user of {address}",
        "messageId": f"mapped {address}",
        "properties": {"email": address, "firstName": "Zoë"},
        **fields,
    }


@pytest.fixture(scope="module")
def mapped(afterword) -> Workspace:
    """A workspace with a campaign that is on and names no event itself."""
    return afterword.workspace("Mapped", a_campaign("mapped-only"))


def test_a_mapped_event_becomes_a_sent_survey(mapped: Workspace, address: str):
    who = {"type": "identify", "userId": "u1", "messageId": f"who {address}"}

    outcomes = run(
        mapped,
        ("onIdentify", {**who, "traits": {"email": address, "lastName": "Žižka"}}),
        ("onTrack", order(address)),
    )

    assert outcomes == ["done", "done"]
    assert mapped.decision_on(f"mapped {address}")["reason"] == "scheduled"
    [mail] = eventually(lambda: mapped.afterword.mails(address))
    assert mail["subject"] == "How was your order, Zoë?"


def test_what_segment_is_told_of_the_rest(mapped: Workspace, address: str):
    unnamed = order(address, event="Something else")
    nobody = order(address, properties={}, userId="u2", messageId=f"nobody {address}")

    assert run(mapped, ("onTrack", unnamed)) == ["done"]
    assert run(mapped, ("onTrack", nobody))[0].startswith("ValidationError: Missing email")
    assert run(mapped, ("onTrack", nobody), apiKey="wrong key")[0].startswith("ValidationError")
    assert run(mapped, ("onTrack", {**nobody, "type": "page"}))[0].startswith("EventNotSupported")
    away = run(mapped, ("onTrack", unnamed), address="http://127.0.0.1:9")
    assert away[0].startswith("RetryError: Afterword cannot be reached")
