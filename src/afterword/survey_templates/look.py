"""How a survey looks and who it comes from: the brand, with what a template has instead. Pure."""

from collections.abc import Mapping
from typing import Any

import msgspec

COLOUR = "#206bc4"  # where nobody has chosen one


class Look(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`logo` is the key of a picture that we keep, `logo_url` the address of one elsewhere.

    The size is in pixels, and 0 where nobody measured it.
    """

    company: str = ""
    logo: str = ""
    logo_width: int = 0
    logo_height: int = 0
    logo_url: str = ""
    colour: str = COLOUR
    sender_name: str = ""
    footer: str = ""  # of a template that has none


def read_look(stored: Mapping[str, Any]) -> Look:
    return msgspec.convert(stored, Look)


def written_look(look: Look) -> dict[str, Any]:
    return dict(msgspec.to_builtins(look))
