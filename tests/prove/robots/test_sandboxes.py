"""Programs that check mails in a real browser, scripts and all, and nobody before it."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser.chromium import stop_its_clock
from tests.prove.robots.mails import NONE, Mail, a_shop, effects, receive, scores_of
from tests.prove.robots.plain import answer_all
from tests.running_afterword import RunningAfterword, Workspace

pytestmark = pytest.mark.timeout(400)  # hundreds of pages in a real browser
MAILS = [5, pytest.param(100, marks=pytest.mark.prove)]
STAY = 2_000  # milliseconds by the clock of the page, which only we move on
chance = random.Random(3)
Act = Callable[[Page], None]

SUBMIT = """() => {
    for (const form of document.forms) {
        const button = form.querySelector("button");
        Math.random() < 0.5 && button ? button.click() : form.submit();
    }
}"""
PRETEND = """() => {
    const kinds = ["pointermove", "mousemove", "pointerdown", "mousedown", "touchstart", "wheel",
        "keydown", "scroll", "focus"];
    for (const kind of kinds)
        for (const target of [window, document.body, document.querySelector("button")])
            target?.dispatchEvent(new MouseEvent(kind, { bubbles: true, clientX: 9, clientY: 9 }));
}"""


@pytest.fixture(scope="module")
def shop(afterword: RunningAfterword) -> Workspace:
    return a_shop(afterword)


def look(page: Page) -> None:
    """Profile 6: stay for two seconds, and touch nothing."""


def submit(page: Page) -> None:
    """Profile 7: submit every form, by the form or by its button."""
    with page.expect_navigation(), suppress(Error):  # it may go before it says that it went
        page.evaluate(SUBMIT)


def pretend(page: Page) -> None:
    """Profile 8: the same, with events that scripts made up."""
    page.evaluate(PRETEND)
    submit(page)


def links_of(number: int, mail: Mail) -> list[str]:
    """Most of the robots open one link, every tenth two scores and the unsubscribe page."""
    first, second = chance.sample(range(11), 2)
    if number % 10:
        return [mail.scores[first]]
    return [mail.scores[first], mail.scores[second], mail.unsubscribe]


def run(browser: Browser, mails: Sequence[Mail], act: Act) -> None:
    with browser.new_context(viewport={"width": 400, "height": 300}) as context:
        page = context.new_page()
        stop_its_clock(page)
        for number, mail in enumerate(mails):
            for link in links_of(number, mail):
                page.goto(link)
                page.clock.run_for(STAY)
                act(page)


@pytest.mark.parametrize("count", MAILS)
@pytest.mark.parametrize("act", [look, submit, pretend])
def test_a_browser_without_a_person_records_nothing(
    browser: Browser, shop: Workspace, act: Act, count: int
):
    mails = receive(shop, f"{act.__name__}-{count}-", count)

    run(browser, mails, act)

    assert effects(shop, mails) == NONE

    answer_all(mails, 7)

    assert scores_of(shop, mails) == {mail.to: 7 for mail in mails}
