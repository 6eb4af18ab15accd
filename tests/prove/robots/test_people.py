"""People who answer, in every way that they may: nearly all are heard, and none taps twice."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.prove.robots.gateway import gateway, rewritten
from tests.prove.robots.mails import Mail, a_shop, receive, scores_of
from tests.running_afterword import RunningAfterword, Workspace

VISITS = [1, pytest.param(10, marks=pytest.mark.prove)]  # of each kind
PATIENCE = 15_000
PHONE = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}}
Visit = Callable[[Page, Mail], int]  # returns the score that the person means


@pytest.fixture(scope="module")
def shop(afterword: RunningAfterword) -> Workspace:
    return a_shop(afterword)


def noted(page: Page, score: int) -> int:
    expect(page.get_by_text(f"Your {score} is noted")).to_be_visible(timeout=PATIENCE)
    return score


def move(page: Page) -> None:
    page.mouse.move(200, 200)
    page.mouse.move(230, 220)


def with_a_mouse(page: Page, mail: Mail) -> int:
    page.goto(mail.scores[9])
    move(page)
    return noted(page, 9)


def with_a_comment(page: Page, mail: Mail) -> int:
    page.goto(mail.scores[8])
    page.get_by_role("textbox").click()
    page.keyboard.type("Good")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you")).to_be_visible(timeout=PATIENCE)
    return 8


def with_a_finger(page: Page, mail: Mail) -> int:
    """Scrolling is enough; nothing is tapped."""
    page.goto(mail.scores[6])
    touch = page.context.new_cdp_session(page)
    for kind, y in (("touchStart", 500), ("touchMove", 420), ("touchMove", 330)):
        points = [{"x": 180, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    return noted(page, 6)


def with_a_tap(page: Page, mail: Mail) -> int:
    page.goto(mail.scores[6])
    page.get_by_text("5", exact=True).tap()
    return noted(page, 5)


def with_the_keyboard(page: Page, mail: Mail) -> int:
    page.goto(mail.scores[4])
    page.keyboard.press("Tab")
    return noted(page, 4)


def without_javascript(page: Page, mail: Mail) -> int:
    """One tap, and that is Send."""
    page.goto(mail.scores[3])
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you")).to_be_visible(timeout=PATIENCE)
    return 3


def through_a_gateway(page: Page, mail: Mail) -> int:
    with gateway() as prefix:
        page.goto(rewritten(prefix, mail.scores[10]))
    move(page)
    return noted(page, 10)


def back_and_another(page: Page, mail: Mail) -> int:
    """Chooses one score in the mail, goes back to it, and chooses another."""
    links = "".join(f'<p><a href="{mail.scores[score]}">{score}</a></p>' for score in (9, 2))
    page.route(
        "http://mail.example.com/*",
        lambda route: route.fulfill(body=links, content_type="text/html"),
    )
    page.goto("http://mail.example.com/mail")
    page.get_by_text("9").click()
    move(page)
    noted(page, 9)
    page.go_back()
    page.get_by_text("2").click()
    page.get_by_role("button", name="Change it to 2").click()
    expect(page.get_by_text("Thank you")).to_be_visible(timeout=PATIENCE)
    return 2


def another_on_the_page(page: Page, mail: Mail) -> int:
    page.goto(mail.scores[9])
    page.get_by_text("1", exact=True).click()
    noted(page, 1)
    page.get_by_text("7", exact=True).click()
    return noted(page, 7)


def after_a_machine(page: Page, mail: Mail) -> int:
    """A scanner has just been at every link."""
    with httpx.Client() as robot:
        for link in mail.links:
            robot.get(link)
    page.goto(mail.scores[0])
    move(page)
    return noted(page, 0)


WAYS: list[tuple[Visit, dict[str, object]]] = [
    (with_a_mouse, {}),
    (with_a_comment, {}),
    (with_a_finger, PHONE),
    (with_a_tap, PHONE),
    (with_the_keyboard, {}),
    (without_javascript, {"java_script_enabled": False}),
    (through_a_gateway, {}),
    (back_and_another, {}),
    (another_on_the_page, {}),
    (after_a_machine, {}),
]


@pytest.mark.parametrize("visits", VISITS)
@pytest.mark.parametrize(("visit", "settings"), WAYS, ids=[visit.__name__ for visit, _ in WAYS])
def test_everybody_is_heard(
    browser: Browser, shop: Workspace, visit: Visit, settings: Any, visits: int
):
    """Ten of a hundred: each of them, though ninety-nine would do."""
    mails = receive(shop, f"{visit.__name__}-{visits}-", visits)
    wanted = {}

    with browser.new_context(**settings) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        for mail in mails:
            wanted[mail.to] = visit(page, mail)

    assert scores_of(shop, mails) == wanted


@pytest.mark.parametrize("visits", VISITS)
def test_who_only_reads_is_heard_too(browser: Browser, shop: Workspace, visits: int):
    mails = receive(shop, f"reader-{visits}-", visits)
    context = browser.new_context()
    pages = [context.new_page() for _ in mails]

    for page, mail in zip(pages, mails, strict=True):
        page.goto(mail.scores[9])
    for page in pages:
        noted(page, 9)
    context.close()

    assert scores_of(shop, mails) == {mail.to: 9 for mail in mails}
