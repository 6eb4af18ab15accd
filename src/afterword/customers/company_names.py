"""Names and mail domains that are one company: joined, taken apart, or left out.

No customer is touched: each stays at the row of its own name, which leads to another or to none. So
whoever makes customers at the same moment needs to know nothing of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from afterword.core.email_address import normalise
from afterword.customers.companies import domain_key, key_of
from afterword.customers.free_mail import is_free_mail
from afterword.customers.models import LONGEST_COMPANY, Company
from afterword.workspaces.models import Viewer


class NameRefused(ValueError):
    """What was given is no name that can lead to the company; safe to show, says how to mend it."""


class ChangedMeanwhile(Exception):
    """Somebody merged, or took apart, one of the companies at the same time."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What came to another company: the row of the name, and those that had led to it."""

    first: UUID
    others: list[UUID]
    to: UUID


def checked(said: str) -> tuple[str, str]:
    """Return name and key of a name, or of a domain that is written with its @; NameRefused."""
    name = " ".join(said.split())
    if not name.startswith("@"):
        return name, key_of(name)
    address = normalise(f"a{name}")
    if address is None:
        raise NameRefused(f"{name} is no mail domain: write it as in @acme.com.")
    domain = address.removeprefix("a@")
    if is_free_mail(domain):
        raise NameRefused(f"Anybody may have a mailbox at {domain}: it is no company's.")
    if len(domain) >= LONGEST_COMPANY:
        raise NameRefused(f"A domain has at most {LONGEST_COMPANY - 1} characters here.")
    return domain, domain_key(domain)


@transaction.atomic
def add(viewer: Viewer, company: Company, said: str, now: datetime) -> Company | None:
    """Let a name or domain lead to the company, which is whole; None once it does.

    Where the name is a company of its own already, nothing is done and that company is returned:
    `merge` makes the two one, once somebody confirmed it. Raises NameRefused, ChangedMeanwhile.
    """
    name, key = checked(said)
    _locked(viewer, [company.id])
    rows = Company.objects.visible_to(viewer).select_related("merged_into")
    made, is_new = rows.get_or_create(
        workspace_id=viewer.workspace_id,
        key=key,
        defaults={"name": name, "merged_into": company, "created_at": now},
    )
    if is_new:
        return None
    if company.id in {made.id, made.merged_into_id}:
        raise NameRefused(f"{said} leads here already.")
    if made.merged_into:
        raise NameRefused(f"{said} is a name of {made.merged_into}. Take it out there first.")
    return made


@transaction.atomic
def merge(viewer: Viewer, one: UUID, into: UUID) -> Joined:
    """Let one company and all its names lead to the other; raises ChangedMeanwhile."""
    if one == into:
        raise ChangedMeanwhile
    _locked(viewer, [one, into])
    names = Company.objects.filter(merged_into=one)
    others = list(names.order_by("id").values_list("id", flat=True))
    moving = Company.objects.filter(Q(id=one) | Q(merged_into=one))
    moving.update(merged_into=into, excluded_at=None)
    return Joined(one, others, into)


@transaction.atomic
def take_out(viewer: Viewer, first: UUID, others: Collection[UUID], of: UUID) -> None:
    """Make a name a company of its own again, with those `others` that led to it.

    Raises ChangedMeanwhile where it is none of the company's names any more.
    """
    _locked(viewer, [of])
    names = Company.objects.visible_to(viewer).filter(merged_into=of)
    if not names.filter(id=first).update(merged_into=None):
        raise ChangedMeanwhile
    names.filter(id__in=others).update(merged_into=first)


def exclude(company: Company, now: datetime) -> None:
    Company.objects.filter(id=company.id, merged_into=None).update(excluded_at=now)


def include(company: Company) -> None:
    Company.objects.filter(id=company.id).update(excluded_at=None)


def _locked(viewer: Viewer, ids: Collection[UUID]) -> None:
    """Lock whole companies, in the order of their keys; whoever changes what leads where does so.

    Not against those who point to them: events go on making customers.
    """
    rows = Company.objects.visible_to(viewer).filter(id__in=ids).order_by("id")
    found = list(rows.select_for_update(no_key=True))
    if len(found) < len(ids) or any(row.merged_into_id for row in found):
        raise ChangedMeanwhile
