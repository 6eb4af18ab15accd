import csv
import io
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from django.urls import reverse
from django.utils import timezone

from afterword.core.csv_cells import BOM
from afterword.feedback.answering.answer import record_answer
from afterword.sending.models import State
from afterword.surveys.models import Invitation
from afterword.surveys.outbox import export
from afterword.workspaces.models import Role
from tests.factories import NOW, a_campaign, a_customer, a_member, a_sent_survey, a_survey

pytestmark = pytest.mark.django_db


def exported(member, **query):
    """Ask for the file as a browser does; return its rows by their header, and the response."""

    async def ask():
        browser = AsyncClient()
        if member:
            await browser.aforce_login(member.user)
        response: Any = await browser.get(reverse("surveys:export"), query)
        if response.status_code != 200:
            return response, ""
        return response, b"".join([piece async for piece in response.streaming_content]).decode()

    response, text = async_to_sync(ask)()
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline=""))), response


@pytest.mark.parametrize("role", list(Role))
def test_every_member_may_export(role):
    member = a_member(role=role)
    survey = a_sent_survey(a_campaign(member.workspace))

    rows, response = exported(member, days="all")

    assert [row["surveyId"] for row in rows] == [str(survey.id)]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert f"outbox-{timezone.now():%Y-%m-%d}.csv" in response["Content-Disposition"]


def test_an_outsider_gets_nothing():
    a_sent_survey(a_campaign())

    assert exported(a_member(), days="all")[0] == []
    assert exported(None)[1].status_code == 302


def test_a_row_says_what_became_of_the_survey():
    member = a_member()
    customer = a_customer(member.workspace, email="ann@example.com", tags=["vip", "=new"])
    survey = a_sent_survey(
        a_campaign(member.workspace, name="After an order"),
        customer=customer,
        delivered_at=NOW,
        machine_opened_at=NOW,
        server_reply="250 Ok",
        created_at=timezone.now(),
    )
    response = record_answer(survey, 9, "", timezone.now(), submitted=True)

    [row] = exported(member)[0]

    assert list(row) == list(export.COLUMNS)
    told = {
        "email": "ann@example.com",
        "campaign": "After an order",
        "personTags": "vip, =new",
        "status": "Answered",
        "sentDate": "2026-11-01T12:00:00Z",
        "deliveredDate": "2026-11-01T12:00:00Z",
        "openedDate": "",
        "machineOpenedDate": "2026-11-01T12:00:00Z",
        "bounceType": "",
        "serverReply": "250 Ok",
        "responseId": str(response.id),
        "score": "9",
    }
    assert told.items() <= row.items()


def test_a_row_says_when_it_ended():
    member = a_member()
    a_survey(a_campaign(member.workspace), state=State.PARKED, ended_at=NOW)

    [row] = exported(member, days="all")[0]

    assert (row["status"], row["endedDate"]) == ("Failed", "2026-11-01T12:00:00Z")


def test_what_others_wrote_is_no_formula():
    member = a_member()
    customer = a_customer(
        member.workspace,
        first_name='=HYPERLINK("http://evil")',
        last_name="\uff0b1",
        company_name="",
    )
    a_survey(
        a_campaign(member.workspace, name="@SUM(A1)"),
        customer=customer,
        state=State.BOUNCED,
        server_reply="\t=1+1",
        subject="-1+1",
    )

    [row] = exported(member, days="all")[0]

    assert row["firstName"] == '\'=HYPERLINK("http://evil")'
    assert row["lastName"] == "'\uff0b1"
    assert row["campaign"] == "'@SUM(A1)"
    assert row["serverReply"] == "'\t=1+1"
    assert row["subject"] == "'-1+1"


def test_only_what_is_listed_is_exported():
    member = a_member()
    campaign = a_campaign(member.workspace)
    a_sent_survey(campaign, created_at=timezone.now())
    bounced = a_survey(campaign, state=State.BOUNCED, created_at=timezone.now())

    rows, _ = exported(member, status="bounced", campaign=str(campaign.id))

    assert [row["surveyId"] for row in rows] == [str(bounced.id)]


def test_pieces_neither_repeat_nor_skip(monkeypatch):
    monkeypatch.setattr(export, "PIECE", 3)
    member = a_member()
    campaign = a_campaign(member.workspace)
    customer = a_customer(member.workspace)
    # given surveys of which several were scheduled at the same instant
    surveys = [
        a_survey(campaign, customer=customer, created_at=NOW + timedelta(hours=number // 4))
        for number in range(12)
    ]

    rows, _ = exported(member, days="all")

    newest = sorted(surveys, key=lambda one: (one.created_at, one.id), reverse=True)
    assert [row["surveyId"] for row in rows] == [str(survey.id) for survey in newest]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_rows(monkeypatch):
    monkeypatch.setattr(export, "PIECE", 20)
    campaign = a_campaign()
    customer = a_customer(campaign.workspace)
    for _ in range(200):
        a_survey(campaign, customer=customer, server_reply="x" * 6_000)

    def peak(limit):
        tracemalloc.start()
        ids = list(Invitation.objects.order_by("id").values_list("id", flat=True)[:limit])
        for _ in export.csv_of(Invitation.objects.filter(id__in=ids)):
            pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(40)  # what is made once
    assert peak(200) < 1.5 * peak(40) + 200_000
