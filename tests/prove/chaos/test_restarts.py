"""Rolling restarts: workers asked to end, one after another, while mails flow."""

import pytest

from tests.prove.chaos.__main__ import table
from tests.prove.chaos.sink import Manners
from tests.prove.chaos.storm import Plan, a_room, weather

DRAINS = 20
MAILS = 4_000
A_SECOND = 33.0


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_rolling_restarts_lose_and_double_nothing():
    plan = Plan(
        surveys=MAILS,
        kills=0,
        restarts=0,
        stops=0,
        drains=DRAINS,
        workers=2,
        bad=0,
        seed=20261101,
        manners=Manners(folder="", most_a_second=A_SECOND, after=0.02),
    )

    with a_room() as room:
        outcome = weather(plan, room)

    print(table(outcome))
    assert outcome.failures == []
    assert outcome.did == {"drain": DRAINS}
    assert outcome.findings.states == {"sent": MAILS}
    assert outcome.statuses == {0: DRAINS}
