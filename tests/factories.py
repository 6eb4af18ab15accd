"""Rows for tests: each makes what it needs, with values that a reader may ignore."""

import itertools
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils import timezone

from afterword import joining  # noqa: F401  (tests run what is joined)
from afterword.campaigns.models import Campaign, Service
from afterword.core.ids import new_id
from afterword.core.sealed import seal
from afterword.customers.models import Customer, Property
from afterword.decisions.models import Decision
from afterword.events.models import Event, InboxItem
from afterword.mail.message.dkim import new_private_key, public_key
from afterword.mail.models import SenderDomain
from afterword.occasions.occasion import Kind, Occasion
from afterword.sending.models import Brake, BrakeLevel, Mail, State
from afterword.survey_templates.document import ANY, Document
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.survey_templates.models import Template
from afterword.survey_templates.versions import current_of
from afterword.surveys.invite import CAMPAIGN, REMINDER, SURVEY
from afterword.surveys.models import Invitation, Survey
from afterword.surveys.schedule import Asking, schedule
from afterword.workspaces.models import Member, Role, Scope, Token, User, Workspace
from afterword.workspaces.tokens import make_token

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def a_workspace(**fields: Any) -> Workspace:
    return Workspace.objects.create(**{"name": f"Workspace {next(_numbers)}", **fields})


def a_member(workspace: Workspace | None = None, role: Role = Role.OWNER, **fields: Any) -> Member:
    user = User.objects.create_user(f"person{next(_numbers)}@acme.test", "correct horse battery")
    return Member.objects.create(
        workspace=workspace or a_workspace(), user=user, role=role, **fields
    )


def a_token(workspace: Workspace, scope: Scope = Scope.INGEST) -> tuple[Token, str]:
    """A token and its secret."""
    return make_token(workspace, f"token {next(_numbers)}", scope)


def a_property(workspace: Workspace, name: str, type_: str = "text") -> Property:
    return Property.objects.create(workspace=workspace, name=name, type=type_)


_OF_DOCUMENT = frozenset(field.name for field in msgspec.structs.fields(Document))


def a_template(workspace: Workspace, metric: Metric = Metric.NPS, **fields: Any) -> Template:
    """A template with a logo; fields that are no columns are its document's.

    For short, `comment_prompt` and a text for `thanks` are for any score.
    """
    number = next(_numbers)
    said: dict[str, Any] = {"subject": "How was it?", "question": SCALES[metric].question}
    if prompt := fields.pop("comment_prompt", ""):
        said["follow_up"] = {ANY: prompt}
    if isinstance(fields.get("thanks"), str):
        fields["thanks"] = {ANY: {"text": fields["thanks"]}}
    said.update({name: fields.pop(name) for name in _OF_DOCUMENT & fields.keys()})
    return Template.objects.create(
        **{
            "workspace": workspace,
            "key": f"template-{number}",
            "name": f"Template {number}",
            "metric": metric,
            "logo_url": "https://acme.test/logo.png",
            "document": {name: value for name, value in said.items() if value},
            **fields,
        }
    )


def a_campaign(
    workspace: Workspace | None = None, metric: Metric = Metric.NPS, **fields: Any
) -> Campaign:
    """An active campaign that surveys everyone at once after `Order Completed`."""
    workspace = workspace or a_workspace()
    number = next(_numbers)
    return Campaign.objects.create(
        **{
            "workspace": workspace,
            "key": f"campaign-{number}",
            "name": f"Campaign {number}",
            "metric": metric,
            "template": fields.pop("template", None) or a_template(workspace, metric),
            "service": Service.SEGMENT,
            "events": ["Order Completed"],
            "activated_at": NOW,
            **fields,
        }
    )


def a_customer(workspace: Workspace, **fields: Any) -> Customer:
    return Customer.objects.create(
        **{
            "workspace": workspace,
            "email": f"customer{next(_numbers)}@example.com",
            "source": "Segment",
            **fields,
        }
    )


_OF_SURVEY = frozenset({
    "metric", "event", "occasion_kind", "occasion_id", "answered_at", "unsubscribed_at",
})  # fmt: skip
_OF_INVITATION = frozenset({
    "answer_token", "unsubscribe_token", "shown_at", "opened_at", "machine_opened_at",
    "clicked_at", "answered_at", "unsubscribed_at",
})  # fmt: skip


def a_survey(campaign: Campaign | None = None, **fields: Any) -> Invitation:
    """A survey that is due now: its first invitation, with `survey` and `mail`.

    Fields are of whichever of the three has them.
    """
    campaign = campaign or a_campaign()
    customer = fields.pop("customer", None) or a_customer(campaign.workspace)
    email = fields.pop("email", customer.address)
    id_, created_at = fields.pop("id", None) or new_id(), fields.pop("created_at", NOW)
    template = fields.pop("template", campaign.template)
    survey = Survey.objects.create(
        id=id_,
        workspace=campaign.workspace,
        campaign=campaign,
        template=template,
        customer=customer,
        email=email,
        created_at=created_at,
        asked_at=fields.get("sent_at"),
        **{"metric": campaign.metric, **_taken(fields, _OF_SURVEY)},
    )
    return _invited(survey, id_, template, created_at, fields)


