"""The first campaign, set up by hand in an empty workspace, from nothing to a sent survey."""

import json
import re
import shutil
import subprocess
from base64 import b64encode

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.journeys.test_event_to_answer import sign_in
from tests.pictures import a_picture
from tests.running_afterword import RunningAfterword, eventually

pytestmark = pytest.mark.xdist_group("shared-afterword")

MOST_STEPS = 20  # clicks and fields, from an empty workspace to a survey that was sent
LOGO = FilePayload(name="logo.png", mimeType="image/png", buffer=a_picture(size=(240, 60)))


class Hands:
    """Uses a page, and counts what they do."""

    def __init__(self, page: Page) -> None:
        self.page, self.steps = page, 0

    def click(self, what: str | Locator, role: str = "link") -> None:
        found = self.page.get_by_role(role, name=what) if isinstance(what, str) else what  # type: ignore[arg-type]
        found.first.click()
        self.steps += 1

    def fill(self, field: str, text: str) -> None:
        self.page.get_by_label(field).fill(text)
        self.steps += 1

    def upload(self, field: re.Pattern[str], file: FilePayload) -> None:
        self.page.get_by_label(field).set_input_files(file)
        self.steps += 1


@pytest.mark.skipif(not shutil.which("curl"), reason="the snippet to try needs curl")
def test_from_an_empty_workspace_to_a_sent_survey(afterword: RunningAfterword, page: Page):
    shop = afterword.workspace("First campaign", templates=[])
    sign_in(page, afterword, *shop.owner)
    hands = Hands(page)

    choose_metric_channel_and_type(hands)
    make_and_assign_a_template(hands)
    name_the_event(hands)
    key, snippet = make_a_key(hands)
    switch_it_on(hands)
    run_in_a_terminal(snippet.replace("ann@", "fran@"))
    expect(
        page.get_by_text("The survey is on its way").or_(page.get_by_text("Sent"))
    ).to_be_visible()
    [mail] = eventually(lambda: afterword.mails("fran@example.com"))

    assert mail["subject"] == "How was your order, Ann?"
    assert hands.steps <= MOST_STEPS
    map_it_in_segments_destination(page, afterword, key)


def choose_metric_channel_and_type(hands: Hands) -> None:
    hands.click("New campaign")
    hands.click(hands.page.get_by_text("Loyalty: would they recommend you?"))
    expect(hands.page.get_by_role("radio", name="E-mail")).to_be_checked()
    expect(hands.page.get_by_role("radio", name="Transactional")).to_be_checked()
    hands.fill("Name", "After an order")
    hands.click("Create the campaign", "button")


def make_and_assign_a_template(hands: Hands) -> None:
    hands.click("New template")
    hands.click("After an order")
    hands.upload(re.compile("^Logo"), LOGO)
    hands.click("Create the template", "button")
    hands.click("Assign", "button")
    expect(hands.page.get_by_text("Everything is ready")).to_be_visible()


def name_the_event(hands: Hands) -> None:
    hands.click("Schedule")
    hands.fill("Names of the events", "Order Completed")
    hands.click("Save the schedule", "button")


def make_a_key(hands: Hands) -> tuple[str, str]:
    hands.click("Setup")
    hands.click("Make a key", "button")
    shown = hands.page.locator("pre").first
    expect(shown).to_contain_text("aw_")
    snippet = shown.inner_text()
    key = re.search(r"-u (\S+):", snippet)
    assert key
    return key[1], snippet


def switch_it_on(hands: Hands) -> None:
    hands.click(hands.page.get_by_role("switch"))
    expect(hands.page.get_by_role("switch")).to_be_checked()


def run_in_a_terminal(snippet: str) -> None:
    done = subprocess.run(["sh", "-c", snippet], capture_output=True, text=True, check=False)
    assert '"success": true' in done.stdout, done.stdout + done.stderr


def map_it_in_segments_destination(page: Page, afterword: RunningAfterword, key: str) -> None:
    """Segment posts an event with the destination's settings: the key, and an ID beside names."""
    campaign = re.search(r"/campaigns/([0-9a-f-]{36})", page.url)
    assert campaign
    expect(
        page.get_by_text(campaign[1]).or_(page.locator(f"[value='{campaign[1]}']")).first
    ).to_be_visible()
    settings = {"mapRetentlyCampaignsWithSegmentEvents": {campaign[1]: "Cart Viewed, Plan Changed"}}
    posted = afterword.http.post(
        "/segment/destination",
        json={
            "type": "track",
            "event": "Plan Changed",
            "properties": {"email": "flo@example.com"},
        },
        headers={"X-Segment-Settings": b64encode(json.dumps(settings).encode()).decode()},
        auth=(key, ""),
    )
    assert posted.status_code == 200, posted.text
    assert eventually(lambda: afterword.mails("flo@example.com"))
