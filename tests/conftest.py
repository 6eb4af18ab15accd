"""What tests from outside share: one running Afterword, and Chromium."""

import os
from collections.abc import Iterator
from itertools import cycle, groupby, islice, pairwise

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import PATIENCE, chromium
from tests.running_afterword import RunningAfterword, running_afterword

# Where single tests take up to minutes, the dearest first.
LONG = (
    "tests/prove/chaos/test_storm.py",
    "tests/prove/chaos/",
    "tests/prove/crash/",
    "tests/prove/robots/",
    "tests/running/",
    "tests/journeys/",
    "tests/test_accessible.py",
)
SHARING, SHORT = len(LONG), len(LONG) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones: what is left to share out in the end is short.

    Each test process is given one stretch of what was collected, and takes more of the others'
    when it is done. So the long ones stand at the beginnings of these stretches: in the first one
    those that share a running Afterword, in the others by turns. Beyond that the order stays
    random, and by what a test does to the database.
    """
    items.sort(key=turn)
    long = [item for item in items if turn(item) < SHORT]
    short = iter(items[len(long) :])
    processes = how_many_processes()
    stretches: list[list[pytest.Item]] = [[] for _ in range(processes)]
    modules = (list(module) for _, module in groupby(long, key=lambda item: item.path))
    turns = cycle(stretches[1:] or stretches)
    for module in modules:
        stretch = stretches[0] if shares(module[0]) else next(turns)
        stretch += module
    for stretch, (begins, ends) in zip(
        stretches, pairwise(ends_of(len(items), processes)), strict=True
    ):
        stretch.extend(islice(short, max(0, ends - begins - len(stretch))))
    items[:] = [item for stretch in stretches for item in stretch]


def how_many_processes() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def ends_of(tests: int, processes: int) -> list[int]:
    """Return where each stretch begins, and the last ends."""
    return [tests * number // processes for number in range(processes + 1)]


def turn(item: pytest.Item) -> int:
    """Return the place of an item's folder among the long ones; all others come after them."""
    starts = (item.nodeid.startswith(folder) for folder in LONG)
    other = SHARING if shares(item) else SHORT
    return next((place for place, is_there in enumerate(starts) if is_there), other)


def shares(item: pytest.Item) -> bool:
    """Whether it is about the Afterword that runs for many tests."""
    return "afterword" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def afterword() -> Iterator[RunningAfterword]:
    """One that keeps its mail in the mailbox, and may call this machine.

    Each test module has a workspace of its own, and customers whose addresses are no other's.
    """
    with running_afterword("shared", AFTERWORD_EGRESS_ALLOW="127.0.0.1/32") as afterword:
        yield afterword


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not longer than a module: meanwhile Django's database is out of reach."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that has been nowhere."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()