def a_reminder_of(first: Invitation, **fields: Any) -> Invitation:
    """A second invitation of the same survey, that is due now."""
    id_, created_at = fields.pop("id", None) or new_id(), fields.pop("created_at", NOW)
    template = fields.pop("template", first.template)
    return _invited(first.survey, id_, template, created_at, fields)


def _invited(
    survey: Survey, id_: UUID, template: Template, created_at: datetime, fields: dict[str, Any]
) -> Invitation:
    invitation = Invitation.objects.create(
        id=id_,
        workspace=survey.workspace,
        survey=survey,
        template=template,
        created_at=created_at,
        reminder=fields.pop("reminder", None),
        version=current_of(template, NOW) if fields.get("sent_at") else None,
        **_taken(fields, _OF_INVITATION),
    )
    of_mail = {name: value for name, value in fields.items() if name not in _OF_SURVEY}
    invitation.mail = Mail.objects.create(
        **{
            "id": id_,
            "workspace": survey.workspace,
            "kind": SURVEY if id_ == survey.id else REMINDER,
            "about": str(survey.id),
            "stream_kind": CAMPAIGN,
            "stream_id": survey.campaign_id,
            "customer": survey.customer,
            "recipient": survey.email,
            "created_at": created_at,
            "due_at": NOW,
            **{name: value for name, value in of_mail.items() if name not in _OF_INVITATION},
        }
    )
    return invitation


def _taken(fields: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: fields[name] for name in names & fields.keys()}


def reload(invitation: Invitation) -> Invitation:
    """Read an invitation anew, with its survey and its mail."""
    rows = Invitation.objects.select_related(
        "mail", "survey__campaign", "survey__customer", "template"
    )
    return rows.get(id=invitation.id)


def mail_of(invitation: Invitation) -> Mail:
    """Read the mail of an invitation anew."""
    return Mail.objects.get(id=invitation.id)


def surveys_of(
    campaign: Campaign, customers: Sequence[Customer], due: Callable[[int], datetime]
) -> list[UUID]:
    """Schedule a survey of each of many customers; return the surveys' keys.

    `due` says of each place in the list when.
    """
    askings = [
        Asking(
            id=new_id(),
            campaign=campaign,
            customer_id=customer.id,
            email=customer.address,
            occasion=Occasion(Kind.CALL, new_id(), "", NOW, NOW),
            due_at=due(place),
            facts={},
        )
        for place, customer in enumerate(customers)
    ]
    schedule(campaign.workspace_id, askings, timezone.now())
    return [asking.id for asking in askings]


def a_sent_survey(campaign: Campaign | None = None, **fields: Any) -> Invitation:
    return a_survey(campaign, **{**SENT, **fields})


def a_sent_reminder_of(first: Invitation, **fields: Any) -> Invitation:
    return a_reminder_of(first, **{**SENT, **fields})


SENT: dict[str, Any] = {"state": State.SENT, "sent_at": NOW, "attempt": 1, "handed_over": 1}


def a_brake(campaign: Campaign, level: BrakeLevel = BrakeLevel.PAUSED, **fields: Any) -> Brake:
    """What pauses a campaign's mails."""
    return Brake.objects.create(
        **{
            "workspace": campaign.workspace,
            "stream_id": campaign.id,
            "stream_kind": CAMPAIGN,
            "level": level,
            "at": NOW,
            "mails": 1000,
            "bounces": 40,
            "complaints": 0,
            **fields,
        }
    )


def many_like(first: Invitation, count: int) -> None:
    """Make so many copies of a survey within the database, each to a customer of its own.

    They are told by their addresses, which begin with "copy".
    """
    with connection.cursor() as cursor:
        cursor.execute(_COPIES, [first.survey.customer_id, count, *[first.id] * 3])


_COPIES = """
    WITH customer AS (
        INSERT INTO customers_customer
        SELECT made.*
        FROM (SELECT * FROM customers_customer WHERE id = %s) AS one
        CROSS JOIN generate_series(1, %s) AS n
        CROSS JOIN LATERAL jsonb_populate_record(
            NULL::customers_customer,
            to_jsonb(one) || jsonb_build_object(
                'id', gen_random_uuid(), 'email', 'copy' || n || '@example.com'
            )
        ) AS made
        RETURNING id, email
    ), copy AS (SELECT gen_random_uuid() AS id, id AS customer_id, email FROM customer
    ), survey AS (
        INSERT INTO surveys_survey
        SELECT made.*
        FROM (SELECT * FROM surveys_survey WHERE id = %s) AS one
        CROSS JOIN copy
        CROSS JOIN LATERAL jsonb_populate_record(
            NULL::surveys_survey,
            to_jsonb(one) || jsonb_build_object(
                'id', copy.id, 'customer_id', copy.customer_id, 'email', copy.email,
                'occasion_id', copy.id
            )
        ) AS made
    ), invitation AS (
        INSERT INTO surveys_invitation
        SELECT made.*
        FROM (SELECT * FROM surveys_invitation WHERE id = %s) AS one
        CROSS JOIN copy
        CROSS JOIN LATERAL jsonb_populate_record(
            NULL::surveys_invitation,
            to_jsonb(one) || jsonb_build_object(
                'id', copy.id, 'survey_id', copy.id,
                'answer_token', md5(copy.id::text), 'unsubscribe_token', md5(copy.email)
            )
        ) AS made
    )
    INSERT INTO sending_mail
    SELECT made.*
    FROM (SELECT * FROM sending_mail WHERE id = %s) AS one
    CROSS JOIN copy
    CROSS JOIN LATERAL jsonb_populate_record(
        NULL::sending_mail,
        to_jsonb(one) || jsonb_build_object(
            'id', copy.id, 'about', copy.id, 'customer_id', copy.customer_id,
            'recipient', copy.email
        )
    ) AS made
"""


