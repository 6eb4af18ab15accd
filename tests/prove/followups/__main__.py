"""`python -m tests.prove.followups`: follow-ups in the size of the goal, or any other.

    python -m tests.prove.followups --answers 20000 --kills 100 --seed 1

Ends with status 1 if a goal is missed; then the folder with all accounts and logs is kept.
"""

import argparse
import shutil
import signal
import sys
import time

from tests.prove.chaos.__main__ import Progress, in_words
from tests.prove.chaos.storm import a_room
from tests.prove.followups.storm import Outcome, weather
from tests.prove.followups.ways import Plan

ANSWERS_A_KILL = 200


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and end what was started
    parser = argparse.ArgumentParser(prog="python -m tests.prove.followups")
    parser.add_argument("--answers", type=int, default=20_000)
    parser.add_argument("--kills", type=int, help="of workers, kill -9; by default one in 200")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    wanted = parser.parse_args()
    kills = wanted.answers // ANSWERS_A_KILL if wanted.kills is None else wanted.kills
    plan = Plan(wanted.answers, kills, wanted.workers, wanted.seed)
    print(f"seed {plan.seed}", flush=True)
    with a_room(keep=True) as room:
        print(f"accounts and logs: {room}", flush=True)
        outcome = weather(plan, room, Progress().say)
    print("\n" + table(outcome))
    if not outcome.failures:
        shutil.rmtree(room)
    return 1 if outcome.failures else 0


def table(outcome: Outcome) -> str:
    plan, found = outcome.plan, outcome.findings
    lines = [
        f"seed                  {plan.seed}",
        f"answers               {plan.answers:,}",
        f"workers killed        {outcome.kills}",
        f"requests              {outcome.requests:,} in {outcome.seconds:.0f} s",
        f"lost                  {len(found.lost)}",
        f"told under two ids    {len(found.twice)}",
        f"unexpected            {len(found.unexpected)}",
        f"repeated              {len(found.repeated)}, for the answer was lost",
        f"repeated needlessly   {len(found.needless)}",
        f"rows not true         {len(found.untrue)}",
        f"states                {in_words(found.states)}",
    ]
    return "\n".join([*lines, *(f"FAILED: {line}" for line in outcome.failures)])


if __name__ == "__main__":
    sys.exit(main())
