"""A database of the release before, with rows in it, becomes one of this release."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL

from afterword.core.ids import new_id
from afterword.decisions.models import Decision
from afterword.events.models import InboxItem
from afterword.feedback.answering.answer import record_answer
from afterword.feedback.models import Response
from afterword.flow import drain_inbox
from afterword.sending.models import Brake, DeliveryEvent, Mail, State
from afterword.surveys.models import Invitation, Survey
from tests.factories import NOW

# As `surveys` was when a survey was its own mail.
BEFORE = [
    ("campaigns", "0003_templates_moved"),
    ("feedback", "0003_earlier_answers"),
    ("mail", "0003_next_keys"),
    ("surveys", "0007_waiting_for_address"),
]
TAKE = """
    INSERT INTO events_inboxitem
        (workspace_id, token_id, is_trusted, received_at, body, envelope)
    VALUES (%s, %s, true, %s, %s, '')
"""


@pytest.fixture
def database(django_db_blocker: Any, transactional_db: None) -> Iterator[DatabaseWrapper]:
    """An empty database, which is the default one for as long as the test runs."""
    name = f"upgrade_{uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    kept = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        yield connections["default"]
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = kept
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_an_index_that_was_interrupted_is_made_anew() -> None:
    """One that is made while rows come in is left behind, of no use, by whoever is stopped."""
    for name, migration in MigrationLoader(None).disk_migrations.items():
        before: Any = None
        for operation in migration.operations:
            if isinstance(operation, AddIndexConcurrently):
                drop = f"DROP INDEX CONCURRENTLY IF EXISTS {operation.index.name}"
                assert isinstance(before, RunSQL), name
                assert before.sql == drop, name
            before = operation


def a_row(apps: Any, label: str, **fields: Any) -> Any:
    return apps.get_model(label).objects.create(**fields)


class Before(NamedTuple):
    """What there was in the release before."""

    workspace: Any
    campaign: Any
    reminder: Any
    first: Any  # a survey that was sent,
    again: Any  # its reminder, which was a survey of its own,
    waiting: Any  # and one that waits


class Incoming(threading.Thread):
    """Events that the fast path goes on to take, one after another, as it did in each release."""

    def __init__(self, workspace_id: UUID, token_id: UUID) -> None:
        super().__init__()
        self._owners = [workspace_id, token_id]
        self._enough = threading.Event()
        self.has_begun = threading.Event()
        self.taken = 0

    def run(self) -> None:
        with closing(connections["default"]):
            while not self._enough.wait(0.1):
                call = {
                    "type": "track",
                    "event": "Order Completed",
                    "messageId": f"message-{self.taken}",
                    "properties": {"email": f"{self.taken}@example.com"},
                }
                with connection.cursor() as cursor:
                    cursor.execute(TAKE, [*self._owners, NOW, json.dumps(call)])
                self.taken += 1
                self.has_begun.set()

    def end(self) -> None:
        self._enough.set()
        self.join()


def everything_before(old: Any) -> Before:
    workspace = a_row(old, "workspaces.Workspace", name="Acme")
    asking = {"metric": "nps", "subject": "How was it?", "question": "How likely?"}
    template = a_row(
        old, "survey_templates.Template", workspace=workspace, key="t", name="T", **asking
    )
    own = {"workspace": workspace, "metric": "nps", "template": template}
    active = {**own, "service": "segment", "activated_at": NOW}
    a_row(old, "campaigns.Campaign", key="l", name="Listens", events=["Order Completed"], **active)
    campaign = a_row(old, "campaigns.Campaign", key="c", name="C", paused_at=NOW, **active)
    when = {"position": 1, "when": "not_answered", "after_days": 3, "template": template}
    reminder = a_row(old, "campaigns.Reminder", campaign=campaign, **when)
    person = {"email": "ann@example.com", "source": "Segment"}
    customer = a_row(old, "customers.Customer", workspace=workspace, **person)
    asked = {**own, "campaign": campaign, "customer": customer, "email": "ann@example.com"}

    def a_survey(number: int, **fields: Any) -> Any:
        tokens = {"answer_token": f"answer{number}", "unsubscribe_token": f"leave{number}"}
        times = {"created_at": NOW, "due_at": NOW}
        return a_row(old, "surveys.Survey", id=new_id(), **asked, **tokens, **times, **fields)

    sent = {"state": "sent", "sent_at": NOW, "attempt": 1, "handed_over": 1, "subject": "How?"}
    first = a_survey(1, **sent, delivered_at=NOW)
    again = a_survey(2, **sent, reminds=first, reminder=reminder, sent_by="reminder", opened_at=NOW)
    return Before(workspace, campaign, reminder, first, again, a_survey(3, state="queued"))


def what_was_told_before(old: Any, before: Before) -> None:
    workspace, again = before.workspace, before.again
    report = {"at": NOW, "received_at": NOW, "source": "webhook", "key": "k", "words": ""}
    a_row(old, "surveys.DeliveryEvent", workspace=workspace, survey=again, kind="opened", **report)
    hit = {"at": NOW, "kind": "page", "method": "GET", "score": 9}
    a_row(old, "feedback.Hit", workspace=workspace, survey=again, **hit)
    a_row(
        old,
        "surveys.Brake",
        workspace=workspace,
        campaign=before.campaign,
        level="paused",
        at=NOW,
        mails=1000,
        bounces=40,
        complaints=0,
    )


@pytest.mark.timeout(300)
def test_a_database_of_the_release_before_becomes_one_of_this_while_events_come_in(
    database: DatabaseWrapper,
) -> None:
    """Its workers were stopped; what it asked can be answered, and what comes in is decided."""
    executor = MigrationExecutor(database)
    executor.migrate(BEFORE)
    old = executor.loader.project_state(BEFORE).apps
    before = everything_before(old)
    what_was_told_before(old, before)
    token = a_row(
        old, "workspaces.Token", workspace=before.workspace, name="t", scope="ingest", hash=b"t"
    )
    incoming = Incoming(before.workspace.id, token.id)
    incoming.start()
    try:
        assert incoming.has_begun.wait(20)
        executor = MigrationExecutor(database)
        executor.migrate(MigrationLoader(database).graph.leaf_nodes())
    finally:
        incoming.end()

    surveys_and_reminders_became_mails_and_invitations(before)
    assert InboxItem.objects.count() == incoming.taken > 1
    while not drain_inbox(before.workspace.id, lambda: None):
        pass  # its turn was over, as it is on a busy machine
    assert Decision.objects.count() == incoming.taken
    for answer_token in ("answer1", "answer2", "answer3"):
        invitation = Invitation.objects.get(answer_token=answer_token)
        record_answer(invitation, 9, "Good", NOW + timedelta(days=1), submitted=True)
    asked = {before.first.id, before.waiting.id}
    assert set(Response.objects.values_list("survey_id", flat=True)) == asked


def surveys_and_reminders_became_mails_and_invitations(before: Before) -> None:
    first, again, waiting = before.first, before.again, before.waiting
    mails = dict(Mail.objects.values_list("id", "kind"))
    assert mails == {first.id: "survey", again.id: "reminder", waiting.id: "survey"}
    assert Mail.objects.get(id=waiting.id).state == State.QUEUED
    assert {survey.id for survey in Survey.objects.all()} == {first.id, waiting.id}
    assert Survey.objects.get(id=first.id).asked_at == NOW
    assert Brake.objects.get().stream_id == before.campaign.id
    assert DeliveryEvent.objects.get().mail_id == again.id
    invitation = Invitation.objects.get(answer_token="answer2")
    assert (invitation.survey_id, invitation.reminder_id) == (first.id, before.reminder.id)
    assert (invitation.opened_at, invitation.hits.count()) == (NOW, 1)
