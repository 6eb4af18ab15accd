"""Bring deliveries that were claimed to their receivers over HTTP, and note how that went."""

from collections.abc import Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction

from afterword.core.clock import database_now
from afterword.core.failpoints import failpoint
from afterword.core.survived import Survived
from afterword.followups.engine.post import Line, Reply, Request
from afterword.followups.engine.room import CannotBeMade, NotNeeded, Requests, Room
from afterword.followups.engine.settle import Became, Tried, change, settle
from afterword.followups.engine.standing import note_problem, note_tries
from afterword.followups.models import Delivery, State
from afterword.followups.rooms import ROOMS, room_of


def compose(deliveries: Sequence[Delivery], now: datetime) -> list[tuple[Delivery, Request]]:
    """Make the requests; those for which there is none, or need be none, are settled."""
    made: list[tuple[Delivery, Request]] = []
    ended: list[Became] = []
    problems = {}
    for room in ROOMS:
        of_room = [one for one in deliveries if one.rule_name == room.name]
        found = _requests(room, of_room, now) if of_room else {}
        for one in of_room:
            match found.get(one.id):
                case Request() as request:
                    made.append((one, request))
                case NotNeeded(why):
                    ended.append(Became(one, State.CANCELLED, why))
                case CannotBeMade(why):
                    ended.append(Became(one, State.FAILED, why))
                    problems[one.rule_id] = (room, why)
    if ended:
        with transaction.atomic():
            change([*ended], now)
            for rule_id, (room, why) in sorted(problems.items()):
                note_problem(room, rule_id, why, now)
    return made


def _requests(room: Room, deliveries: Sequence[Delivery], now: datetime) -> Requests:
    """Ask the room; what it cannot make for a mistake of ours fails by itself, and the rest go."""
    with Survived("%d deliveries are made one by one", len(deliveries)) as together:
        return room.requests(deliveries, now)
    _pass_on(together)
    found: Requests = {}
    for one in deliveries:
        with Survived("delivery %s cannot be made", one.id) as alone:
            found |= room.requests([one], now)
        _pass_on(alone)
        if alone.error:
            found[one.id] = CannotBeMade("It cannot be made here: the log says why.")
    return found


def _pass_on(work: Survived) -> None:
    """A database that is away is no mistake, and comes back."""
    if isinstance(work.error, OperationalError | InterfaceError):
        raise work.error


def read(delivery: Delivery, request: Request, reply: Reply) -> Tried:
    """Say what an answer means to the kind of rule that it is for.

    What a mistake of ours keeps from being read is taken by its status: it was posted.
    """
    room = room_of(delivery)
    with Survived("what delivery %s was answered cannot be read", delivery.id) as reading:
        reply = room.read(delivery, request, reply)
    _pass_on(reading)
    return Tried(delivery, request, reply, not reply.is_taken and room.is_final(reply))


@transaction.atomic
def record(tried: Sequence[Tried], now: datetime) -> None:
    """Settle them with what follows for their rules: in one commit."""
    settle(tried, now)
    note_tries(tried, now)


def deliver(delivery: Delivery, now: datetime) -> Reply | None:
    """Make a try of one that was claimed, here and now; None where none was needed, or possible.

    No connection to the database is held while the receiver is waited for.
    """
    composed = compose([delivery], now)
    if not composed:
        return None
    [(_, request)] = composed
    if not connection.in_atomic_block:
        connection.close()
    line = Line()
    reply = line.post(request)
    line.close()
    failpoint("after_post")
    tried = read(delivery, request, reply)
    record([tried], database_now())
    return tried.reply


def record_all(tried: Sequence[Tried], now: datetime) -> None:
    """Settle them together; if a mistake of ours is in the way, each by itself.

    Whoever's fails even so is tried again once its lease has run out.
    """
    with Survived("%d tries are noted one by one", len(tried)) as together:
        record(tried, now)
    _pass_on(together)
    for one in tried if together.error else ():
        with Survived("a try of delivery %s is not noted", one.delivery.id) as alone:
            record([one], now)
        _pass_on(alone)
