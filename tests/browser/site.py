"""A site for the Chromium tests of a whole module: its pages, and a member who looks at them.

It is served from this process on its test's database, so a test makes its rows with the factories
beside the browser, and each has a workspace of its own.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from afterword.customers.models import Customer
from afterword.workspaces.models import Member, Workspace
from tests.browser.chromium import PATIENCE
from tests.database import delete_rows
from tests.factories import a_member

DESKTOP, PHONE = 1280, 390  # pixels


@contextmanager
def a_site(django_db_blocker: Any) -> Iterator[str]:
    """Serve the pages; yield the address. All rows go with it."""
    # Playwright keeps a loop in this thread, which Django takes for a program that must not block.
    with patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"), django_db_blocker.unblock():
        server = LiveServer("localhost:0")
        try:
            yield server.url
        finally:
            server.stop()
            delete_rows()
            connection.close()


@contextmanager
def a_window(browser: Browser, width: int) -> Iterator[BrowserContext]:
    """Open one of this width."""
    height = 844 if width == PHONE else 800
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@dataclass
class Visit:
    """A member, in a workspace of their own, who looks at its pages."""

    site: str
    page: Page
    member: Member = field(default_factory=a_member)

    def __post_init__(self) -> None:
        client = Client()
        client.force_login(self.member.user)
        session = client.cookies["sessionid"].value
        self.page.context.add_cookies([{"name": "sessionid", "value": session, "url": self.site}])

    @property
    def workspace(self) -> Workspace:
        return self.member.workspace

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.site}{path}")
        return self.page

    def open_profile(self, customer: Customer) -> Page:
        return self.open(f"/customers/{customer.id}")

    def act(self, name: str, role: Any = "link") -> None:
        """Choose something from the actions menu of a profile."""
        self.page.get_by_text("Actions", exact=True).click()
        self.menu.get_by_role(role, name=name, exact=True).click()

    @property
    def menu(self) -> Locator:
        return self.page.locator("details.menu .menu-items")

    def confirm(self, name: str) -> None:
        self.page.get_by_role("dialog").get_by_role("button", name=name).click()

    def section(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    def fact(self, name: str) -> Locator:
        """What the general data say under a heading."""
        heading = self.section("General data").locator("dt").get_by_text(name, exact=True)
        return heading.locator("xpath=following-sibling::dd[1]")

    def is_told(self, words: str) -> None:
        expect(self.page.locator("#messages")).to_contain_text(words)

    def fits(self) -> bool:
        """Whether the page is as narrow as its screen."""
        screen = self.page.viewport_size
        wide: int = self.page.evaluate("document.documentElement.scrollWidth")
        return screen is not None and wide <= screen["width"]
