"""The places at which a worker is made to fail; `failpoint` in the product names them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import afterword
from afterword.core.failpoints import ACTIONS

POINTS = (
    # claim.py, route.py, handing_over.py: up to the hand-over
    "before_claim_commit",
    "after_claim_commit",
    "claimed",
    "composed",
    "offered",
    "begun",
    # the body, and the server's answer
    "after_body",
    "after_250",
    "journaled",
    # ledger.py: the commits before and after the body
    "before_group_commit",
    "after_group_commit",
    # what else may become of a mail
    "before_later_commit",
    "before_bounce_commit",
    "before_park_commit",
    "before_doubt_commit",
    "before_settle_commit",
    "before_put_back",
    # rescue.py
    "before_rescue_commit",
    "after_rescue_commit",
    # flow.py: from the inbox to the surveys
    "before_take_up_commit",
    "after_take_up_commit",
)
FEW = 5  # runs of the short version


def names_in_source() -> set[str]:
    """Return every name in a call of `failpoint("…")` in the product."""
    root = Path(afterword.__file__).parent
    return {name for path in root.rglob("*.py") for name in _names(path.read_text())}


def names_in_tests() -> set[str]:
    """Return what is written out in tests beside these: they fail at points of their own."""
    tests = Path(afterword.__file__).parents[2] / "tests"
    product = Path(afterword.__file__).parent.rglob("tests/test_*.py")
    texts = [path.read_text() for path in (*tests.glob("test_*.py"), *product)]
    said = "\n".join(texts)
    return {name for name in names_in_source() if f'"{name}"' in said or f'"{name}:' in said}


def _names(source: str) -> Iterator[str]:
    if "failpoint(" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="failpoint"), args=[ast.Constant(value=str(name))]):
                yield name


def matrix() -> list[tuple[str, str]]:
    """Return every point that is in the product, with every action."""
    there = names_in_source()
    return [(point, action) for action in ACTIONS for point in POINTS if point in there]


def short_matrix() -> list[tuple[str, str]]:
    """Return a few: each action as often as the others, each time at another point."""
    everything = matrix()
    step = len(everything) // FEW
    return everything[step // 2 :: step][:FEW]
