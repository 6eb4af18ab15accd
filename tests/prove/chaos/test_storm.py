"""The crash contract in short; `python -m tests.prove.chaos` does it in the size of the goal."""

import pytest

from tests.prove.chaos.__main__ import table
from tests.prove.chaos.sink import Manners
from tests.prove.chaos.storm import Plan, a_room, weather
from tests.prove.chaos.ways import WAYS

SEED = 20261101
# Few disturbances vary more than many, and other tests keep the machine busy: how long an answer
# lies unread, and so how many mails are in doubt, depends on that.
EACH = 1.5
# Longer than a lease: it must be renewed meanwhile.
UNRULY = {"tls": True, "bad_connections": (0.03,), "bad_senders": 0.002, "slow_answer": 21.0}
BROKEN = ("-m", "tests.prove.chaos.broken_worker")
SHORT = {"surveys": 300, "kills": 2, "restarts": 1, "stops": 1, "drains": 1}
LONGER = {"surveys": 2_000, "kills": 20, "restarts": 2, "stops": 2, "drains": 0}


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "size", [SHORT, pytest.param(LONGER, marks=pytest.mark.prove)], ids=["short", "longer"]
)
def test_workers_that_die_or_sleep_lose_nothing_and_double_almost_nothing(size: dict[str, int]):
    plan = Plan(**size, seed=SEED, bad=0.03, each=EACH, manners=Manners(folder="", **UNRULY))

    with a_room() as room:
        outcome = weather(plan, room)

    print(table(outcome))
    assert outcome.failures == []
    assert sum(outcome.did.values()) == sum(size.values()) - plan.surveys
    assert outcome.findings.ways.keys() == {*WAYS, ""}


@pytest.mark.prove
@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("broken", "acts"),
    [("batch-commit", {"kills": 10, "stops": 0}), ("no-fence", {"kills": 0, "stops": 3})],
)
def test_the_storm_tells_a_broken_build(broken: str, acts: dict[str, int]):
    # A slow server keeps mails in the workers' hands.
    manners = Manners(folder="", before=0.03, after=0.02)
    plan = Plan(
        surveys=1_500,
        **acts,
        restarts=0,
        seed=SEED,
        bad=0,
        command=(*BROKEN, broken),
        each=EACH,
        manners=manners,
        ends_when_missed=True,
    )

    with a_room() as room:
        outcome = weather(plan, room)

    print(table(outcome))
    assert len(outcome.findings.doubled | outcome.findings.tripled) > plan.most_doubled
