"""A database of the release before, with rows in it, becomes one of this release."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL

from afterword.core.ids import new_id
from afterword.feedback.answering.answer import record_answer
from afterword.feedback.models import Response
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


def test_surveys_and_reminders_become_mails_and_invitations(database: DatabaseWrapper) -> None:
    executor = MigrationExecutor(database)
    executor.migrate(BEFORE)
    old = executor.loader.project_state(BEFORE).apps
    workspace = a_row(old, "workspaces.Workspace", name="Acme")
    customer = a_row(
        old, "customers.Customer", workspace=workspace, email="ann@example.com", source="Segment"
    )
    template = a_row(
        old,
        "survey_templates.Template",
        workspace=workspace,
        key="t",
        name="T",
        metric="nps",
        subject="How was it?",
        question="How likely?",
    )
    campaign = a_row(
        old,
        "campaigns.Campaign",
        workspace=workspace,
        key="c",
        name="C",
        metric="nps",
        template=template,
        service="segment",
        activated_at=NOW,
        paused_at=NOW,
    )
    reminder = a_row(
        old,
        "campaigns.Reminder",
        campaign=campaign,
        position=1,
        when="not_answered",
        after_days=3,
        template=template,
    )
    common = {
        "workspace": workspace,
        "campaign": campaign,
        "template": template,
        "customer": customer,
        "email": "ann@example.com",
        "metric": "nps",
        "created_at": NOW,
        "due_at": NOW,
    }

    def a_survey(number: int, **fields: Any) -> Any:
        tokens = {"answer_token": f"answer{number}", "unsubscribe_token": f"leave{number}"}
        return a_row(old, "surveys.Survey", id=new_id(), **common, **tokens, **fields)

    sent = {"state": "sent", "sent_at": NOW, "attempt": 1, "handed_over": 1, "subject": "How?"}
    first = a_survey(1, **sent, delivered_at=NOW)
    again = a_survey(2, **sent, reminds=first, reminder=reminder, sent_by="reminder", opened_at=NOW)
    waiting = a_survey(3, state="queued")
    report = {"at": NOW, "received_at": NOW, "source": "webhook", "key": "k", "words": ""}
    a_row(
        old,
        "surveys.DeliveryEvent",
        workspace=workspace,
        survey=again,
        kind="opened",
        **report,
    )
    hit = {"at": NOW, "kind": "page", "method": "GET", "score": 9}
    a_row(old, "feedback.Hit", workspace=workspace, survey=again, **hit)
    a_row(
        old,
        "surveys.Brake",
        workspace=workspace,
        campaign=campaign,
        level="paused",
        at=NOW,
        mails=1000,
        bounces=40,
        complaints=0,
    )

    executor = MigrationExecutor(database)
    executor.migrate(MigrationLoader(database).graph.leaf_nodes())

    mails = dict(Mail.objects.values_list("id", "kind"))
    assert mails == {first.id: "survey", again.id: "reminder", waiting.id: "survey"}
    assert Mail.objects.get(id=waiting.id).state == State.QUEUED
    assert {survey.id for survey in Survey.objects.all()} == {first.id, waiting.id}
    assert Survey.objects.get(id=first.id).asked_at == NOW
    assert Brake.objects.get().stream_id == campaign.id
    assert DeliveryEvent.objects.get().mail_id == again.id
    invitation = Invitation.objects.get(answer_token="answer2")
    assert (invitation.survey_id, invitation.reminder_id) == (first.id, reminder.id)
    assert (invitation.opened_at, invitation.hits.count()) == (NOW, 1)
    record_answer(invitation, 9, "Good", NOW + timedelta(days=1), submitted=True)
    assert Response.objects.get().survey_id == first.id
