"""Every place where something of a person is kept: what is erased, and what is exported.

There is one list, so that neither forgets a place. A model that is in neither this list nor
`APART` fails a test: whoever adds one decides here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Func, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower

from afterword.core.among import among
from afterword.core.email_address import normalise
from afterword.customers.importing.models import Piece, Row
from afterword.customers.models import Change, Customer, Identity, SearchText
from afterword.decisions.models import Decision
from afterword.events.models import Event, InboxItem, Rejection, WaitingCall
from afterword.events.sources.segment.payload import Call, read_call
from afterword.feedback.models import Assignment, CustomerReply, Hit, Response, ResponseFacts
from afterword.feedback.risk.models import AtRisk
from afterword.followups.models import (
    Attempt,
    Autoresponder,
    Delivery,
    Notification,
    SlackThread,
    Webhook,
)
from afterword.happenings.models import Happening
from afterword.hooks.models import HookCall
from afterword.long_work.models import Work
from afterword.mail.mailbox.kept import read
from afterword.mail.models import MailboxMessage, Pace
from afterword.privacy.removal import (
    Wish,
    blank,
    delete,
    delete_or_make_anonymous,
    keep_hashed,
)
from afterword.privacy.traces import Traces
from afterword.profiles.models import SavedView
from afterword.sending.models import DeliveryEvent, Mail
from afterword.suppressions.erased import spellings
from afterword.suppressions.models import Suppression
from afterword.surveys.models import Invitation, Survey, SurveyFacts
from afterword.web.models import KeptForm

Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Rows of one model that are of, or about, a person."""

    name: str  # in the export and on the receipt
    model: type[Model]
    rows: Callable[[Traces], Rows]
    # Removes them and returns how many there were.
    erase: Callable[[Rows, Wish], int] = delete
    # Columns that are not told: secrets of links, and how our own work stands.
    untold: frozenset[str] = frozenset()
    # What is told of a row, where it is not its columns.
    tell: Callable[[Any], dict[str, Any]] | None = field(default=None)


def _saying(model: type[Model], column: str) -> Callable[[Traces], Rows]:
    """Return what finds the rows of a workspace, or of none, whose text names an address."""

    def rows(traces: Traces) -> Rows:
        of_workspace = any(one.name == "workspace" for one in model._meta.get_fields())
        mine = {"workspace_id": traces.workspace_id} if of_workspace else {}
        return model._default_manager.filter(_names(traces.addresses, column), **mine)

    return rows


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


def _rejections(traces: Traces) -> Rows:
    """What could not be an event may be cut off, so it is no JSON: its text is looked at."""
    ids = [f'"userId":{gap}"{one}"' for one in traces.user_ids for gap in ("", " ")]
    ids += [f'"anonymousId":{gap}"{one}"' for one in traces.anonymous_ids for gap in ("", " ")]
    named = _names([*traces.addresses, *ids], "excerpt") | _names(traces.addresses, "message")
    return Rejection.objects.filter(named, workspace_id=traces.workspace_id)


def _hook_calls(traces: Traces) -> Rows:
    """A service names people by their address alone."""
    named = _names(traces.addresses, "excerpt")
    return HookCall.objects.filter(
        named | _names(traces.addresses, "message"), workspace_id=traces.workspace_id
    )


def _works(traces: Traces) -> Rows:
    """What was to be done may be said by an address, and a report may name whom it left out."""
    named = _names(traces.addresses, "parameters") | _names(traces.addresses, "report")
    return Work.objects.filter(named, workspace_id=traces.workspace_id)


def import_pieces(traces: Traces) -> Rows:
    """Parts of files that name an address; only what waits and what was just done has any."""
    found = Q(pk__in=[])
    for address in traces.addresses:
        found |= Q(text__contains=_as_escaped(address))
    text = Lower(Func("content", Value("escape"), function="encode", output_field=TextField()))
    rows = Piece.objects.filter(of__workspace_id=traces.workspace_id)
    return rows.annotate(text=text).filter(found)


def _as_escaped(address: str) -> str:
    """Write it as PostgreSQL's `encode(…, 'escape')` does."""
    return "".join(chr(one) if one < 128 else f"\\{one:03o}" for one in address.encode())


def _import_rows(traces: Traces) -> Rows:
    found = _names(traces.addresses, "said") | Q(email__in=traces.addresses)
    return Row.objects.filter(found, of__workspace_id=traces.workspace_id)


def _inbox(traces: Traces) -> Rows:
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


