"""Chromium for a test: the one that `install.py` finds, started once for each process."""

import asyncio
import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.install import find

# A page is gone before code that was made faster has made up for the making of it.
ARGUMENTS = ("--js-flags=--no-opt",)
PATIENCE = 15_000  # milliseconds for what a page is expected to show: the machine may be busy


class Started(NamedTuple):
    browser: Browser
    loop: asyncio.AbstractEventLoop  # Playwright's, in which whatever it is asked for is done


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give it, with nothing open; what is opened meanwhile is closed.

    Without one the test is skipped, except on a build server, where it fails. Meanwhile this thread
    counts as one with a loop that runs, which must not block: Django's database is out of reach.
    """
    browser, loop = started()
    asyncio._set_running_loop(loop)
    try:
        yield browser
    finally:
        try:
            for context in browser.contexts:
                context.close()
        finally:
            asyncio._set_running_loop(None)


@cache
def started() -> Started:
    path = find()
    if path is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("there is no Chromium: run tests/browser/install.py or set CHROME_PATH")
    # Root has no sandbox to give.
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    playwright = sync_playwright().start()
    loop = asyncio.get_running_loop()

    def end() -> None:
        asyncio._set_running_loop(loop)
        playwright.stop()

    atexit.register(end)
    expect.set_options(timeout=PATIENCE)
    return Started(playwright.chromium.launch(executable_path=path, args=arguments), loop)


def stop_its_clock(page: Page) -> None:
    """Let time pass in what it opens only by `page.clock.run_for`, however busy the machine is."""
    page.clock.install(time=0)
    page.clock.pause_at(1)
