"""Which address a workspace's mail comes from, and the key that signs it."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from afterword.core.email_address import normalise
from afterword.core.sealed import Unreadable, unseal
from afterword.mail.message.assemble import MessageRefused, envelope_address
from afterword.mail.message.dkim import BadKey, Signer
from afterword.mail.models import SenderDomain
from afterword.mail.servers.address import SmtpServer
from afterword.workspaces.models import Workspace

KEPT_FOR = 5.0  # seconds until a domain that was verified, or is so no more, is heard of

log = logging.getLogger(__name__)


class Sender(NamedTuple):
    """`address` has its domain in ASCII; without a signer its mail goes unsigned."""

    address: str
    signer: Signer | None


class _Kept(NamedTuple):
    until: float
    chosen: str
    sender: Sender


_kept: dict[UUID, _Kept] = {}


def sender_of(workspace: Workspace) -> Sender:
    """Return the sender of a workspace's mail, as it was some seconds ago at the earliest.

    An event loop does not wait for the database: there `load_senders` must have been called for
    the workspace before, in a thread, and a copy of any age serves.
    """
    kept = _kept.get(workspace.id)
    if kept is None or not (_is_fresh(workspace, kept) or _in_event_loop()):
        load_senders([workspace])
        kept = _kept[workspace.id]
    return kept.sender


def load_senders(workspaces: Collection[Workspace]) -> None:
    """Look up the senders that are not known or not fresh; one query for all of them."""
    stale = [
        one for one in workspaces if (kept := _kept.get(one.id)) is None or not _is_fresh(one, kept)
    ]
    until = time.monotonic() + KEPT_FOR
    for workspace, sender in senders_now(stale):
        _kept[workspace.id] = _Kept(until, workspace.sender_address, sender)


def senders_now(workspaces: Collection[Workspace]) -> list[tuple[Workspace, Sender]]:
    """Look up the senders of workspaces, with one query."""
    if not workspaces:
        return []
    domains = _verified({one.id for one in workspaces})
    return [(one, _sender(one, domains[one.id])) for one in workspaces]


def senders_at(chosen: Collection[tuple[UUID, str]]) -> dict[tuple[UUID, str], Sender]:
    """Return the senders of addresses that something chose for itself, by workspace and address.

    Those are left out whose domain is not verified, or not any more: there the workspace's own
    sender serves. One query.
    """
    wanted = {one for one in chosen if one[1]}
    domains = _verified({workspace_id for workspace_id, _ in wanted}) if wanted else {}
    found = {one: _at_verified_domain(one[1], domains[one[0]]) for one in wanted}
    return {one: sender for one, sender in found.items() if sender}


def _verified(workspace_ids: Collection[UUID]) -> dict[UUID, dict[str, SenderDomain]]:
    found: dict[UUID, dict[str, SenderDomain]] = defaultdict(dict)
    rows = SenderDomain.objects.filter(workspace__in=workspace_ids, verified_at__isnull=False)
    for domain in rows:
        found[domain.workspace_id][domain.name] = domain
    return found


@lru_cache
def default_address() -> str:
    """Return the address of workspaces that have chosen none.

    The mail server's user where it is an address, since servers often insist on it; else
    `surveys` at the host of AFTERWORD_URL.
    """
    server = settings.CONFIGURATION.mail
    if isinstance(server, SmtpServer) and (address := normalise(server.user)):
        return envelope_address(address)
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return envelope_address(f"surveys@{host}") if host[-1:].isalpha() else "surveys@localhost"


def _sender(workspace: Workspace, domains: dict[str, SenderDomain]) -> Sender:
    """The address chosen, as long as its mail can be signed; else the default one."""
    if chosen := _at_verified_domain(workspace.sender_address, domains):
        return chosen
    default = default_address()
    return _at_verified_domain(default, domains) or Sender(default, None)


def _at_verified_domain(address: str, domains: dict[str, SenderDomain]) -> Sender | None:
    try:
        address = envelope_address(address)
    except MessageRefused:  # none was chosen
        return None
    domain = domains.get(address.rpartition("@")[2].lower())
    signer = domain and _signer(domain.name, domain.selector, domain.sealed_private_key)
    return Sender(address, signer) if signer else None


@lru_cache(maxsize=1024)  # a key takes longer to read than to sign with
def _signer(name: str, selector: str, sealed_private_key: str) -> Signer | None:
    try:
        return Signer(name, selector, unseal(sealed_private_key))
    except (Unreadable, BadKey) as fault:
        log.error("mail from %s cannot be signed, so it comes from elsewhere: %s", name, fault)
        return None


def _is_fresh(workspace: Workspace, kept: _Kept) -> bool:
    return time.monotonic() < kept.until and kept.chosen == workspace.sender_address


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
