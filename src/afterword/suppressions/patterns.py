"""What a suppression is about: an address, a domain, or the domains below one. Pure.

Addresses are spelt as customers' are; domains in lower case and ASCII, as DNS has them.
"""

import re
from functools import lru_cache

import email_validator

from afterword.core.email_address import normalise

MAX_LENGTH = 254
BELOW = "*."
_SCHEME = re.compile(r"^(?:https?://|mailto:)", re.IGNORECASE)


class PatternRefused(ValueError):
    """What was given is neither an address nor a domain; the text says how to mend it."""


def read_pattern(text: str) -> str:
    """Return the pattern that a person or a program wrote; raises PatternRefused.

    `ann@example.com`, `example.com` (also `@example.com`) and `*.example.com`.
    """
    written = text.strip()
    if "@" in written.lstrip("@"):
        return read_address(written)
    return read_domain(written.removeprefix("@"))


def read_address(text: str) -> str:
    """Return an address in its one spelling; raises PatternRefused."""
    written = text.strip()
    if address := normalise(written):
        return address
    raise PatternRefused(
        f"“{_shown(written)}” is not an e-mail address: write it as ann@example.com, "
        "without a name or brackets."
    )


def read_domain(text: str) -> str:
    """Return a domain, or `*.` and a domain, in lower-case ASCII; raises PatternRefused."""
    written = text.strip().rstrip(".")
    stem = written.removeprefix(BELOW)
    # `*.com` is one: every domain below a top-level one. A top-level domain itself takes no mail.
    probe = f"x@{'y.' * written.startswith(BELOW)}{stem}"
    if (address := normalise(probe)) is None or _SCHEME.match(written):
        raise PatternRefused(
            f"“{_shown(written)}” is not a domain: write it as example.com, or *.example.com "
            "for every domain below it."
        )
    domain = domain_of(address)
    return BELOW + domain.removeprefix("y.") if written.startswith(BELOW) else domain


def patterns_about(email: str) -> list[str]:
    """Return every pattern that a customer's address can fall under, itself first."""
    labels = domain_of(email).split(".")
    below = [BELOW + ".".join(labels[start:]) for start in range(1, len(labels))]
    return [email, ".".join(labels), *below]


def is_address(pattern: str) -> bool:
    return "@" in pattern


def address_end(pattern: str) -> str:
    """Return how the addresses end that a domain's pattern covers, as customers' are spelt."""
    spelt = normalise(f"x@y.{pattern.removeprefix(BELOW)}") or ""
    return spelt.removeprefix("x@y") if pattern.startswith(BELOW) else f"@{spelt[4:]}"


def domain_of(email: str) -> str:
    """Return the domain of a canonical address in ASCII."""
    domain = email.rpartition("@")[2]
    return domain if domain.isascii() else _ascii(domain)


@lru_cache(maxsize=4096)  # the library takes its time
def _ascii(domain: str) -> str:
    checked = email_validator.validate_email(
        f"x@{domain}", check_deliverability=False, allow_smtputf8=True
    )
    return checked.ascii_domain.lower()


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
