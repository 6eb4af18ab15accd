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
    """An owner of an empty workspace looks at it; what they saw was as narrow as their screen."""
    page = window.new_page()
    visit = Visit(site, page)
    yield visit
    fits = visit.fits()
    page.close()
    assert fits, "the page is wider than its screen"
