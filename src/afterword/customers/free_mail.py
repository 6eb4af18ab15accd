"""Domains of mailboxes that say nothing of where somebody works, such as gmail.com."""

from functools import cache
from pathlib import Path

_LIST = Path(__file__).parent / "free_mail_domains.txt"


def is_free_mail(domain: str) -> bool:
    """Whether anybody may have an address there; `domain` is spelt as in customers' addresses."""
    return domain in free_mail_domains()


@cache
def free_mail_domains() -> frozenset[str]:
    lines = _LIST.read_text().splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
