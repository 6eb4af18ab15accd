"""The main path on one page: event → match → customer → decision → survey → e-mail.

The only module that knows every stage. An answer comes back through `feedback`.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import DataError, transaction

from afterword.campaigns.audience_fields import field_key
from afterword.campaigns.models import Campaign
from afterword.core.clock import database_now
from afterword.core.email_address import normalise
from afterword.core.failpoints import failpoint
from afterword.core.ids import new_id
from afterword.core.jobs import wake
from afterword.customers import identify, upsert
from afterword.customers.models import IdKind
from afterword.customers.record import Record, bring_up_to_date
from afterword.decisions.decide import Facts, Occurrence, PastSurvey, decide
from afterword.decisions.facts import Listening, facts_of, load_listening, past_surveys
from afterword.decisions.record import Decided, record
from afterword.events import take_up
from afterword.events.take_up import Taken
from afterword.mail import journal
from afterword.mail.recover import recover
from afterword.surveys.claim import is_any_due
from afterword.surveys.schedule import Asking, schedule

BATCH = 1000
SOURCE = "Segment"
TURN = 5.0  # seconds for one workspace before others may have their turn
GATHER = 0.05  # seconds for more events to come in where several came together


def drain_inbox(workspace_id: UUID, wake_sender: Callable[[], None]) -> bool:
    """Process a workspace's events until none waits; return False if the turn ended before.

    An event that the database refuses is set aside alone, so that it holds nobody up.
    """
    ends = time.monotonic() + TURN
    limit = BATCH
    while time.monotonic() < ends:
        try:
            processed = process_events(workspace_id, database_now(), limit)
        except DataError as error:
            if limit == 1:
                take_up.set_aside_oldest(workspace_id, str(error))
            limit = max(1, limit // 10)
            continue
        if processed and is_any_due(database_now()):
            wake_sender()
        if processed is None:
            return True  # the one who holds the inbox looks again after letting go of it
        # Whoever found the inbox locked gave up, so look once more now that it is not.
        if processed == 0 and not take_up.is_waiting(workspace_id):
            return True
        # A steady stream costs far less in larger batches, and in one job instead of many.
        if 1 < processed < limit:
            time.sleep(GATHER)
    return False


def sweep(now: datetime) -> None:
    """Find what waits for a wake-up that never came, and wake its worker up."""
    recover(journal.folder(), now)
    for workspace_id in take_up.waiting_workspaces():
        wake("take_up", workspace_id=str(workspace_id))
    if is_any_due(now):
        wake("send_due")


def process_events(workspace_id: UUID, now: datetime, limit: int = BATCH) -> int | None:
    """Take up to `limit` calls through the flow; return how many, None if another worker is at it.

    All of it commits together: if we die on the way, the calls are still in the inbox.
    """
    with transaction.atomic():
        if not take_up.lock_inbox(workspace_id):
            return None
        item_ids, calls = take_up.oldest(workspace_id, limit)
        if calls:
            _process(workspace_id, calls, now)
            take_up.remove(item_ids)
            failpoint("before_take_up_commit")
    failpoint("after_take_up_commit")
    return len(calls)


def _process(workspace_id: UUID, calls: Sequence[Taken], now: datetime) -> None:
    listening = load_listening(workspace_id)
    find_addresses(workspace_id, calls)
    tracks = [taken for taken in calls if taken.call.names]
    take_up.mark_duplicates(workspace_id, tracks)
    customers = update_customers(listening, tracks, now)
    take_up.log(workspace_id, tracks, {email: c.id for email, c in customers.items()})
    decide_and_schedule(listening, tracks, customers, now)


def find_addresses(workspace_id: UUID, calls: Sequence[Taken]) -> None:
    """Give each call the address of its customer: its own, else the one its ids stand for."""
    ids = [identify.keys(taken.call.user_id, taken.call.anonymous_id) for taken in calls]
    identities = identify.load(workspace_id, {key for keys in ids for _, key in keys})
    for taken, keys in zip(calls, ids, strict=True):
        _find_address(taken, keys, identities)
    identify.store(workspace_id, identities)


def _find_address(
    taken: Taken, keys: list[tuple[IdKind, str]], identities: identify.Identities
) -> None:
    """The call's own word; else a server's of its ids; else an id that is one; else a browser's."""
    taken.address_is_trusted = taken.is_trusted
    if said := taken.call.email_candidates:
        taken.email = normalise(said[0])
        taken.refused_email = None if taken.email else said[0][:254]
    elif known := identities.address(keys, is_trusted=True) or normalise(taken.call.user_id):
        taken.email = known
    elif claimed := identities.address(keys, is_trusted=False):
        taken.email, taken.address_is_trusted = claimed, False
    if taken.email and taken.call.type == "identify":
        identities.remember(keys, taken.email, taken.call.occurred_at, is_trusted=taken.is_trusted)


