"""Which rows of a place are a person's, where that takes more than a key."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

from django.db.models import Func, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower

from afterword.core.among import among
from afterword.core.email_address import normalise
from afterword.customers.importing.models import Piece, Row
from afterword.decisions.models import Decision
from afterword.events.models import InboxItem, Rejection, WaitingCall
from afterword.events.sources.segment.payload import Call, read_call
from afterword.followups.models import Attempt, YouSaid
from afterword.happenings.models import Happening
from afterword.hooks.models import HookCall
from afterword.long_work.models import Work
from afterword.mail.models import MailboxMessage
from afterword.privacy.traces import Traces
from afterword.profiles.models import DeletedCustomer
from afterword.suppressions.erased import spellings
from afterword.suppressions.models import Suppression
from afterword.web.models import KeptForm

Rows = QuerySet[Any]


def saying(model: type[Model], column: str) -> Callable[[Traces], Rows]:
    """Return what finds the rows of a workspace, or of none, whose text names an address."""

    def rows(traces: Traces) -> Rows:
        of_workspace = any(one.name == "workspace" for one in model._meta.get_fields())
        mine = {"workspace_id": traces.workspace_id} if of_workspace else {}
        return model._default_manager.filter(_names(traces.addresses, column), **mine)

    return rows


def you_saids(traces: Traces) -> Rows:
    """Filters stand in them as an address carries them: percent signs, and keys."""
    named = _names(traces.addresses, "query") | _names(
        [quote_plus(one) for one in traces.addresses], "query"
    )
    keys = [f"customer={one}" for one in traces.customers]
    return YouSaid.objects.filter(named | _names(keys, "query"), workspace_id=traces.workspace_id)


def _names(texts: list[str], column: str) -> Q:
    """Return the condition that a column has one of the texts in it, whatever the case.

    Not as a part of another: ann@x.com is nothing of joann@x.com. PostgreSQL looks for the text
    first, which is cheap.
    """
    found = Q(pk__in=[])
    for text in texts:
        alone = rf"(^|[^\w.+-]){re.escape(text)}($|[^\w-])"
        found |= Q(**{f"{column}__icontains": text}) & Q(**{f"{column}__iregex": alone})
    return found


def rejections(traces: Traces) -> Rows:
    """What could not be an event may be cut off, so it is no JSON: its text is looked at."""
    ids = [f'"userId":{gap}"{one}"' for one in traces.user_ids for gap in ("", " ")]
    ids += [f'"anonymousId":{gap}"{one}"' for one in traces.anonymous_ids for gap in ("", " ")]
    named = _names([*traces.addresses, *ids], "excerpt") | _names(traces.addresses, "message")
    return Rejection.objects.filter(named, workspace_id=traces.workspace_id)


def hook_calls(traces: Traces) -> Rows:
    """A service names people by their address alone."""
    named = _names(traces.addresses, "excerpt")
    return HookCall.objects.filter(
        named | _names(traces.addresses, "message"), workspace_id=traces.workspace_id
    )


def deleted_customers(traces: Traces) -> Rows:
    """Copies that are kept for minutes, of themselves or of somebody whose row names them."""
    theirs = Q(customer_key__in=traces.customers) | Q(email__in=traces.addresses)
    named = _names(traces.addresses, "rows")
    return DeletedCustomer.objects.filter(theirs | named, workspace_id=traces.workspace_id)


def works(traces: Traces) -> Rows:
    """What was to be done may be said by an address, and a report may name whom it left out."""
    named = _names(traces.addresses, "parameters") | _names(traces.addresses, "report")
    return Work.objects.filter(named, workspace_id=traces.workspace_id)


def import_pieces(traces: Traces) -> Rows:
    """Parts of files that name an address; only what waits and what was just done has any."""
    found = _names([_as_escaped(address) for address in traces.addresses], "text")
    text = Lower(Func("content", Value("escape"), function="encode", output_field=TextField()))
    rows = Piece.objects.filter(of__workspace_id=traces.workspace_id)
    return rows.annotate(text=text).filter(found)


def _as_escaped(address: str) -> str:
    """Write it as PostgreSQL's `encode(…, 'escape')` does."""
    return "".join(chr(one) if one < 128 else f"\\{one:03o}" for one in address.encode())


def import_rows(traces: Traces) -> Rows:
    found = _names(traces.addresses, "said") | Q(email__in=traces.addresses)
    return Row.objects.filter(found, of__workspace_id=traces.workspace_id)


def inbox(traces: Traces) -> Rows:
    """Calls that are of the person, whatever else they say; others may only mention them."""
    texts = [*traces.addresses, *traces.user_ids, *traces.anonymous_ids]
    rows = InboxItem.objects.filter(workspace_id=traces.workspace_id)
    found = [
        item.id
        for item in rows.filter(_names(texts, "body")).iterator()
        if _is_of(traces, read_call(item.body, item.envelope, item.received_at))
    ]
    return rows.filter(id__in=found)


def _is_of(traces: Traces, call: Call) -> bool:
    if {call.user_id, call.previous_id} & set(traces.user_ids):
        return True
    if {call.anonymous_id, call.previous_id} & set(traces.anonymous_ids):
        return True
    said = {normalise(one) for one in call.email_candidates}
    return bool(said & set(traces.addresses))


def waiting(traces: Traces) -> Rows:
    rows = WaitingCall.objects.filter(workspace_id=traces.workspace_id)
    return rows.filter(
        Q(user_id__in=traces.user_ids)
        | Q(anonymous_id__in=traces.anonymous_ids)
        | Q(id__in=among(traces.events))
    )


def kept_forms(traces: Traces) -> Rows:
    found = Q(pk__in=[])
    for id_ in traces.customers:
        found |= Q(path__startswith=f"/customers/{id_}")
    return KeptForm.objects.filter(found)


def attempts(traces: Traces) -> Rows:
    return Attempt.objects.filter(delivery__in=among([*traces.deliveries, *traces.digests]))


def mailbox(traces: Traces) -> Rows:
    return MailboxMessage.objects.filter(
        Q(mail_id__in=among([*traces.mails, *traces.mails_of_digests]))
        | Q(recipient__in=traces.addresses),
        workspace_id=traces.workspace_id,
    )


def suppressions(traces: Traces) -> Rows:
    patterns = [pattern for email in traces.addresses for pattern in spellings(email)]
    return Suppression.objects.filter(workspace_id=traces.workspace_id, pattern__in=patterns)


def decisions(traces: Traces) -> Rows:
    rows = Decision.objects.filter(workspace_id=traces.workspace_id)
    return rows.filter(
        Q(customer__in=traces.customers)
        | Q(event__in=among(traces.events))
        | Q(customer=None, occasion_id__in=among(traces.events))
    )


def happenings(traces: Traces) -> Rows:
    about = [*traces.customers, *traces.responses, *traces.invitations]
    return Happening.objects.filter(workspace_id=traces.workspace_id, subject_id__in=among(about))