def an_event(workspace: Workspace, **fields: Any) -> Event:
    """An event in the log, of nobody that is known."""
    received_at = fields.get("received_at", NOW)
    return Event.objects.create(
        **{
            "workspace": workspace,
            "message_id": f"message-{next(_numbers)}",
            "name": "Order Completed",
            "is_trusted": True,
            "occurred_at": received_at,
            "received_at": received_at,
            "month": received_at.date().replace(day=1),
            **fields,
        }
    )


def a_decision(
    event: Event, reason: str, campaign: Campaign | None = None, **fields: Any
) -> Decision:
    return Decision.objects.create(
        **{
            "workspace": event.workspace,
            "occasion_kind": Kind.EVENT,
            "occasion_id": event.id,
            "month": event.month,
            "event": event,
            "campaign": campaign or a_campaign(event.workspace),
            "customer": event.customer,
            "reason": reason,
            "decided_at": event.received_at,
            **fields,
        }
    )


def a_track(
    workspace: Workspace,
    email: str | None = "ann@example.com",
    event: str = "Order Completed",
    *,
    is_trusted: bool = True,
    received_at: datetime = NOW,
    occurred_at: datetime | None = None,
    message_id: str | None = None,
    properties: dict[str, Any] | None = None,
    **call: Any,
) -> InboxItem:
    """A `track` call that waits in the inbox."""
    sent = {**({"email": email} if email is not None else {}), **(properties or {})}
    body = {
        "type": "track",
        "event": event,
        "messageId": message_id or f"message-{next(_numbers)}",
        "timestamp": (occurred_at or received_at).isoformat(),
        "properties": sent,
        **call,
    }
    return _in_inbox(workspace, body, is_trusted, received_at)


def an_identify(
    workspace: Workspace,
    email: str | None,
    *,
    is_trusted: bool = True,
    received_at: datetime = NOW - timedelta(hours=1),
    traits: dict[str, Any] | None = None,
    **ids: str,
) -> InboxItem:
    body = {
        "type": "identify",
        "messageId": f"message-{next(_numbers)}",
        "timestamp": received_at.isoformat(),
        "traits": {**({"email": email} if email is not None else {}), **(traits or {})},
        **ids,
    }
    return _in_inbox(workspace, body, is_trusted, received_at)


def an_alias(
    workspace: Workspace,
    previous_id: str,
    user_id: str,
    *,
    is_trusted: bool = True,
    received_at: datetime = NOW - timedelta(minutes=30),
) -> InboxItem:
    body = {
        "type": "alias",
        "messageId": f"message-{next(_numbers)}",
        "timestamp": received_at.isoformat(),
        "previousId": previous_id,
        "userId": user_id,
    }
    return _in_inbox(workspace, body, is_trusted, received_at)


def _in_inbox(
    workspace: Workspace, body: dict[str, Any], is_trusted: bool, received_at: datetime
) -> InboxItem:
    token = workspace.tokens.first()
    return InboxItem.objects.create(
        workspace_id=workspace.id,
        token_id=token.id if token else _token(workspace).id,
        is_trusted=is_trusted,
        received_at=received_at,
        body=json.dumps(body),
        envelope="",
    )


def _token(workspace: Workspace) -> Token:
    return a_token(workspace)[0]


@cache
def a_private_key() -> str:
    """The same one each time: a key takes a while to make."""
    return new_private_key()


@cache
def _keys() -> dict[str, str]:
    """Its columns, which are the same each time too: to read a key takes longer than to use it."""
    private = a_private_key()
    return {"sealed_private_key": seal(private), "public_key": public_key(private)}


def a_sender_domain(workspace: Workspace, name: str = "acme.com", **fields: Any) -> SenderDomain:
    """A domain whose key DNS has."""
    return SenderDomain.objects.create(
        **{
            "workspace": workspace,
            "name": name,
            "selector": "afterword-1a2b3c",
            **_keys(),
            "checked_at": NOW,
            "verified_at": NOW,
            **fields,
        }
    )
