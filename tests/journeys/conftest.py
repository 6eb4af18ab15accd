"""What journeys share that need no running Afterword: a site, and a window on it of each width."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.site import DESKTOP, PHONE, Visit, a_site, a_window


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    with a_site(django_db_blocker) as address:
        yield address


@pytest.fixture(scope="module", params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def window(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    with a_window(browser, request.param) as window:
        yield window


@pytest.fixture
def visit(site: str, window: BrowserContext) -> Iterator[Visit]:
    """An owner of an empty workspace looks at it; what they saw was as narrow as their screen.

    Each goes on in the window's first tab: a new one costs a process of Chromium's, more than all
    that is looked at in it.
    """
    visit = Visit(site, window.pages[0] if window.pages else window.new_page())
    yield visit
    assert visit.fits(), "the page is wider than its screen"
