"""What tests from outside share: one running Afterword, and Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium
from tests.running_afterword import RunningAfterword, running_afterword

PATIENCE = 15_000  # milliseconds for anything that a browser waits for
# Where single tests take up to minutes, the dearest first.
LONG = ("tests/chaos/", "tests/robots/", "tests/crash/", "tests/running/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones: what is left to share out in the end is short.

    Beyond that the order stays random, and by what a test does to the database.
    """
    items.sort(key=turn)


def turn(item: pytest.Item) -> int:
    """Return the place of an item's folder among the long ones; all others come after them."""
    starts = (item.nodeid.startswith(folder) for folder in LONG)
    return next((place for place, is_there in enumerate(starts) if is_there), len(LONG))


@pytest.fixture(scope="session")
def afterword() -> Iterator[RunningAfterword]:
    """One that keeps its mail in the mailbox. Each test module has a workspace of its own."""
    with running_afterword("shared") as afterword:
        yield afterword


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not longer than a module: while Playwright runs, Django's database is out of reach."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that has been nowhere."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()
