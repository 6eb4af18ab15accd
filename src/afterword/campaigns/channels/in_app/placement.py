"""Where and how a survey is shown in an application. Pure.

`Campaign.in_app` holds it as JSON; what is as usual is left out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Look(StrEnum):
    CORNER = "corner"
    DIALOG = "dialog"
    INLINE = "inline"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Placement:
    """`pages` are patterns of addresses, `*` for anything; with none, any page will do.

    `element` is the CSS selector of what an inline survey stands in.
    """

    look: str = Look.CORNER
    element: str = ""
    wait_seconds: int = 0
    pages: tuple[str, ...] = ()
    expires_days: int = 14
    again_days: int | None = None  # after it was closed; None: never again

    @property
    def life(self) -> timedelta:
        """How long it waits for the customer to come by."""
        return timedelta(days=self.expires_days)

    @property
    def again_after(self) -> timedelta | None:
        return None if self.again_days is None else timedelta(days=self.again_days)


USUAL = Placement()


def read_placement(stored: Mapping[str, Any]) -> Placement:
    return Placement(**{**stored, "pages": tuple(stored.get("pages", ()))})


def written(placement: Placement) -> dict[str, Any]:
    """Return it as JSON holds it."""
    usual, said = asdict(USUAL), asdict(placement)
    changed = {name: value for name, value in said.items() if value != usual[name]}
    return {**changed, "pages": list(placement.pages)} if placement.pages else changed


def what_is_wrong_with_page(pattern: str) -> str:
    """Return what is wrong with a pattern of addresses, and how to mend it; "" if nothing."""
    if not pattern.startswith(("/", "https://", "http://", "*")):
        return f"{pattern} is no page: write /orders/* or https://app.example.com/orders/*."
    if any(sign.isspace() for sign in pattern):
        return f"{pattern} has a space in it: write each page on a line of its own."
    return ""