def update_customers(
    listening: Listening, tracks: Sequence[Taken], now: datetime
) -> dict[str, Record]:
    """Bring the customers of these events up to date, in the order of receipt.

    What an untrusted source says makes nobody known and changes nobody's record.
    """
    workspace = listening.workspace
    emails = {taken.email for taken in tracks if taken.email}
    customers = upsert.load_locked(workspace.id, emails)
    for taken in tracks:
        if taken.first or not taken.email or not taken.address_is_trusted:
            continue
        customer = customers.get(taken.email)
        if customer is None:
            customer = customers[taken.email] = upsert.new_record(taken.email, SOURCE, now)
        taken.problems = bring_up_to_date(
            customer,
            taken.call.properties,
            listening.types,
            taken.call.occurred_at,
            # A page's properties are about the page.
            keep_unsent=workspace.keeps_unsent_properties or taken.call.type != "track",
        )
    upsert.look_up_standings(workspace.id, customers.values())
    upsert.store(workspace.id, customers.values(), now)
    return customers


def decide_and_schedule(
    listening: Listening, tracks: Sequence[Taken], customers: dict[str, Record], now: datetime
) -> None:
    """Decide each event for each campaign that listens, and schedule the surveys."""
    workspace_id = listening.workspace.id
    past = past_surveys(workspace_id, customers, since=now - listening.memory)
    decided: list[Decided] = []
    askings: list[Asking] = []
    for taken in tracks:
        customer = customers.get(taken.email or "")
        for campaign, rules in listening.to(taken.call.names):
            surveys = past.get(taken.email or "", [])
            verdict = decide(_occurrence(taken), rules, _facts(customer, surveys), now)
            event_id = taken.first[0] if taken.first else taken.id
            if verdict.due_at and customer:
                asking = _asking(campaign, customer, event_id, verdict.due_at)
                verdict.detail["survey_id"] = asking.id
                askings.append(asking)
                past[customer.email].insert(
                    0, PastSurvey(asking.id, campaign.id, asking.due_at, is_waiting=True)
                )
            decided.append(
                Decided(event_id, campaign.id, customer.id if customer else None, verdict)
            )
    record(workspace_id, decided, now)
    schedule(workspace_id, askings, now)


def _occurrence(taken: Taken) -> Occurrence:
    return Occurrence(
        message_id=taken.call.message_id,
        occurred_at=taken.call.occurred_at,
        received_at=taken.received_at,
        is_trusted=taken.address_is_trusted,
        email=taken.email,
        refused_email=taken.refused_email,
        ids=(taken.call.user_id, taken.call.anonymous_id),
        duplicate_of=taken.first[1] if taken.first else None,
    )


def _facts(customer: Record | None, surveys: Sequence[PastSurvey]) -> Facts:
    if customer is None:
        return Facts()
    fields = {field_key(name): value for name, value in customer.properties.items()}
    return facts_of(
        customer.standing,
        is_known=True,
        surveys=surveys,
        fields=fields | customer.built_in_fields(),
    )


def _asking(campaign: Campaign, customer: Record, event_id: UUID, due_at: datetime) -> Asking:
    return Asking(new_id(), campaign, customer.id, customer.email, event_id, due_at)
