"""A large mailing, or a mail server that is dead or slow, holds up nobody but itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from afterword.mail.servers.find import Servers
from afterword.sending.loop import SenderLoop
from afterword.sending.models import State
from tests.factories import NOW, a_campaign, a_survey, a_workspace, mail_of
from tests.running_afterword import eventually
from tests.smtp import smtp_sink
from tests.smtp_script import Hang, Script, scripted_smtp

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("is_elsewhere", [False, True], ids=["same workspace", "another"])
def test_a_large_mailing_does_not_hold_up_a_survey_of_another_campaign(is_elsewhere):
    mailing = a_campaign()
    for number in range(300):
        a_survey(mailing, due_at=NOW + timedelta(seconds=number))
    workspace = a_workspace() if is_elsewhere else mailing.workspace
    last = a_survey(a_campaign(workspace), due_at=timezone.now())

    with smtp_sink() as (sink, server):
        loop = SenderLoop(lambda: Servers(replace(server, connections=2), {}))
        loop.send_due()
        loop.close()

    assert len(sink.recipients) == 301
    assert sink.recipients.index(last.survey.email) < 20


@pytest.mark.parametrize("is_dead", [True, False], ids=["dead", "silent"])
def test_a_workspaces_own_server_in_trouble_holds_up_no_other_workspace(is_dead):
    troubled, other = a_campaign(), a_campaign()
    waiting = [a_survey(troubled) for _ in range(20)]
    sent = [a_survey(other) for _ in range(20)]

    with smtp_sink() as (sink, server):
        with scripted_smtp(Script(banner=Hang())) as silent:
            own = replace(server, port=1) if is_dead else silent
            loop = SenderLoop(lambda: Servers(server, {troubled.workspace_id: own}))
            loop.wake()
            eventually(lambda: len(sink.recipients) == len(sent))
        loop.close()

    assert sorted(sink.recipients) == sorted(survey.survey.email for survey in sent)
    for survey in waiting:
        mail = mail_of(survey)
        assert (mail.state, mail.handed_over) == (State.QUEUED, 0)
