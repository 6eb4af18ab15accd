"""What a link that was handed out, or its first page, says of who opens it. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from afterword.core.email_address import normalise
from afterword.customers.own_fields import read_own_fields

FIELDS = ("first_name", "last_name", "company")


class Claim(NamedTuple):
    """Anybody can write it into an address: it makes nobody a customer, and changes none."""

    email: str
    names: Mapping[str, str]  # by column


def read_claim(given: Mapping[str, str]) -> Claim | None:
    """Return what is said; None where no address is, or none that could be one."""
    email = normalise(given.get("email", ""))
    said = {name: given[name] for name in FIELDS if given.get(name)}
    return Claim(email, read_own_fields(said)) if email else None
