"""The list of customers in Chromium, on a desktop and on a phone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from playwright.sync_api import expect

from afterword.customers.models import Customer
from afterword.profiles.listing import found, walk
from afterword.profiles.models import SavedView
from afterword.profiles.tests.test_profile_in_browser import DESKTOP, PHONE, visit
from tests.factories import a_customer, a_member
from tests.long_work import work_until_done


def a_worker_works():
    """In a thread, for Playwright keeps this one's loop busy."""

    def work():
        work_until_done()
        connections.close_all()

    with ThreadPoolExecutor(1) as worker:
        worker.submit(work).result()


@pytest.mark.slow
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_two_are_ticked_and_tagged_and_a_view_of_them_is_saved(
    live_server, transactional_db, viewport
):
    member = a_member()
    for name in ("Ann", "Bob", "Carl"):
        a_customer(member.workspace, first_name=name, company_name="A long company " * 10)

    with visit(live_server, member, "/customers", viewport=viewport) as page:
        expect(page.get_by_text("3 customers")).to_be_visible()
        page.get_by_label("Tick Ann").check()
        page.get_by_label("Tick Carl").check()
        expect(page.get_by_label("For whom")).to_contain_text("2 ticked")
        page.get_by_text("Do with them").click()
        page.get_by_role("button", name="Add a tag").click()
        page.get_by_label("Tags").fill("vip")
        page.get_by_role("button", name="Add a tag").click()
        page.wait_for_url("**/work/*")
        a_worker_works()
        expect(page.get_by_text("2 of 2 customers")).to_be_visible()

        page.get_by_role("link", name="To the customers").click()
        page.get_by_text("Filter by property").click()
        page.get_by_role("button", name="Add a filter").click()
        page.get_by_label("Field").select_option("tags")
        page.get_by_label("Value").fill("vip")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_text("2 customers")).to_be_visible()
        page.get_by_role("link", name="Save as a view").click()
        page.get_by_label("Name").fill("Dear ones")
        page.get_by_role("button", name="Save the view").click()
        expect(page.get_by_role("link", name="Dear ones")).to_have_attribute("aria-current", "true")
        width = page.evaluate("document.documentElement.scrollWidth")

    assert SavedView.objects.get().name == "Dear ones"
    assert {one.first_name for one in Customer.objects.filter(tags=["vip"])} == {"Ann", "Carl"}
    assert width <= viewport["width"], "the page is wider than its screen"


@pytest.mark.slow
def test_a_list_goes_on_by_itself_until_somebody_is_found(
    live_server, transactional_db, monkeypatch
):
    monkeypatch.setattr(walk, "FIRST", 1)
    monkeypatch.setattr(found, "WALK_SECONDS", 0)
    monkeypatch.setattr(found, "MORE_SECONDS", 0)
    member = a_member()
    a_customer(member.workspace, first_name="Ann", tags=["vip"])
    for _ in range(6):
        a_customer(member.workspace)
    query = "field=tags&operator=includes&value=vip&group="

    with visit(live_server, member, f"/customers?{query}") as page:
        page.get_by_label("Tick Ann").check()
        expect(page.get_by_label("For whom")).to_contain_text("1 ticked")
        expect(page.get_by_role("link", name="Beginning")).to_be_visible()
        assert "after=6." in page.url
