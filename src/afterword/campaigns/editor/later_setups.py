"""What Setup shows for trigger services of later stages; `joining.py` registers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from afterword.campaigns.models import Campaign


@dataclass(frozen=True, slots=True)
class LaterSetup:
    """`chosen` is called once one of the services triggers a campaign."""

    services: frozenset[str]
    template: str
    context: Callable[[Campaign], Mapping[str, Any]]
    chosen: Callable[[Campaign], object]


_setups: list[LaterSetup] = []


def register(setup: LaterSetup) -> None:
    _setups.append(setup)


def later_setup(service: str) -> LaterSetup | None:
    return next((each for each in _setups if service in each.services), None)


def note_chosen(campaign: Campaign) -> None:
    """Let whatever its service needs be made."""
    if setup := later_setup(campaign.service):
        setup.chosen(campaign)
