"""An import in Chromium, on a desktop and on a phone: bring, correct, look, start, call off."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from afterword.customers.importing.models import Import
from afterword.long_work.models import State
from tests.browser.chromium import chromium
from tests.factories import a_member
from tests.long_work import stored

PEOPLE = "Email,Name,Place\nann@example.com,Ann Lee,Brno\nnobody,Bob,Oslo\n"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_file_is_brought_corrected_looked_at_started_and_called_off(
    live_server, transactional_db, tmp_path, width
):
    member = a_member()
    client = Client()
    client.force_login(member.user)
    session = client.cookies["sessionid"].value
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    with chromium() as browser:
        visitor = browser.new_context(viewport={"width": width, "height": 800})
        visitor.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = visitor.new_page()
        page.goto(f"{live_server.url}/customers")
        page.get_by_role("link", name="Import", exact=True).click()
        page.get_by_label("CSV file").set_input_files(path)
        page.get_by_role("button", name="Look at the file").click()
        page.get_by_label("What Place becomes").select_option(label="City")
        preview = page.get_by_role("region", name="What the first rows become")
        expect(preview.get_by_role("columnheader", name="City")).to_be_visible()
        expect(preview).to_contain_text("1 of the first 2 rows would be refused")
        page.get_by_role("button", name="Start the import").click()
        expect(page.get_by_role("progressbar", name="Import people.csv")).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("It is cancelled.")).to_be_visible()
        expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()

    file = Import.objects.select_related("work").get()
    assert file.targets == ["email", "name", "own:city"]
    assert file.work
    assert stored(file.work).state == State.CANCELLED
