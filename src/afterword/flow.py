"""The main path on one page: event → match → customer → decision → survey → e-mail.

The only module that knows every stage. An answer comes back through `feedback`.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from afterword.audience.fields import field_key
from afterword.audience.later_fields import read_later
from afterword.campaigns.models import Campaign, Channel
from afterword.core.clock import database_now
from afterword.core.failpoints import failpoint
from afterword.core.garbage import search_put_off
from afterword.core.ids import new_id
from afterword.core.jobs import wake
from afterword.customers.meet import Terms, meet
from afterword.customers.record import Record
from afterword.customers.snapshot import snapshot
from afterword.decisions.decide import decide
from afterword.decisions.facts import Listening, facts_of, load_listening, past_surveys
from afterword.decisions.record import Decided, record, settled_decisions
from afterword.decisions.terms import Facts, PastSurvey, Person, Tally
from afterword.events import take_up, waiting
from afterword.events.take_up import Taken
from afterword.followups.engine.claim import lanes_due
from afterword.followups.engine.claim import recover as recover_deliveries
from afterword.followups.rules import READER
from afterword.happenings.read import is_behind
from afterword.long_work.turn import is_any_open as is_any_work_open
from afterword.occasions.event.occasion_of import occasion_of as occasion_of_event
from afterword.occasions.hook.occasion_of import occasion_of as occasion_of_hook
from afterword.occasions.occasion import Occasion
from afterword.sending import journal
from afterword.sending.claim import is_any_due
from afterword.sending.recover import recover
from afterword.suppressions.suppress import look_up_standings
from afterword.surveys.schedule import Asking, schedule
from afterword.surveys.shown import surveys_on_pages
from afterword.surveys.tallies import read_tallies

BATCH = 1000
TURN = 5.0  # seconds for one workspace before others may have their turn
GATHER = 0.05  # seconds for more events to come in where several came together


def drain_inbox(workspace_id: UUID, wake_sender: Callable[[], None]) -> bool:
    """Process a workspace's events until none waits; return False if the turn ended before.

    An event that the database refuses is set aside alone, so that it holds nobody up. Somebody
    else's change at the same moment is no such refusal: the next try meets it.
    """
    ends = time.monotonic() + TURN
    limit = BATCH
    while time.monotonic() < ends:
        try:
            processed = process_events(workspace_id, database_now(), limit)
        except (DataError, IntegrityError) as error:
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
    recover_deliveries(now)
    if lanes_due(now):
        wake("deliver")
    if is_any_work_open():
        wake("long_work")
    if is_behind(READER):
        wake("follow_up")


@search_put_off()  # outermost: the batch is let go before a search sees it
def process_events(workspace_id: UUID, now: datetime, limit: int = BATCH) -> int | None:
    """Take up to `limit` calls through the flow; return how many, None if another worker is at it.

    All of it commits together: if we die on the way, the calls are still in the inbox.
    """
    with transaction.atomic():
        if not take_up.lock_inbox(workspace_id):
            return None
        item_ids, calls = take_up.oldest(workspace_id, limit)
        waited = waiting.find(workspace_id, _ids(calls), now, limit)
        if calls or waited:
            _process(workspace_id, calls, waited, now)
            take_up.remove(item_ids)
            failpoint("before_take_up_commit")
    failpoint("after_take_up_commit")
    return len(calls)


def _process(
    workspace_id: UUID, calls: Sequence[Taken], waited: Sequence[Taken], now: datetime
) -> None:
    listening = load_listening(workspace_id, _mapped([*calls, *waited]))
    tracks = [taken for taken in calls if taken.call.names]
    take_up.mark_duplicates(workspace_id, tracks)
    find_customers(listening, [*calls, *waited], now)
    take_up.log(workspace_id, tracks)
    go_on = [taken for taken in waited if taken.met.email or taken.is_overdue(now)]
    take_up.note_addresses(go_on)
    waiting.let_go(go_on)
    waits_until = now + timedelta(minutes=listening.workspace.address_wait_minutes)
    new = [taken for taken in tracks if not taken.first]
    waiting.keep(workspace_id, [taken for taken in new if _may_wait(taken)], waits_until)
    decide_and_schedule(listening, [*new, *go_on], now, waits_until)


def find_customers(listening: Listening, calls: Sequence[Taken], now: datetime) -> None:
    """Find, make and bring up to date the customers that these calls are about.

    Source by source: with several inbound webhooks in a batch there are a few.
    """
    workspace = listening.workspace
    terms = Terms(workspace.id, listening.types, workspace.keeps_unsent_properties)
    for source in dict.fromkeys(taken.call.source for taken in calls):
        theirs = [taken for taken in calls if taken.call.source == source]
        said = [taken.said() for taken in theirs]
        found = meet(terms, said, source, now, look_up_standings)
        for taken, met in zip(theirs, found, strict=True):
            taken.met = met


def decide_and_schedule(
    listening: Listening, tracks: Sequence[Taken], now: datetime, waits_until: datetime
) -> None:
    """Decide each event for each campaign that listens, and schedule the surveys."""
    workspace_id = listening.workspace.id
    customers = {taken.met.record.id: taken.met.record for taken in tracks if taken.met.record}
    people = {id_: record.email for id_, record in customers.items()}
    past = _past(workspace_id, people, now - listening.memory)
    settled = _settled(listening, tracks)
    later = read_later(listening.later_fields, customers)
    tallies = read_tallies(workspace_id, (rules for _, rules in listening.by_id.values()), now)
    decided: list[Decided] = []
    askings: list[Asking] = []
    for taken in tracks:
        occasion, customer = _occasion_of(taken), taken.met.record
        fields = _fields(taken, listening, later)
        for campaign, rules in listening.to(taken.call.names, taken.call.campaigns):
            if (campaign.id, occasion.id) in settled:
                continue
            surveys = past[customer.id] if customer else ()
            tally = tallies.of(rules, fields)
            may_wait_until = waits_until if _may_wait(taken) else None
            facts = _facts(taken, fields, surveys, may_wait_until, tally)
            verdict = decide(occasion, rules, facts, now)
            if verdict.due_at and customer:
                asking = _asking(campaign, customer, occasion, verdict.due_at)
                verdict.detail["survey_id"] = asking.id
                askings.append(asking)
                tallies.note(rules, tally)
                past[customer.id].insert(0, _waiting(asking))
            decided.append(
                Decided(occasion, campaign.id, customer.id if customer else None, verdict)
            )
    record(workspace_id, decided, now)
    schedule(workspace_id, askings, now)


def _past(
    workspace_id: UUID, people: Mapping[UUID, str | None], since: datetime
) -> dict[UUID, list[PastSurvey]]:
    """The surveys that count for throttle and budget, mailed or shown on a page."""
    mailed, on_pages = past_surveys(workspace_id, people, since), surveys_on_pages(people, since)
    return {id_: [*mailed[id_], *on_pages[id_]] for id_ in people}


def _waiting(asking: Asking) -> PastSurvey:
    campaign = asking.campaign
    is_mail = campaign.channel == Channel.EMAIL
    return PastSurvey(
        asking.id, campaign.id, asking.due_at, True, campaign.priority, is_mail=is_mail
    )


def _settled(listening: Listening, tracks: Iterable[Taken]) -> set[tuple[UUID, UUID]]:
    """What was decided when an event first came, although it waited for an address since.

    Who is asked in an application needs none.
    """
    waited = [taken.id for taken in tracks if taken.waits_until is not None]
    in_app = [id_ for id_, (_, rules) in listening.by_id.items() if rules.is_shown_in_app]
    return settled_decisions(in_app, waited) if waited and in_app else set()


def _occasion_of(taken: Taken) -> Occasion:
    return occasion_of_hook(taken) if taken.call.hook else occasion_of_event(taken)


def _mapped(calls: Iterable[Taken]) -> set[UUID]:
    """The campaigns that Segment's destination, or an inbound webhook, brings these to."""
    return {id_ for taken in calls for id_ in taken.call.campaigns or ()}


