"""Somebody of whom there is something in every place, and a neighbour of whom there is as much."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from afterword.core.ids import new_id
from afterword.customers.importing.models import Import, Piece, Row
from afterword.customers.models import Change, Customer, Identity
from afterword.customers.search_texts import write_search_texts
from afterword.events.models import Rejection, WaitingCall
from afterword.feedback.answering.answer import record_answer
from afterword.feedback.models import Assignment, AtRisk, CustomerReply, Hit, HitKind, ResponseFacts
from afterword.followups.models import (
    Attempt,
    Delivery,
    Notification,
    State,
    Told,
    Webhook,
    YouSaid,
)
from afterword.followups.notifications.models import SlackThread
from afterword.happenings.models import Happening, HappeningKind, Listening
from afterword.hooks.models import Hook, HookCall
from afterword.hooks.models import Outcome as HookOutcome
from afterword.long_work.models import Work
from afterword.mail.models import MailboxMessage, Pace
from afterword.profiles.models import DeletedCustomer, SavedView
from afterword.sending.models import DeliveryEvent, Mail
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.surveys.models import Invitation, SurveyFacts
from afterword.web.models import KeptForm
from afterword.workspaces.models import Workspace
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_decision,
    a_sent_reminder_of,
    a_sent_survey,
    a_survey,
    a_token,
    a_track,
    an_event,
)

EMAIL = "Zacharias.Quux@example.com".lower()
NAME = "Zacharias Quux"
USER_ID = "user-zq-17"
COMMENT = "The plinth arrived upside down."
SAYS = (EMAIL, "Zacharias", "Quux", USER_ID, "plinth")


def a_person(workspace: Workspace) -> Customer:
    """Fill every place with something of theirs."""
    first, last = NAME.split()
    customer = a_customer(
        workspace, email=EMAIL, first_name=first, last_name=last, properties={"ref": NAME}
    )
    merged = a_customer(workspace, email=None, first_name=first, merged_into=customer)
    Identity.objects.create(
        workspace=workspace, kind="user", external_id=USER_ID, is_trusted=True,
        customer=customer, said_at=NOW,
    )  # fmt: skip
    Identity.objects.create(
        workspace=workspace, kind="anonymous", external_id="visitor-zq", is_trusted=False,
        email=EMAIL, said_at=NOW,
    )  # fmt: skip
    Change.objects.create(customer=customer, workspace=workspace, at=NOW, fields=["email"])
    campaign = a_campaign(workspace)
    event = an_event(
        workspace, customer=customer, email=EMAIL, user_id=USER_ID, properties={"ref": NAME}
    )
    an_event(workspace, customer=merged)
    an_event(workspace, user_id=USER_ID, properties={"ref": NAME})  # before anybody knew whose
    a_decision(event, "asked", campaign, detail={"email": EMAIL})
    survey = a_sent_survey(
        campaign, customer=customer, event=event, server_reply=f"250 ok <{EMAIL}>"
    )
    SurveyFacts.objects.create(survey=survey.survey, facts={"first_name": first})
    a_sent_reminder_of(survey)
    a_survey(campaign, customer=customer)
    Listening.objects.create(workspace=workspace, kind=HappeningKind.FEEDBACK_NEW, by="webhook")
    record_answer(survey, 3, COMMENT, NOW, submitted=True)
    AtRisk.objects.create(
        customer=customer, workspace=workspace, since=NOW, reason="worst", metric="nps", score=3,
        judged_at=NOW,
    )  # fmt: skip
    _beside(workspace, customer, survey)
    _followed(workspace, survey)
    _waits(workspace)
    write_search_texts()
    return customer


def _beside(workspace: Workspace, customer: Customer, survey: Invitation) -> None:
    Hit.objects.create(
        workspace=workspace, invitation=survey, at=NOW, kind=HitKind.PAGE, method="GET",
        agent=f"Browser of {NAME}",
    )  # fmt: skip
    DeliveryEvent.objects.create(
        workspace=workspace, mail_id=survey.id, kind="delayed", at=NOW, received_at=NOW,
        source="report", words=f"450 <{EMAIL}> is busy", key="1",
    )  # fmt: skip
    MailboxMessage.objects.create(
        mail_id=survey.id, workspace=workspace, recipient=EMAIL, subject=f"Hello {NAME}",
        content=f"To: {EMAIL}\r\nSubject: Hello\r\n\r\n{COMMENT}".encode(), sent_at=NOW,
    )  # fmt: skip
    Pace.objects.create(server="mx", domain="", words=f"421 {EMAIL} later", changed_at=NOW)
    KeptForm.objects.create(
        owner_id=new_id(), path=f"/customers/{customer.id}/edit", sealed_fields=NAME
    )
    hook = Hook.objects.create(workspace=workspace, name="Orders")
    HookCall.objects.create(
        workspace=workspace, hook=hook, received_at=NOW, outcome=HookOutcome.TAKEN,
        excerpt=f'{{"email": "{EMAIL}", "name": "{NAME}"}}',
    )  # fmt: skip
    work = Work.objects.create(
        workspace=workspace, kind="bulk", created_at=NOW, ended_at=NOW,
        parameters={"text": EMAIL}, report={"left out": NAME},
    )  # fmt: skip
    file = Import.objects.create(
        workspace=workspace, name="a.csv", size=1, lines=2, encoding="utf-8", separator=",",
        created_at=NOW, work=work,
    )  # fmt: skip
    row = f"{EMAIL.upper()},{NAME}"
    Piece.objects.create(of=file, first_line=1, content=row.encode())
    Row.objects.create(of=file, line=2, email="", said=row, reason="It is not an address.")
    SavedView.objects.create(workspace=workspace, name="One", text=EMAIL)
    DeletedCustomer.objects.create(
        workspace=workspace, customer_key=new_id(), at=NOW, links={},
        rows={"customers_customer": [{"email": EMAIL, "first_name": NAME}]},
    )  # fmt: skip
    for reason in (SuppressionReason.UNSUBSCRIBED, SuppressionReason.LISTED):
        suppress(workspace.id, EMAIL, reason, how="link", now=NOW, note=f"{NAME} said so")


def _followed(workspace: Workspace, survey: Invitation) -> None:
    response = survey.survey.response
    webhook = Webhook.objects.create(
        workspace=workspace, events=["feedback"], url="https://hook.test/", sealed_secret="x",
        body="{}", problem=f"It said: {EMAIL} is unknown",
    )  # fmt: skip
    rule = Notification.objects.create(
        workspace=workspace, events=["feedback"], problem=f"Nobody named {EMAIL}"
    )
    assert response.customer
    CustomerReply.objects.create(
        workspace=workspace, customer=response.customer, key="1", text=COMMENT, received_at=NOW
    )
    Assignment.objects.create(
        response=response, workspace=workspace, assigned_at=NOW, due_at=NOW, note=f"Called {NAME}"
    )
    you_said = YouSaid.objects.create(
        workspace=workspace, subject="We did it", body="Thanks", created_at=NOW, begun_at=NOW,
        query=urlencode({"field": "properties.contact", "value": EMAIL}),
    )  # fmt: skip
    Told.objects.create(
        workspace=workspace, you_said=you_said, customer=response.customer, response=response,
        metric=response.metric, became="mailed", at=NOW,
    )  # fmt: skip
    SlackThread.objects.create(
        workspace=workspace, channel=NAME, customer=response.customer, ts="1.2"
    )
    told = {"workspace": workspace, "kind": "feedback.new", "happened_at": NOW, "due_at": NOW,
            "created_at": NOW, "subject_id": response.id}  # fmt: skip
    posted = Delivery.objects.create(
        **told, webhook=webhook, happening_id=1, words=f"{NAME} was refused", state=State.FAILED
    )
    digest = Delivery.objects.create(
        **{**told, "subject_id": None, "kind": "digest"}, notification=rule, words=COMMENT
    )
    staff = Mail.objects.create(
        workspace=workspace, kind="notification", about=str(digest.id), stream_kind="notification",
        stream_id=rule.id, recipient="boss@acme.test", subject=f"NPS 3 from {NAME}",
        created_at=NOW, due_at=NOW, state="sent", sent_at=NOW,
    )  # fmt: skip
    part = Delivery.objects.create(
        **told, notification=rule, happening_id=2, digest=digest, mail_ids=[staff.id]
    )
    for delivery in (posted, digest, part):
        Attempt.objects.create(
            delivery=delivery, number=1, at=NOW, milliseconds=3, url="https://hook.test/",
            body=json.dumps({"comment": COMMENT, "email": EMAIL}), answer=f"Thanks, {NAME}",
        )  # fmt: skip
    Happening.objects.create(
        workspace=workspace, kind=HappeningKind.FEEDBACK_NEW, subject_id=response.id, at=NOW
    )
    ResponseFacts.objects.update_or_create(
        response=response, defaults={"facts": {"first_name": NAME}}
    )


def _waits(workspace: Workspace) -> None:
    """What applications sent and nobody has taken up."""
    a_track(workspace, EMAIL.upper(), properties={"ref": NAME})
    token, _ = a_token(workspace)
    WaitingCall.objects.create(
        id=new_id(), workspace_id=workspace.id, user_id=USER_ID, anonymous_id="",
        token_id=token.id, is_trusted=True, received_at=NOW, body=f'{{"name": "{NAME}"}}',
        envelope="", until=timezone.now() + timedelta(minutes=5),
    )  # fmt: skip
    Rejection.objects.create(
        workspace=workspace, received_at=NOW, code="invalid", message="No name",
        excerpt=f'{{"userId": "{USER_ID}", "name": "{NAME}"',
    )  # fmt: skip


def a_neighbour(workspace: Workspace) -> Customer:
    """Somebody else, whose rows stay."""
    customer = a_customer(workspace, email="bob@example.com", first_name="Bob")
    campaign = a_campaign(workspace)
    event = an_event(workspace, customer=customer, email=customer.address, user_id="bob")
    a_decision(event, "asked", campaign)
    survey = a_sent_survey(campaign, customer=customer, event=event)
    record_answer(survey, 9, "Neat", NOW, submitted=True)
    a_track(workspace, customer.address, properties={"answer": f"as {USER_ID} said"})
    HookCall.objects.create(
        workspace=workspace, hook=Hook.objects.create(workspace=workspace, name="Theirs"),
        received_at=NOW, outcome=HookOutcome.TAKEN,
        excerpt=f'{{"email": "jo{EMAIL}", "order": "{USER_ID}"}}',
    )  # fmt: skip
    suppress(workspace.id, customer.address, SuppressionReason.UNSUBSCRIBED, how="link", now=NOW)
    write_search_texts()
    return customer


def rows_of(*models: Any) -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in models}
