"""Whose press of a button on the unsubscribe link's page counts."""

import time

import pytest
from playwright.sync_api import expect

from afterword.suppressions.models import Suppression
from tests.browser.chromium import chromium, stop_its_clock
from tests.factories import a_campaign, a_sent_survey, a_template, a_workspace

SYNTHETIC = """
    const form = document.querySelector("form");
    for (const kind of ["pointerdown", "touchstart", "keydown"])
        form.dispatchEvent(new Event(kind, { bubbles: true }));
"""


@pytest.fixture
def survey(live_server):
    """A survey whose page asks nobody else for anything."""
    workspace = a_workspace()
    return a_sent_survey(a_campaign(workspace, template=a_template(workspace, logo_url="")))


def visit(live_server, survey, act, before=None, **context):
    """Open the link in a browser of its own, do something there, return what is stopped."""
    with chromium() as browser:
        page = browser.new_context(**context).new_page()
        if before:
            before(page)
        page.goto(f"{live_server.url}/u/{survey.unsubscribe_token}")
        act(page)
        page.wait_for_load_state("networkidle")
    return [stop.how for stop in Suppression.objects.filter(ended_at=None)]


def press(page, name="Stop all surveys", heading="You are unsubscribed"):
    page.get_by_role("button", name=name).click()
    page.get_by_role("heading", name=heading).wait_for()


def press_by_script(page, how="button.click()"):
    """Submit the form as programs do, and wait for what comes."""
    target = "button" if how.startswith("button") else "form"
    with page.expect_navigation():
        page.evaluate(f"document.querySelector('{target}').{how.removeprefix('button.')}")


@pytest.mark.parametrize("submit", ["button.click()", "requestSubmit()", "submit()"])
def test_a_scanner_that_submits_every_form_it_meets_stops_nothing(live_server, survey, submit):
    def scan(page):
        for _ in range(3):
            time.sleep(1.2)  # a breath, by the server's clock
            page.clock.run_for(1_200)
            page.evaluate(SYNTHETIC)
            press_by_script(page, submit)

    assert visit(live_server, survey, scan, before=stop_its_clock) == []


def test_a_person_for_whom_a_program_presses_is_believed_when_asked(live_server, survey):
    def by_voice(page):
        press_by_script(page)
        expect(page.locator("[name=sign]")).to_have_value("person", timeout=60_000)
        press_by_script(page)

    assert visit(live_server, survey, by_voice) == ["preference page"]


def test_who_is_asked_once_more_presses_once_more(live_server, survey):
    def twice(page):
        press_by_script(page)
        page.wait_for_timeout(1_200)
        press(page)

    assert visit(live_server, survey, twice) == ["preference page"]


@pytest.mark.parametrize("javascript", [True, False])
def test_one_press_of_a_person_is_enough(live_server, survey, javascript):
    assert visit(live_server, survey, press, java_script_enabled=javascript) == ["preference page"]


def test_so_is_one_key(live_server, survey):
    def by_keyboard(page):
        page.get_by_role("button", name="Stop all surveys").press("Enter")
        page.get_by_role("heading", name="You are unsubscribed").wait_for()

    assert visit(live_server, survey, by_keyboard) == ["preference page"]


def test_who_stopped_may_start_again(live_server, survey):
    def there_and_back(page):
        press(page)
        press(page, "Start again", "You are subscribed again")

    assert visit(live_server, survey, there_and_back) == []
