"""Every place where something of a person is kept: what is erased, and what is exported.

There is one list, so that neither forgets a place. A model that is in neither this list nor
`APART` fails a test: whoever adds one decides here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q

from afterword.core.among import among
from afterword.customers.importing.models import Piece, Row
from afterword.customers.models import Change, Customer, Identity, SearchText
from afterword.decisions.models import Decision
from afterword.events.models import Event, InboxItem, Rejection, WaitingCall
from afterword.feedback.models import Assignment, CustomerReply, Hit, Response, ResponseFacts
from afterword.feedback.risk.models import AtRisk
from afterword.followups.models import (
    Attempt,
    Autoresponder,
    Delivery,
    Notification,
    SlackThread,
    Told,
    Webhook,
    YouSaid,
)
from afterword.happenings.models import Happening
from afterword.hooks.models import HookCall
from afterword.long_work.models import Work
from afterword.mail.mailbox.kept import read
from afterword.mail.models import MailboxMessage, Pace
from afterword.privacy.finding import (
    Rows,
    attempts,
    decisions,
    deleted_customers,
    happenings,
    hook_calls,
    import_pieces,
    import_rows,
    inbox,
    kept_forms,
    mailbox,
    rejections,
    saying,
    suppressions,
    waiting,
    works,
    you_saids,
)
from afterword.privacy.removal import (
    Wish,
    ask_of_nobody,
    blank,
    delete,
    delete_or_make_anonymous,
    keep_hashed,
)
from afterword.privacy.traces import Traces
from afterword.profiles.models import DeletedCustomer, SavedView
from afterword.sending.models import DeliveryEvent, Mail
from afterword.suppressions.models import Suppression
from afterword.surveys.models import Invitation, Survey, SurveyFacts
from afterword.web.models import KeptForm


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


def _told_message(message: MailboxMessage) -> dict[str, Any]:
    kept = read(message)
    return {"to": kept.to, "subject": kept.subject, "sent_at": kept.sent_at, "text": kept.text}


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
    Place("kept_forms", KeptForm, kept_forms, untold=frozenset({"sealed_fields", "owner_id"})),
    Place("calls_not_taken_up", InboxItem, inbox, untold=_DOORS),
    Place("calls_that_wait", WaitingCall, waiting, untold=_DOORS),
    Place("rejected_calls", Rejection, rejections),
    Place("calls_of_webhooks", HookCall, hook_calls, untold=_DOORS),
    Place("imported_files", Piece, import_pieces, tell=lambda piece: {"line": piece.first_line}),
    Place("imported_rows", Row, import_rows),
    Place("long_work", Work, works),
    Place("followup_attempts", Attempt, attempts, untold=frozenset({"url", "headers"})),
    Place("followups", Delivery, lambda one: Delivery.objects.filter(id__in=among(one.deliveries))),
    Place(
        "digests",
        Delivery,
        lambda one: Delivery.objects.filter(id__in=among(one.digests)).exclude(words=""),
        erase=blank("words"),
    ),
    Place("mailbox", MailboxMessage, mailbox, tell=_told_message),
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
        "told_what_we_did",
        Told,
        lambda one: Told.objects.filter(
            Q(customer__in=one.customers) | Q(response__in=among(one.responses))
        ),
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
    Place("decisions", Decision, decisions),
    Place("happenings", Happening, happenings),
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
    Place("suppressions", Suppression, suppressions, erase=keep_hashed),
    Place(
        "search_texts",
        SearchText,
        lambda one: SearchText.objects.filter(customer__in=one.customers),
    ),
    Place("customers", Customer, lambda one: Customer.objects.filter(id__in=one.customers)),
    Place("deleted_customers", DeletedCustomer, deleted_customers),
    Place("filters_of_you_said", YouSaid, you_saids, erase=ask_of_nobody),
    Place("views", SavedView, saying(SavedView, "text"), erase=blank("text")),
    # What servers and receivers said may name an address.
    Place("words_of_mail_servers", Pace, saying(Pace, "words"), erase=blank("words")),
    Place("words_of_webhooks", Webhook, saying(Webhook, "problem"), erase=blank("problem")),
    Place(
        "words_of_notifications",
        Notification,
        saying(Notification, "problem"),
        erase=blank("problem"),
    ),
    Place(
        "words_of_autoresponders",
        Autoresponder,
        saying(Autoresponder, "problem"),
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
    "insights.CompaniesCounted": "when companies were counted",
    "insights.CompanyTally": "numbers of a company",
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
    "workspaces.AddressChange": "of the people who work here",
    "workspaces.Invite": "of the people who work here, not of customers",
    "workspaces.Member": "of the people who work here",
    "workspaces.PendingMember": "of the people who work here",
    "workspaces.Token": "keys of programs",
    "workspaces.User": "the account of somebody who works here",
    "workspaces.Workspace": "the workspace",
}