def _waiting(traces: Traces) -> Rows:
    rows = WaitingCall.objects.filter(workspace_id=traces.workspace_id)
    return rows.filter(
        Q(user_id__in=traces.user_ids)
        | Q(anonymous_id__in=traces.anonymous_ids)
        | Q(id__in=among(traces.events))
    )


def _kept_forms(traces: Traces) -> Rows:
    found = Q(pk__in=[])
    for id_ in traces.customers:
        found |= Q(path__startswith=f"/customers/{id_}")
    return KeptForm.objects.filter(found)


def _attempts(traces: Traces) -> Rows:
    return Attempt.objects.filter(delivery__in=among([*traces.deliveries, *traces.digests]))


def _mailbox(traces: Traces) -> Rows:
    return MailboxMessage.objects.filter(
        Q(mail_id__in=among([*traces.mails, *traces.mails_of_digests]))
        | Q(recipient__in=traces.addresses),
        workspace_id=traces.workspace_id,
    )


def _told_message(message: MailboxMessage) -> dict[str, Any]:
    kept = read(message)
    return {"to": kept.to, "subject": kept.subject, "sent_at": kept.sent_at, "text": kept.text}


def _suppressions(traces: Traces) -> Rows:
    patterns = [pattern for email in traces.addresses for pattern in spellings(email)]
    return Suppression.objects.filter(workspace_id=traces.workspace_id, pattern__in=patterns)


def _decisions(traces: Traces) -> Rows:
    rows = Decision.objects.filter(workspace_id=traces.workspace_id)
    return rows.filter(
        Q(customer__in=traces.customers)
        | Q(event__in=among(traces.events))
        | Q(customer=None, occasion_id__in=among(traces.events))
    )


def _happenings(traces: Traces) -> Rows:
    about = [*traces.customers, *traces.responses, *traces.invitations]
    return Happening.objects.filter(workspace_id=traces.workspace_id, subject_id__in=among(about))


_LINKS = frozenset({"answer_token", "unsubscribe_token"})
# Who knows the key of a webhook may post to it; an envelope says by which one a call came.
_DOORS = frozenset({"token_id", "hook", "envelope"})
_WORKINGS = frozenset({
    "stream_kind", "stream_id", "attempt", "handed_over", "orphaned", "worker", "lease_until",
    "refusals", "first_refused_at", "lane", "mail_ids", "month", "changed_at", "token",
    "is_trusted", "transaction", "by", "ended_by", "accepted_by", "merged_into", "key",
})  # fmt: skip

