"""The list of what a new workspace still has to do, on its dashboard."""

import pytest
from django.urls import reverse

from afterword.feedback.answering.answer import record_answer
from afterword.insights.first_steps import first_steps
from afterword.mail.servers.find import set_own
from afterword.workspaces.models import Role
from tests.factories import (
    NOW,
    a_campaign,
    a_member,
    a_sender_domain,
    a_sent_survey,
    a_workspace,
    an_event,
)

pytestmark = pytest.mark.django_db
NEITHER_SERVER_NOR_DOMAIN = [True, True, False, False, True]


def done(member):
    found = first_steps(member)
    assert found is not None
    return [step.is_done for step in found.steps]


def test_each_step_is_ticked_when_it_is_done():
    member = a_member()
    assert done(member) == [False] * 5

    campaign = a_campaign(member.workspace, activated_at=None)
    assert done(member) == [False] * 5
    campaign.activated_at = NOW
    campaign.save()
    assert done(member) == [True, False, False, False, False]
    an_event(member.workspace)
    assert done(member) == [True, True, False, False, False]
    set_own(member.workspace, "smtp://mail.example.com")
    a_sender_domain(member.workspace, verified_at=None)
    assert done(member) == [True, True, True, False, False]
    a_sender_domain(member.workspace, "acme.org")
    assert done(member) == [True, True, True, True, False]


def test_it_goes_once_answers_arrive_by_a_mail_server():
    member = a_member()
    survey = a_sent_survey(a_campaign(member.workspace))
    record_answer(survey, 9, "", NOW, submitted=True)
    assert done(member) == NEITHER_SERVER_NOR_DOMAIN

    set_own(member.workspace, "smtp://mail.example.com")

    assert first_steps(member) is None


def test_what_is_another_workspaces_ticks_nothing():
    other = a_workspace()
    an_event(other)
    a_campaign(other)

    assert done(a_member()) == [False] * 5


@pytest.mark.parametrize(
    ("role", "shown", "leads_to_the_mail_server"),
    [
        (Role.OWNER, True, True),
        (Role.MEMBER, True, False),
        (Role.ANALYST, False, False),
    ],
)
def test_it_is_shown_to_those_who_can_do_something(client, role, shown, leads_to_the_mail_server):
    client.force_login(a_member(role=role).user)

    page = client.get(reverse("insights:dashboard")).content.decode()

    assert ("First steps" in page) is shown
    assert (f'<a href="{reverse("mail:server")}">Set a mail server' in page) is (
        leads_to_the_mail_server
    )


def test_a_filtered_dashboard_is_about_answers_alone(client):
    member = a_member()
    client.force_login(member.user)

    page = client.get(reverse("insights:dashboard"), {"days": "30"}).content.decode()

    assert "First steps" not in page
