"""A bad list over real SMTP: the brake stops it soon, and nothing is lost."""

from collections import Counter
from dataclasses import replace

import pytest
from django.utils import timezone

from afterword.mail.servers.find import Servers
from afterword.sending.brake import FEWEST, HEED_EVERY, PAUSE_AT, resume
from afterword.sending.loop import SenderLoop
from afterword.sending.models import Brake, Mail, State
from tests.factories import a_campaign, a_customer, a_member, a_survey
from tests.smtp import smtp_sink

pytestmark = pytest.mark.django_db(transaction=True)

MAILS = 700
BAD_EVERY = 12  # more than 8 % of the addresses are gone


@pytest.fixture
def sink():
    with smtp_sink() as (sink, server):
        own = replace(server, connections=4)
        sink.loop = SenderLoop(lambda: Servers(own, {}))
        yield sink
        sink.loop.close()


def states():
    return Counter(Mail.objects.values_list("state", flat=True))


def test_a_bad_list_is_stopped_soon_and_goes_on_when_a_person_says_so(sink):
    member = a_member()
    campaign, other = a_campaign(member.workspace), a_campaign()
    for number in range(MAILS):
        survey = a_survey(campaign, customer=a_customer(member.workspace))
        if number % BAD_EVERY == 0:
            sink.refuse["RCPT", survey.survey.email] = "550 5.1.1 no such user"

    assert sink.loop.send_due()

    brake = Brake.objects.get(stream_id=campaign.id, level="paused", resumed_at=None)
    first = states()
    assert brake.bounces >= PAUSE_AT * FEWEST
    enough = PAUSE_AT * FEWEST * BAD_EVERY
    waiting = first[State.HELD] + first[State.QUEUED]  # those given back look again in a minute
    assert MAILS - waiting <= enough + HEED_EVERY * BAD_EVERY + 100
    assert waiting + first[State.SENT] + first[State.BOUNCED] == MAILS

    a_survey(other)
    sink.loop.send_due()
    assert states()[State.SENT] == first[State.SENT] + 1  # the others are not held up

    sink.refuse.clear()
    Mail.objects.filter(state=State.QUEUED).update(due_at=timezone.now())
    resume(campaign.workspace_id, campaign.id, member.user, timezone.now())
    assert sink.loop.send_due()

    last = states()
    assert last[State.BOUNCED] == first[State.BOUNCED]
    assert last[State.SENT] + last[State.BOUNCED] == MAILS + 1
    assert len(sink.recipients) == len(set(sink.recipients)) == last[State.SENT]
