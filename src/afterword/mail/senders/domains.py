"""The domains that a workspace sends from: add one, look its records up in DNS, remove it."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from afterword.core.dns import Answer, Question, ascii_name, ask_all
from afterword.core.text import clean_json
from afterword.mail.models import SenderDomain
from afterword.mail.senders.keys import new_key, take_over
from afterword.mail.senders.public_mail import PUBLIC_MAIL
from afterword.mail.senders.records import (
    Finding,
    Status,
    dmarc_hosts,
    judge_dkim,
    judge_dmarc,
    judge_spf,
    key_host,
    spf_part,
)
from afterword.mail.servers.find import Broken, Server, own_servers
from afterword.workspaces.models import Workspace

MOST = 50  # of a workspace
CHECK_EVERY = timedelta(days=1)
_AT_ONCE = 50  # domains that are checked together
_ROOM = len("afterword-123456._domainkey.")
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{0,62}[a-z]")


class DomainRefused(ValueError):
    """A domain that cannot be added; the text says how to mend it."""


def add(workspace: Workspace, text: str) -> SenderDomain:
    """Add a domain with a key of its own; raises DomainRefused."""
    name = _read_domain(text)
    if workspace.sender_domains.count() >= MOST:
        raise DomainRefused(f"A workspace has at most {MOST} sender domains. Remove one first.")
    key = new_key()
    try:
        with transaction.atomic():
            return SenderDomain.objects.create(
                workspace=workspace,
                name=name,
                selector=key.selector,
                sealed_private_key=key.sealed,
                public_key=key.public,
            )
    except IntegrityError as taken:
        raise DomainRefused(f"{name} is in the list already.") from taken


@transaction.atomic
def remove(domain: SenderDomain) -> None:
    """Forget a domain and its key; mail that came from it comes from the default address again."""
    workspace = Workspace.objects.filter(id=domain.workspace_id)
    workspace.filter(sender_address__iendswith=f"@{domain.name}").update(sender_address="")
    domain.delete()


def choose_address(workspace: Workspace, address: str) -> None:
    """Let the workspace's mail come from `address`; the default one where it is empty.

    The caller has made sure that it is at a verified domain of this workspace. Should the domain
    lose its record, mail comes from the default address until the record is back.
    """
    workspace.sender_address = address
    workspace.save(update_fields=["sender_address"])


def check(domain: SenderDomain, now: datetime) -> None:
    """Ask DNS for a domain's records and note what it says; takes some three seconds at most."""
    _check([domain], now)


def check_all_due(now: datetime) -> int:
    """Check the domains that were not checked for a day; return how many were due."""
    due = SenderDomain.objects.filter(
        Q(checked_at__lte=now - CHECK_EVERY) | Q(checked_at=None, created_at__lte=now - CHECK_EVERY)
    )
    domains = list(due.order_by("checked_at", "id"))
    for start in range(0, len(domains), _AT_ONCE):
        _check(domains[start : start + _AT_ONCE], now)
    return len(domains)


def server_of(workspace_id: UUID) -> Server | Broken:
    """Return what a workspace's mail is handed to."""
    return own_servers().get(workspace_id, settings.CONFIGURATION.mail)


def _check(domains: Collection[SenderDomain], now: datetime) -> None:
    servers = own_servers()
    answers = ask_all({question for domain in domains for question in _questions(domain)})
    for domain in domains:
        server = servers.get(domain.workspace_id, settings.CONFIGURATION.mail)
        findings = _findings(domain, answers, spf_part(server))
        if "next_dkim" in findings and findings["next_dkim"].status is Status.FOUND:
            take_over(domain, now)
            findings["dkim"] = findings.pop("next_dkim")
            domain.findings.pop("next_dkim", None)
        _note(domain, findings, now)
    # A domain that was removed meanwhile is not there to be changed.
    SenderDomain.objects.bulk_update(domains, ["findings", "checked_at", "verified_at"])


def _questions(domain: SenderDomain) -> list[Question]:
    keys = [key_host(domain.name, selector) for selector in _selectors(domain)]
    doubled = [f"{key}.{domain.name}" for key in keys]
    hosts = [*keys, *doubled, domain.name, *dmarc_hosts(domain.name)]
    return [_text_at(host) for host in hosts]


def _findings(
    domain: SenderDomain, answers: Mapping[Question, Answer], part: str
) -> dict[str, Finding]:
    above = dmarc_hosts(domain.name)
    findings = {
        "dkim": _key_finding(domain, domain.selector, domain.public_key, answers),
        "spf": judge_spf(answers[_text_at(domain.name)], part),
        "dmarc": judge_dmarc([answers[_text_at(host)] for host in above], above),
    }
    if domain.next_selector:
        findings["next_dkim"] = _key_finding(
            domain, domain.next_selector, domain.next_public_key, answers
        )
    return findings


def _key_finding(
    domain: SenderDomain, selector: str, public_key: str, answers: Mapping[Question, Answer]
) -> Finding:
    host = key_host(domain.name, selector)
    doubled = answers[_text_at(f"{host}.{domain.name}")]
    return judge_dkim(answers[_text_at(host)], public_key, doubled, host)


def _note(domain: SenderDomain, findings: Mapping[str, Finding], now: datetime) -> None:
    """What DNS could not say just now stays as it was."""
    for kind, finding in findings.items():
        earlier = domain.findings.get(kind)
        if finding.status is Status.AWAY and earlier:
            domain.findings[kind] = earlier | {"away": True}
        else:
            domain.findings[kind] = clean_json(finding._asdict() | {"seen": list(finding.seen)})
    if any(finding.status is not Status.AWAY for finding in findings.values()):
        domain.checked_at = now
    match findings["dkim"].status:
        case Status.FOUND:
            domain.verified_at = domain.verified_at or now
        case Status.MISSING | Status.WRONG:
            domain.verified_at = None


def _selectors(domain: SenderDomain) -> list[str]:
    return [selector for selector in (domain.selector, domain.next_selector) if selector]


def _text_at(host: str) -> Question:
    return Question(host, "TXT")


def _read_domain(text: str) -> str:
    """Return the domain in what a person wrote: also an address at it, or a web address."""
    written = text.strip().rpartition("//")[2].partition("/")[0].rpartition("@")[2]
    name = ascii_name(written)
    if name is None or not _NAME.fullmatch(name):
        raise DomainRefused(
            "This is not a domain. Write the one that stands after the @ of your address, "
            "such as acme.com."
        )
    if name in PUBLIC_MAIL:
        raise DomainRefused(
            f"{name} is not yours: its records are its provider's, and mail that others send from "
            "it is refused. Add a domain of your own."
        )
    if len(name) > 253 - _ROOM:
        raise DomainRefused("The domain is too long: its records would have no room in DNS.")
    return name
