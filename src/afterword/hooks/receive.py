"""Take in what a service posted: into the inbox as an event, or as an unsubscription."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import transaction

from afterword.core.email_address import normalise
from afterword.core.jobs import wake
from afterword.customers.models import Customer
from afterword.events.models import InboxItem
from afterword.hooks.mapping import MESSAGE_ID, Found, find
from afterword.hooks.models import Hook, HookCall, HookScope, Outcome
from afterword.hooks.payload import MOST_CHARACTERS, excerpt_of
from afterword.hooks.presets import Paths, preset_of
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import suppress

HOW = "By an inbound webhook"


class Refused(Exception):
    """The call cannot be taken; `status` is HTTP's, the text says how to mend it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a call: for the sender, and for the list of calls."""

    outcome: Outcome
    message: str
    message_id: str = ""


def paths_of(hook: Hook) -> Paths:
    """Return the hook's own mapping, or what its service usually sends."""
    return hook.mapping or preset_of(hook.service).paths


@transaction.atomic
def receive(hook: Hook, payload: Mapping[str, Any], sent_id: str, now: datetime) -> Said:
    """Store what the call says, and note it; raises Refused, and then nothing is stored.

    `sent_id` is what the sender calls the message, "" if nothing: a second call of the same id
    counts once.
    """
    found = find(payload, paths_of(hook))
    email = normalise(found.email)
    if email is None:
        raise Refused(422, _no_address(hook, found))
    if hook.scope == HookScope.UNSUBSCRIBE:
        said = _unsubscribe(hook, found, email, now)
    elif hook.scope == HookScope.SURVEY and hook.campaign_id:
        message_id = _message_id(hook, sent_id or str(found.fields.get(MESSAGE_ID) or ""))
        _put_into_inbox(hook, _track(hook, found, message_id), now)
        said = Said(Outcome.TAKEN, "Taken: it is decided now whether to ask.", message_id)
    else:
        _put_into_inbox(hook, _identify(hook, found), now)
        said = Said(Outcome.UPDATED, "Taken: the customer is brought up to date.")
    note(hook, said, excerpt_of(payload), now)
    return said


def note(hook: Hook, said: Said, excerpt: str, now: datetime) -> None:
    """Keep a call to be looked at."""
    HookCall.objects.create(
        workspace_id=hook.workspace_id,
        hook=hook,
        received_at=now,
        outcome=said.outcome,
        message=said.message[:500],
        message_id=said.message_id,
        excerpt=excerpt,
    )


def _unsubscribe(hook: Hook, found: Found, email: str, now: datetime) -> Said:
    """Only who is a customer: it makes nobody one, and brings up to date who is."""
    if not Customer.objects.filter(workspace_id=hook.workspace_id, email=email).exists():
        return Said(Outcome.UNKNOWN_PERSON, "No customer has this address: nothing was changed.")
    _put_into_inbox(hook, _identify(hook, found), now)
    is_new = suppress(
        hook.workspace_id, email, SuppressionReason.UNSUBSCRIBED, how=HOW, now=now, note=hook.name
    )
    if is_new:
        return Said(Outcome.UNSUBSCRIBED, "The customer gets no more surveys.")
    return Said(Outcome.ALREADY_UNSUBSCRIBED, "The customer was unsubscribed already.")


def _track(hook: Hook, found: Found, message_id: str) -> dict[str, Any]:
    return {
        "type": "track",
        "event": hook.name,
        "messageId": message_id,
        "properties": _fields(found),
    }


def _identify(hook: Hook, found: Found) -> dict[str, Any]:
    return {"type": "identify", "messageId": _message_id(hook, ""), "traits": _fields(found)}


def _fields(found: Found) -> dict[str, Any]:
    return {name: value for name, value in found.fields.items() if name != MESSAGE_ID}


def _message_id(hook: Hook, sent_id: str) -> str:
    """Two hooks may be sent the same id, so the hook is part of it."""
    digest = sha256(f"{hook.id} {sent_id}".encode()).hexdigest()[:40] if sent_id else str(uuid4())
    return f"hook-{digest}"


def _put_into_inbox(hook: Hook, call: Mapping[str, Any], now: datetime) -> None:
    body = json.dumps(call, ensure_ascii=False)
    if len(body) > MOST_CHARACTERS:
        raise Refused(413, "There is too much in it: post only what is about the customer.")
    around = {
        "campaigns": [str(hook.campaign_id)] if hook.campaign_id else [],
        "hook": str(hook.id),
        "source": hook.get_service_display(),
    }
    InboxItem.objects.create(
        workspace_id=hook.workspace_id,
        token_id=None,
        is_trusted=True,
        received_at=now,
        body=body,
        envelope=json.dumps(around),
    )
    transaction.on_commit(lambda: wake("take_up", workspace_id=str(hook.workspace_id)))


def _no_address(hook: Hook, found: Found) -> str:
    if said := found.fields.get("email"):
        return f"{str(said)[:254]!r} is no e-mail address."
    paths = " or ".join(f"`{path}`" for path in paths_of(hook)["email"])
    return (
        f"No e-mail address was found at {paths}. Send it there, or change in Afterword, under "
        "Settings, Inbound webhooks, where this webhook looks for it."
    )