def _ids(calls: Iterable[Taken]) -> list[str]:
    """Every id that a batch speaks of, which may be what an earlier event waits to hear of."""
    spoken = ((t.call.user_id, t.call.anonymous_id, t.call.previous_id) for t in calls)
    return sorted({id_ for ids in spoken for id_ in ids if id_})


def _may_wait(taken: Taken) -> bool:
    """An event that lacks only the address of somebody whose id it says; but it waits once."""
    call, met = taken.call, taken.met
    lacks_address = not (met.email or met.refused_email)
    return lacks_address and taken.waits_until is None and bool(call.user_id or call.anonymous_id)


def _fields(
    taken: Taken, listening: Listening, later: Mapping[UUID, Mapping[str, object]]
) -> dict[str, object]:
    """Return what an audience may look at."""
    sent, customer = taken.call.properties, taken.met.record
    of_event = {key: sent.get(name) for key, name in listening.event_fields.items()}
    if customer is None:
        return of_event
    known = {field_key(name): value for name, value in customer.properties.items()}
    return {**known, **of_event, **customer.built_in_fields(), **later.get(customer.id, {})}


def _facts(
    taken: Taken,
    fields: dict[str, object],
    surveys: Sequence[PastSurvey],
    waits_until: datetime | None,
    tally: Tally | None,
) -> Facts:
    met, call = taken.met, taken.call
    person = Person(
        met.email, met.refused_email, call.user_id, call.anonymous_id, waits_until=waits_until
    )
    if met.record is None:
        return facts_of(None, person=person, fields=fields)
    return facts_of(
        met.record.standing,
        is_known=True,
        surveys=surveys,
        fields=fields,
        person=person,
        tally=tally,
    )


def _asking(campaign: Campaign, customer: Record, occasion: Occasion, due_at: datetime) -> Asking:
    facts = snapshot(customer.own, customer.tags, customer.properties, customer.company_id)
    return Asking(new_id(), campaign, customer.id, customer.email or "", occasion, due_at, facts)
