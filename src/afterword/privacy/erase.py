"""Erase somebody from a workspace: all of it in one transaction, with a receipt of numbers.

What of theirs is at work elsewhere at that moment waits, or finds nothing when it goes on: the
inbox is held, and the mails, surveys and customers are locked, in the order in which everybody
locks them.
"""

from contextlib import suppress
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from afterword.core.among import among
from afterword.customers.models import Customer
from afterword.events.take_up import hold_inbox
from afterword.privacy.finding import import_pieces
from afterword.privacy.models import Erasure
from afterword.privacy.places import PLACES
from afterword.privacy.removal import Wish
from afterword.privacy.traces import Traces, Who, traces_of
from afterword.sending.models import Mail, State
from afterword.surveys.models import Survey
from afterword.web import undo
from afterword.workspaces.models import User


class CannotErase(Exception):
    """Nothing was erased; the text says why and what to do."""


def erase(who: Who, wish: Wish, by: User | None, now: datetime) -> Erasure:
    """Remove every trace of somebody and return the receipt; `now` is the database's.

    A mail whose body is with a mail server at this moment cannot be taken back, and what becomes of
    it would be noted after us: raises CannotErase then, and where nothing of them is there.
    """
    with suppress(IntegrityError):  # something new of theirs came in while we looked: look again
        return _erase(who, wish, by, now)
    return _erase(who, wish, by, now)


@transaction.atomic
def _erase(who: Who, wish: Wish, by: User | None, now: datetime) -> Erasure:
    hold_inbox(who.workspace.id)
    _lock(traces_of(who), now)
    traces = traces_of(who)
    _check_no_file_waits(traces)
    counts = {place.name: place.erase(place.rows(traces), wish) for place in PLACES}
    counts["offers_to_undo"] = _forget_undo(traces)
    counts = {name: count for name, count in counts.items() if count}
    if not counts:
        raise CannotErase(f"Nothing of {who.email or 'this customer'} is kept in {who.workspace}.")
    return Erasure.objects.create(
        workspace=who.workspace, at=now, by=by, keeps_scores=wish.keeps_scores, counts=counts
    )


def _lock(traces: Traces, now: datetime) -> None:
    """Lock what others change, so that they wait for us; raises CannotErase if we should wait."""
    mails = Mail.objects.filter(id__in=among(traces.mails)).order_by("id").select_for_update()
    on_their_way = [
        mail
        for mail in mails.only("state", "lease_until")
        if mail.state == State.HANDING_OVER and mail.lease_until and mail.lease_until > now
    ]
    if on_their_way:
        raise CannotErase(
            "A mail to them is being handed to a mail server at this very moment, and nothing was "
            "erased. Try again in a minute."
        )
    for model, keys in ((Survey, traces.surveys), (Customer, traces.customers)):
        rows = model._default_manager.filter(pk__in=among(keys)).order_by("pk").select_for_update()
        list(rows.values_list("pk", flat=True))


def _check_no_file_waits(traces: Traces) -> None:
    """A file would make them known again, and without a part of it others would be missing."""
    if import_pieces(traces).exclude(of__work__ended_at__isnull=False).exists():
        raise CannotErase(
            "A file with their address waits to be imported, or is being imported. Nothing was "
            "erased: cancel the import, or let it end, and try again."
        )


def _forget_undo(traces: Traces) -> int:
    """Members' sessions may hold what they just changed about somebody, to undo it."""
    pages = tuple(f"/customers/{id_}" for id_ in traces.customers)
    forgotten = 0
    for session in Session.objects.all().iterator():
        data = session.get_decoded()
        kept = data.get(undo.KEY)
        if kept and pages and kept["address"].startswith(pages):
            del data[undo.KEY]
            # Who signs out meanwhile has no session any more.
            rows = Session.objects.filter(pk=session.pk)
            forgotten += rows.update(session_data=Session.objects.encode(data))
    return forgotten
