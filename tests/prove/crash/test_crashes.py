"""Kill -9 in the middle of it: nothing that was accepted is lost, and almost nothing doubled.

What was put in is known from the client, what came out from the mail server; what the product
counts itself is not asked.
"""

import random
import time
from collections.abc import Iterator

import pytest

from tests.prove.crash.receiver import receiver
from tests.prove.crash.storm import Storm
from tests.running_afterword import running_afterword

pytestmark = pytest.mark.timeout(240)
SEED = 20261101


@pytest.fixture
def storm() -> Iterator[Storm]:
    with (
        receiver() as (received, mail_url),
        running_afterword("crash", AFTERWORD_MAIL_URL=mail_url) as afterword,
    ):
        yield Storm(afterword, received)


@pytest.mark.parametrize(
    ("events", "kills"), [(400, 1), pytest.param(2000, 5, marks=pytest.mark.prove)]
)
def test_killed_workers_lose_no_decision_and_no_survey(storm: Storm, events: int, kills: int):
    chance = random.Random(SEED)
    # Each killed worker takes what it had claimed out of the way for some seconds.
    moments = sorted(chance.sample(range(50, events // 2, 50), kills))
    storm.begin(events=events, per_second=250)

    for moment in moments:
        storm.wait_for_mails(moment)
        time.sleep(chance.random() / 20)
        storm.kill("worker")
    storm.finish()

    storm.check_decisions(may_repeat=False)
    storm.check_mails()


@pytest.mark.prove
def test_a_killed_postgres_loses_no_event_no_decision_and_no_survey(storm: Storm):
    chance = random.Random(SEED)
    storm.begin(events=2000, per_second=250)

    for moment in (300, 900):
        storm.wait_for_mails(moment)
        time.sleep(chance.random() / 20)
        storm.kill("postgres")
    storm.finish()

    storm.check_decisions(may_repeat=True)
    storm.check_mails()


@pytest.mark.prove
def test_a_killed_web_process_loses_no_event(storm: Storm):
    chance = random.Random(SEED)
    storm.begin(events=500, per_second=250)

    for moment in (50, 200):
        storm.wait_for_mails(moment)
        time.sleep(chance.random() / 20)
        storm.kill("web")
    storm.finish()

    storm.check_decisions(may_repeat=True)
    storm.check_mails()
