"""Chromium for a test: the one that `install.py` finds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.install import find


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run it. Without one the test is skipped, except on a build server, where it fails."""
    path = find()
    if path is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("there is no Chromium: run tests/browser/install.py or set CHROME_PATH")
    # Root has no sandbox to give.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def stop_its_clock(page: Page) -> None:
    """Let time pass in what it opens only by `page.clock.run_for`, however busy the machine is."""
    page.clock.install(time=0)
    page.clock.pause_at(1)
