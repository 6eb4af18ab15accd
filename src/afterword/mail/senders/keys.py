"""The keys that sign a domain's mail: a new one takes over once DNS has it, without a gap."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from afterword.core.sealed import seal
from afterword.mail.message.dkim import new_private_key, public_key
from afterword.mail.models import SenderDomain

# Receivers may check mail that was signed with the old key as long as it is on its way.
OLD_KEY_STAYS = timedelta(days=7)


class Key(NamedTuple):
    """`sealed` is the private half, in PEM; `public` is as the DNS record has it."""

    selector: str
    sealed: str
    public: str


def new_key() -> Key:
    """Make one. The selector is new each time, so that no old record is in the way."""
    private = new_private_key()
    return Key(f"afterword-{secrets.token_hex(3)}", seal(private), public_key(private))


def ask_for_new_key(domain: SenderDomain) -> bool:
    """Make the key that is to take over; False if one waits for its record already."""
    key = new_key()
    return bool(
        SenderDomain.objects.filter(id=domain.id, next_selector="").update(
            next_selector=key.selector,
            next_sealed_private_key=key.sealed,
            next_public_key=key.public,
        )
    )


def take_over(domain: SenderDomain, now: datetime) -> None:
    """Sign with the next key from now on; of two who find its record at once, one changes it."""
    waiting = SenderDomain.objects.filter(id=domain.id, next_selector=domain.next_selector)
    domain.old_selector, domain.key_changed_at = domain.selector, now
    domain.selector, domain.next_selector = domain.next_selector, ""
    domain.sealed_private_key, domain.next_sealed_private_key = domain.next_sealed_private_key, ""
    domain.public_key, domain.next_public_key = domain.next_public_key, ""
    waiting.update(**{column: getattr(domain, column) for column in _COLUMNS})


_COLUMNS = (
    "selector", "sealed_private_key", "public_key",
    "next_selector", "next_sealed_private_key", "next_public_key",
    "old_selector", "key_changed_at",
)  # fmt: skip
