"""What a visit to a survey's link records: nothing, until a person is seen."""

import pytest

from afterword.feedback.models import Response
from tests.browser.chromium import chromium, stop_its_clock
from tests.factories import a_campaign, a_sent_survey, a_template, a_workspace

SYNTHETIC = """
    for (const kind of ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"])
        window.dispatchEvent(new Event(kind, { bubbles: true }));
"""


@pytest.fixture
def survey(live_server):
    """A survey whose page asks nobody else for anything."""
    workspace = a_workspace()
    return a_sent_survey(a_campaign(workspace, template=a_template(workspace, logo_url="")))


def visit(live_server, survey, act, query="?score=9", before=None, **context):
    """Open the link in a browser of its own, do something there, return what is recorded."""
    with chromium() as browser:
        page = browser.new_context(**context).new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if before:
            before(page)
        page.goto(f"{live_server.url}/s/{survey.answer_token}{query}")
        act(page)
        page.wait_for_load_state("networkidle")
    assert complaints == []
    return [
        (response.score, response.comment, response.submitted_at is not None)
        for response in Response.objects.filter(survey=survey.survey_id)
    ]


def send(page):
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you").wait_for()


def noted(page, score):
    page.get_by_text(f"Your {score} is noted").wait_for()


def test_a_scanner_that_runs_scripts_records_nothing(live_server, survey):
    def scan(page):
        page.evaluate(SYNTHETIC)
        page.evaluate("window.scrollTo(0, 500)")
        page.clock.run_for(2_000)

    assert visit(live_server, survey, scan, before=stop_its_clock) == []


def test_a_moved_mouse_records_the_score_of_the_link(live_server, survey):
    def look(page):
        page.mouse.move(100, 100)
        page.mouse.move(140, 120)
        noted(page, 9)

    assert visit(live_server, survey, look) == [(9, "", False)]


def test_five_seconds_of_reading_do_too(live_server, survey):
    assert visit(live_server, survey, lambda page: noted(page, 9)) == [(9, "", False)]


def test_another_score_may_be_chosen_and_a_comment_added(live_server, survey):
    def answer(page):
        page.get_by_text("7", exact=True).click()
        noted(page, 7)
        page.get_by_role("textbox").fill("Fine")
        send(page)

    assert visit(live_server, survey, answer) == [(7, "Fine", True)]


def test_what_is_taken_back_before_it_is_sent_is_gone(live_server):
    workspace = a_workspace()
    likes = {"key": "likes", "type": "choices", "text": "What?", "choices": ["Web", "App"]}
    template = a_template(workspace, logo_url="", questions=[likes])
    survey = a_sent_survey(a_campaign(workspace, template=template))

    def take_back(page):
        with page.expect_response(lambda answer: "likes=0" in (answer.request.post_data or "")):
            page.get_by_label("Web").check()
        page.get_by_label("Web").uncheck()
        send(page)

    visit(live_server, survey, take_back)

    assert Response.objects.get().answers == {}


def test_the_keyboard_is_enough(live_server, survey):
    def answer(page):
        for key in ("Tab", "ArrowRight", "ArrowRight"):
            page.keyboard.press(key)
        noted(page, 2)
        page.keyboard.press("Tab")
        page.keyboard.type("Slow")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("Thank you").wait_for()

    assert visit(live_server, survey, answer, query="") == [(2, "Slow", True)]


def test_a_link_without_a_score_waits_for_one(live_server, survey):
    def look(page):
        page.mouse.move(100, 100)
        page.mouse.move(140, 120)
        page.wait_for_timeout(500)
        assert page.get_by_role("textbox").count() == 0

    assert visit(live_server, survey, look, query="") == []


def test_it_works_without_javascript(live_server, survey):
    assert visit(live_server, survey, send, java_script_enabled=False) == [(9, "", True)]


@pytest.mark.parametrize("width", [320, 390])
def test_the_page_fits_a_phone(live_server, survey, width):
    def measure(page):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = [label.bounding_box() for label in page.locator("label:has(input)").all()]
        assert min(min(box["width"], box["height"]) for box in boxes) >= 40

    visit(live_server, survey, measure, viewport={"width": width, "height": 640})


def test_an_older_mails_score_changes_nothing_until_it_is_confirmed(live_server, survey):
    def give(page):
        page.mouse.move(20, 20)
        noted(page, 9)

    def touch_and_leave(page):
        page.mouse.move(20, 20)
        page.mouse.move(60, 60)
        page.get_by_role("link", name="Keep 9").click()
        page.get_by_text("This is your answer").wait_for()

    def change(page):
        page.get_by_role("button", name="Change it to 3").click()
        page.get_by_text("Thank you").wait_for()

    visit(live_server, survey, give)

    assert visit(live_server, survey, touch_and_leave, "?score=3") == [(9, "", False)]
    assert visit(live_server, survey, change, "?score=3") == [(3, "", True)]
