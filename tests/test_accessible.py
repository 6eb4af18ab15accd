"""No page has a serious fault that axe finds: light or dark, as an owner sees it.

`make test` looks at each page in one of the two, by turns, and in both at what all pages are made
of and what customers see; `make prove` at all in both.
"""

import json
from typing import Any, Literal

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium
from tests.clients.node import MODULES
from tests.places import one_of_everything

AXE = MODULES / "axe-core" / "axe.min.js"
# Only what is told is worked out, which spares axe a seventh of its work.
RUN = """async () => JSON.stringify((await axe.run({
  resultTypes: ["violations"], selectors: false, preload: false,
})).violations)"""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
IN_BOTH = "/parts", "/s/", "/u/"  # begin the addresses
GRAVE = {"serious", "critical"}


@pytest.fixture
def places(transactional_db):
    member, addresses = one_of_everything()
    return Client(), member, addresses


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "is_each_in_both",
    [False, pytest.param(True, marks=pytest.mark.prove)],
    ids=["by turns", "in both"],
)
def test_axe_finds_nothing_grave(live_server, places, is_each_in_both):
    client, member, addresses = places
    client.force_login(member.user)
    session = client.cookies["sessionid"].value
    cookie = {"name": "sessionid", "value": session, "url": live_server.url}
    found = {}
    with chromium() as browser:
        for turn, scheme in enumerate(SCHEMES):
            page = a_page(browser, scheme, cookie)
            for number, address in enumerate(addresses):
                is_its_turn = number % len(SCHEMES) == turn
                if is_each_in_both or is_its_turn or address.startswith(IN_BOTH):
                    found[address, scheme] = faults(page, live_server.url + address)

    assert {seen: said for seen, said in found.items() if said} == {}


def a_page(browser: Browser, scheme: Literal["light", "dark"], cookie: Any) -> Page:
    """Return one that goes from address to address and has axe at each."""
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    context.add_cookies([cookie])
    context.add_init_script(path=AXE)
    return context.new_page()


def faults(page: Page, address: str) -> list[str]:
    answer = page.goto(address)
    assert answer
    if answer.status != 200:
        return [f"it answers {answer.status}"]
    return [
        f"{each['id']}: {[node['html'][:150] for node in each['nodes'][:3]]}"
        for each in json.loads(page.evaluate(RUN))
        if each["impact"] in GRAVE
    ]
