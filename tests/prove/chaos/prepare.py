"""Makes the surveys of a storm: `python -m tests.prove.chaos.prepare PLAN`.

Prints a line for each: its id and its address. That list is the test's own account.
"""

import random
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from tests.prove.chaos.ways import WAYS, address

BATCH = 5_000


class Wanted(msgspec.Struct):
    """How many surveys, and which share of them has an address with bad ways."""

    surveys: int
    seed: int
    bad: float = 0.0
    ways: tuple[str, ...] = tuple(WAYS)
    event: str = ""  # the address of an event that waits in the inbox, if any
    unsubscribed: bool = False  # the first customer has unsubscribed since
    abandoned: int = 0  # the next ones: surveys in the hands of a worker that died long ago
    spared: int = 0  # the first so many are not given a bad way


def addresses(wanted: Wanted) -> list[str]:
    """As many as there are surveys; each bad way has its share, at random places but the first."""
    chance = random.Random(wanted.seed)
    ways = [""] * wanted.surveys
    each = round(wanted.bad * wanted.surveys / len(wanted.ways)) if wanted.ways else 0
    bad = [way for way in wanted.ways for _ in range(max(each, 1))] if wanted.bad else []
    for place, way in zip(
        chance.sample(range(wanted.spared, wanted.surveys), len(bad)), bad, strict=True
    ):
        ways[place] = way
    return [address(number, way) for number, way in enumerate(ways)]


def prepare(wanted: Wanted) -> Iterable[tuple[str, str]]:
    """Make a survey for each address, all due; yields (id, address)."""
    from django.utils import timezone

    from afterword.customers.models import Customer
    from afterword.suppressions.models import SuppressionReason
    from afterword.suppressions.suppress import suppress
    from tests.factories import a_campaign, a_template, a_token, a_track, a_workspace, surveys_of

    now = timezone.now()
    workspace = a_workspace(name="Storm")
    a_token(workspace)
    subject = "How was your order, {{ first_name | default: 'there' }}?"
    template = a_template(workspace, subject=subject)
    campaign = a_campaign(workspace, template=template, activated_at=now)
    everyone = addresses(wanted)

    def due_from(first: int) -> Callable[[int], datetime]:
        return lambda place: now - timedelta(hours=1) + timedelta(milliseconds=first + place)

    for first in range(0, len(everyone), BATCH):
        customers = [
            Customer(workspace=workspace, email=email, first_name="Ann", source="Segment")
            for email in everyone[first : first + BATCH]
        ]
        Customer.objects.bulk_create(customers)
        ids = surveys_of(campaign, customers, due_from(first))
        for id_, customer in zip(ids, customers, strict=True):
            yield str(id_), customer.address
    if wanted.unsubscribed:
        reason = SuppressionReason.UNSUBSCRIBED
        suppress(workspace.id, everyone[0], reason, how="a link", now=now)
    _abandon(everyone[1 : 1 + wanted.abandoned])
    if wanted.event:
        a_track(workspace, wanted.event, received_at=now)
        yield "", wanted.event


def _abandon(emails: list[str]) -> None:
    """Leave them by turns claimed, and begun without anybody knowing how it ended."""
    from django.utils import timezone

    from afterword.core.ids import new_id
    from afterword.sending.models import Mail

    long_ago = timezone.now() - timedelta(minutes=20)
    for number, email in enumerate(emails):
        begun = {"state": "handing_over", "handed_over": 1} if number % 2 else {"state": "claimed"}
        Mail.objects.filter(recipient=email).update(
            **begun, attempt=1, worker=new_id(), lease_until=long_ago
        )


def main() -> None:
    import django

    django.setup()
    for id_, email in prepare(msgspec.json.decode(sys.argv[1], type=Wanted)):
        print(f"{id_}\t{email}")


if __name__ == "__main__":
    main()
