"""`python -m tests.prove.chaos`: the crash contract in the size of the goal, or any other.

    python -m tests.prove.chaos --surveys 100000 --kills 200 --restarts 20 --stops 10 --seed 1
    python -m tests.prove.chaos … --slow                the same with a slow mail server
    python -m tests.prove.chaos --broken no-fence       must fail
    python -m tests.prove.chaos --only-drains 20 --surveys 4000 --rate 150     rolling restarts

Ends with status 1 if a goal is missed; then the folder with all accounts and logs is kept.
"""

import argparse
import shutil
import signal
import sys
import time

from tests.prove.chaos.sink import Manners
from tests.prove.chaos.storm import Outcome, Plan, a_room, weather
from tests.prove.chaos.ways import WAYS
from tests.prove.chaos.workers import WORKER

SLOW = {"before": 0.03, "after": 0.02}


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and end what was started
    arguments = parser().parse_args()
    plan = plan_of(arguments)
    print(f"seed {plan.seed}", flush=True)
    with a_room(keep=True) as room:
        print(f"accounts and logs: {room}", flush=True)
        outcome = weather(plan, room, Progress().say)
    print("\n" + table(outcome))
    if not outcome.failures:
        shutil.rmtree(room)
    return 1 if outcome.failures else 0


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.prove.chaos")
    parser.add_argument("--surveys", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=200, help="of workers, kill -9")
    parser.add_argument("--restarts", type=int, default=20, help="of PostgreSQL, immediate")
    parser.add_argument("--stops", type=int, default=10, help="of workers, beyond their lease")
    parser.add_argument(
        "--only-drains", type=int, default=0, help="of workers, SIGTERM, and nothing else amiss"
    )
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--bad", type=float, default=0.02, help="share of addresses with bad ways")
    parser.add_argument("--without", nargs="*", default=(), choices=WAYS, help="these bad ways")
    parser.add_argument("--rate", type=float, default=0, help="mails a second at most")
    parser.add_argument("--slow", action="store_true", help="a slow mail server")
    parser.add_argument("--broken", choices=("no-fence", "batch-commit"))
    return parser


def plan_of(arguments: argparse.Namespace) -> Plan:
    is_calm = arguments.only_drains > 0
    is_bad = arguments.bad > 0 and not is_calm
    manners = Manners(
        folder="",
        tls=is_bad,
        bad_connections=(0.03 * is_bad,),
        bad_senders=0.002 * is_bad,
        most_a_second=arguments.rate,
        **(SLOW if arguments.slow else {}),
    )
    broken = ("-m", "tests.prove.chaos.broken_worker", arguments.broken)
    return Plan(
        surveys=arguments.surveys,
        kills=0 if is_calm else arguments.kills,
        restarts=0 if is_calm else arguments.restarts,
        stops=0 if is_calm else arguments.stops,
        drains=arguments.only_drains,
        seed=arguments.seed,
        workers=arguments.workers,
        bad=arguments.bad * is_bad,
        ways=tuple(way for way in WAYS if way not in arguments.without),
        command=broken if arguments.broken else WORKER,
        manners=manners,
    )


class Progress:
    """One line that changes on a terminal, one every ten seconds elsewhere."""

    def __init__(self) -> None:
        self._said = 0.0

    def say(self, line: str) -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._said > 10:
            self._said = time.monotonic()
            print(line, file=sys.stderr, flush=True)


def table(outcome: Outcome) -> str:
    plan, found = outcome.plan, outcome.findings
    did = ", ".join(f"{act} {count}" for act, count in sorted(outcome.did.items()))
    lines = [
        f"seed                  {plan.seed}",
        f"surveys               {plan.surveys:,}",
        f"disturbances          {did or 'none'}",
        f"copies taken          {outcome.taken:,} in {outcome.seconds:.0f} s",
        f"lost                  {len(found.lost)}",
        f"doubled               {len(found.doubled)} (at most {plan.most_doubled})",
        f"more than twice       {len(found.tripled)}",
        f"unexpected            {len(found.unexpected)}",
        f"copies that differ    {len(found.different)}",
        f"rows not true         {len(found.untrue)}",
        f"states                {in_words(found.states)}",
        *(f"  {way or 'treated well':20}{in_words(n)}" for way, n in sorted(found.ways.items())),
        f"workers ended with    {in_words(outcome.statuses)}",
    ]
    return "\n".join([*lines, *(f"FAILED: {line}" for line in outcome.failures)])


def in_words(counts: object) -> str:
    assert isinstance(counts, dict)
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


if __name__ == "__main__":
    sys.exit(main())