# In the order in which they are erased: what leads to other rows after those that it leads to.
PLACES = (
    Place("kept_forms", KeptForm, _kept_forms, untold=frozenset({"sealed_fields", "owner_id"})),
    Place("calls_not_taken_up", InboxItem, _inbox, untold=_DOORS),
    Place("calls_that_wait", WaitingCall, _waiting, untold=_DOORS),
    Place("rejected_calls", Rejection, _rejections),
    Place("calls_of_webhooks", HookCall, _hook_calls, untold=_DOORS),
    Place("imported_files", Piece, import_pieces, tell=lambda piece: {"line": piece.first_line}),
    Place("imported_rows", Row, _import_rows),
    Place("long_work", Work, _works),
    Place("followup_attempts", Attempt, _attempts, untold=frozenset({"url", "headers"})),
    Place("followups", Delivery, lambda one: Delivery.objects.filter(id__in=among(one.deliveries))),
    Place(
        "digests",
        Delivery,
        lambda one: Delivery.objects.filter(id__in=among(one.digests)).exclude(words=""),
        erase=blank("words"),
    ),
    Place("mailbox", MailboxMessage, _mailbox, tell=_told_message),
    Place(
        "delivery_reports",
        DeliveryEvent,
        lambda one: DeliveryEvent.objects.filter(mail__in=among(one.mails)),
    ),
    Place("mails", Mail, lambda one: Mail.objects.filter(id__in=among(one.mails))),
    Place("link_hits", Hit, lambda one: Hit.objects.filter(invitation__in=among(one.invitations))),
    Place(
        "assignments",
        Assignment,
        lambda one: Assignment.objects.filter(response__in=among(one.responses)),
        untold=frozenset({"user"}),
    ),
    Place(
        "facts_of_answers",
        ResponseFacts,
        lambda one: ResponseFacts.objects.filter(response__in=among(one.responses)),
    ),
    Place(
        "answers",
        Response,
        lambda one: Response.objects.filter(id__in=among(one.responses)),
        erase=delete_or_make_anonymous,
    ),
    Place(
        "facts_of_surveys",
        SurveyFacts,
        lambda one: SurveyFacts.objects.filter(survey__in=among(one.surveys)),
    ),
    Place(
        "invitations",
        Invitation,
        lambda one: Invitation.objects.filter(id__in=among(one.invitations)),
        untold=_LINKS,
    ),
    Place("surveys", Survey, lambda one: Survey.objects.filter(id__in=among(one.surveys))),
    Place(
        "slack_threads",
        SlackThread,
        lambda one: SlackThread.objects.filter(customer__in=one.customers),
    ),
    Place("decisions", Decision, _decisions),
    Place("happenings", Happening, _happenings),
    Place("events", Event, lambda one: Event.objects.filter(id__in=among(one.events))),
    Place(
        "replies",
        CustomerReply,
        lambda one: CustomerReply.objects.filter(customer__in=one.customers),
    ),
    Place("at_risk", AtRisk, lambda one: AtRisk.objects.filter(customer__in=one.customers)),
    Place("changes", Change, lambda one: Change.objects.filter(customer__in=one.customers)),
    Place(
        "ids",
        Identity,
        lambda one: Identity.objects.filter(
            Q(customer__in=one.customers) | Q(email__in=one.addresses),
            workspace_id=one.workspace_id,
        ),
    ),
    Place("suppressions", Suppression, _suppressions, erase=keep_hashed),
    Place(
        "search_texts",
        SearchText,
        lambda one: SearchText.objects.filter(customer__in=one.customers),
    ),
    Place("customers", Customer, lambda one: Customer.objects.filter(id__in=one.customers)),
    Place("views", SavedView, _saying(SavedView, "text"), erase=blank("text")),
    # What servers and receivers said may name an address.
    Place("words_of_mail_servers", Pace, _saying(Pace, "words"), erase=blank("words")),
    Place("words_of_webhooks", Webhook, _saying(Webhook, "problem"), erase=blank("problem")),
    Place(
        "words_of_notifications",
        Notification,
        _saying(Notification, "problem"),
        erase=blank("problem"),
    ),
    Place(
        "words_of_autoresponders",
        Autoresponder,
        _saying(Autoresponder, "problem"),
        erase=blank("problem"),
    ),
)
UNTOLD = _WORKINGS | {"workspace", "workspace_id"}
# Of these only what was said is told, and not the rule or the pace around it.
ONLY_WORDS = {Pace: "words", Webhook: "problem", Notification: "problem", Autoresponder: "problem"}

# Models that hold nothing of a customer, and why.
APART = {
    "campaigns.Campaign": "what is asked of everybody",
    "campaigns.InAppIdentity": "a secret that customers' ids are signed with",
    "campaigns.Reminder": "of a campaign",
    "importing.Import": "a file's name, and what its columns are called",
    "customers.Company": "a company's name, which its other customers share",
    "customers.Property": "names of properties, without values",
    "customers.StaleSearchText": "a customer's key, for seconds",
    "customers.Tag": "names of tags",
    "feedback.AssignmentRule": "who of those who work here follows answers up",
    "feedback.RiskRule": "a workspace's numbers",
    "events.EventCount": "numbers of a day",
    "followups.ScoreMove": "numbers of a campaign",
    "happenings.Listening": "who listens, by rules' keys",
    "happenings.Reader": "how far somebody has read",
    "hooks.Hook": "an address of ours, and how fields are named",
    "mail.MailServer": "a workspace's way to send",
    "mail.SenderDomain": "a workspace's own domain",
    "privacy.Erasure": "numbers alone",
    "profiles.ChosenColumns": "how somebody who works here looks at the list",
    "sending.Brake": "numbers of a stream",
    "suppressions.MailDomain": "what DNS says of a domain, forgotten after 30 days",
    "survey_templates.Brand": "the workspace's look",
    "survey_templates.Logo": "pictures",
    "survey_templates.Template": "what is asked of everybody",
    "survey_templates.TemplateVersion": "what was asked of everybody",
    "workspaces.Invite": "of the people who work here, not of customers",
    "workspaces.Member": "of the people who work here",
    "workspaces.PendingMember": "of the people who work here",
    "workspaces.Token": "keys of programs",
    "workspaces.User": "the account of somebody who works here",
    "workspaces.Workspace": "the workspace",
}
