"""Follow-ups in a storm, in short; `python -m tests.prove.followups` has the size of the goal."""

import pytest

from tests.prove.chaos.storm import a_room
from tests.prove.followups.__main__ import table
from tests.prove.followups.storm import weather
from tests.prove.followups.ways import Plan

SEED = 20261128


@pytest.mark.timeout(300)
def test_whoever_dies_and_whatever_receivers_do_each_answer_arrives_under_one_id():
    plan = Plan(answers=60, kills=1, workers=2, seed=SEED)

    with a_room() as room:
        outcome = weather(plan, room)

    print(table(outcome))
    assert outcome.failures == []
    assert outcome.kills == plan.kills
