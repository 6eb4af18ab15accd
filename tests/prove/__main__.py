"""`make prove`: what takes minutes, kills, or many draws; its report is `docs/proof.md`.

    python -m tests.prove                    everything: some two hours on two cores
    python -m tests.prove fuzz robots        these; what the report says of the others stays
    python -m tests.prove storm --surveys 10000
    python -m tests.prove followups --answers 3000

Ends with status 1 if a proof failed.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "proof.md"
HEAD = """\
# Proof

What `make prove` found when it last ran. `make test` does each of these in short.
"""
ACCESSIBLE = "tests/test_accessible.py"
FUZZ = ("-n", "2", "--ignore", "tests/prove", "--ignore", ACCESSIBLE)
PYTEST = ("-m", "pytest", "-q", "-p", "no:randomly", "--timeout", "7200")


class Proof(NamedTuple):
    """One part: what is proved, by which program, and how many of its last lines say so."""

    says: str
    program: tuple[str, ...]
    lines: int = 1


def proofs(surveys: int, answers: int) -> dict[str, Proof]:
    """Return all; of a storm there are as many disturbances to a survey in every size."""
    size = ("--surveys", surveys, "--kills", surveys // 500, "--restarts", surveys // 5_000)
    storm = ("-m", "tests.prove.chaos", *map(str, (*size, "--stops", surveys // 10_000)))
    return {
        "storm": Proof(
            "Workers are killed or sleep beyond their lease, PostgreSQL is stopped in the middle of"
            " commits, and the mail server misbehaves in every way that it can: no survey is lost,"
            " almost none doubled, and every row says what is so.",
            storm,
            lines=29,
        ),
        "followups": Proof(
            "Workers are killed while receivers of webhooks fail in eight ways: each answer is told"
            " under one id to whoever can take it, and once more only where the answer to that was"
            " lost with a worker.",
            ("-m", "tests.prove.followups", "--answers", str(answers)),
            lines=11,
        ),
        "broken-builds": Proof(
            "Two builds that are broken on purpose, without the fence and with late commits, do not"
            " get through the storm. Rolling restarts lose and double nothing.",
            (*PYTEST, "tests/prove/chaos", "-m", "prove"),
        ),
        "failpoints": Proof(
            "At each point at which a worker commits, writes or hands over it is killed, an"
            " exception is raised, the database or the mail server goes away: nothing is lost,"
            " nothing is sent more than twice.",
            ("-m", "tests.prove.chaos.failing"),
        ),
        "crash": Proof(
            "Web, worker and PostgreSQL of a whole Afterword are killed while a real client sends"
            " events: what was accepted is decided on once, and its mail is sent.",
            (*PYTEST, "tests/prove/crash", "-m", "prove"),
        ),
        "robots": Proof(
            "Eight kinds of robots at a hundred mails each record nothing and use nothing up; a"
            " hundred people in ten kinds of visits are all heard.",
            (*PYTEST, "tests/prove/robots", "-m", "prove"),
        ),
        "accessible": Proof(
            "Axe finds nothing grave on any page, in the light and in the dark.",
            (*PYTEST, ACCESSIBLE, "-m", "prove"),
        ),
        "fuzz": Proof(
            "Each property holds for a thousand draws; what is tried a few times every day holds"
            " a thousand times.",
            (*PYTEST, *FUZZ, "-m", "hypothesis or prove", "--hypothesis-profile", "long"),
        ),
    }


def main() -> int:
    arguments = parser().parse_args()
    all_proofs = proofs(arguments.surveys, arguments.answers)
    failed = False
    for name in arguments.parts or all_proofs:
        print(f"== {name}", flush=True)
        section, held = prove(all_proofs[name])
        failed |= not held
        report = REPORT.read_text() if REPORT.exists() else HEAD
        REPORT.write_text(with_section(report, name, section, list(all_proofs)))
    return 1 if failed else 0


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.prove")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(proofs(0, 0)))
    parser.add_argument("--surveys", type=int, default=100_000, help="in the storm")
    parser.add_argument("--answers", type=int, default=20_000, help="in that of follow-ups")
    return parser


def prove(proof: Proof) -> tuple[str, bool]:
    """Run it, its output to be read meanwhile; return what the report says, and if it held."""
    began = time.monotonic()
    said = []
    with subprocess.Popen(
        [sys.executable, *proof.program], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            said.append(line.rstrip())
    held = process.returncode == 0
    figures = said[-proof.lines if held else -60 :]
    verdict = "It held" if held else "**It failed**"
    return (
        f"{proof.says}\n\n"
        f"{verdict} on {datetime.now(UTC):%Y-%m-%d}, at commit {commit()}, in"
        f" {time.monotonic() - began:,.0f} seconds on {os.cpu_count()} cores:\n\n"
        + "\n".join(["```", f"$ python {' '.join(proof.program)}", *figures, "```"])
    ), held


def commit() -> str:
    """Return which code is proved. The report that is written meanwhile is not a change of it."""
    head = git("rev-parse", "--short", "HEAD")
    return head + "-dirty" * bool(git("status", "--porcelain", "--", ".", ":!docs/proof.md"))


def git(*words: str) -> str:
    program = ("git", *words)
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def with_section(report: str, name: str, section: str, order: Sequence[str]) -> str:
    """Return the report with this section in its place, instead of the one that was there."""
    sections = dict(re.findall(r"^## (\S+)\n\n(.*?)\n*(?=^## |\Z)", report, re.M | re.S))
    sections[name] = section
    return HEAD + "".join(
        f"\n## {each}\n\n{sections[each]}\n" for each in order if each in sections
    )


if __name__ == "__main__":
    sys.exit(main())
