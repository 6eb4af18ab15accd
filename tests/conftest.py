"""What tests from outside share: one running Afterword, and Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium
from tests.running_afterword import RunningAfterword, running_afterword

PATIENCE = 15_000  # milliseconds for anything that a browser waits for


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
