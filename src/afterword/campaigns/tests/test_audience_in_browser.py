"""The audience's page in Chromium: groups by keyboard, the count while typing, and no script."""

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.chromium import chromium
from tests.factories import a_campaign, a_customer, a_member, a_property

PATIENCE = 15_000


@pytest.fixture
def member(transactional_db):
    return a_member()


@pytest.fixture
def campaign(member):
    a_property(member.workspace, "orders", "number")
    for number, country in enumerate(["USA", "USA", "Chile", "Chile"]):
        orders = {"orders": number}
        a_customer(member.workspace, country=country, first_name=country, properties=orders)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")  # tests of before left their own numbers
    usa = {"field": "country", "operator": "is", "value": "USA"}
    return a_campaign(member.workspace, audience={"match": "all", "filters": [usa]})


def visit(live_server, member, campaign, act, **context):
    """Open the page as the member, do something there, return the audience that is stored."""
    client = Client()
    client.force_login(member.user)
    session = client.cookies["sessionid"].value
    with chromium() as browser:
        visitor = browser.new_context(**context)
        visitor.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = visitor.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{live_server.url}/campaigns/{campaign.id}/audience")
        act(page)
    campaign.refresh_from_db()
    return campaign.audience


def sees(page: Page, text: str) -> None:
    expect(page.locator(".audience-count").first).to_contain_text(text, timeout=PATIENCE)


def test_a_group_is_added_by_keyboard_and_counted_while_it_is_typed(live_server, member, campaign):
    def act(page):
        sees(page, "2 customers match now.")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="Add a group").press("Enter")
        page.keyboard.type("orders")
        sees(page, "Complete the filters")
        page.keyboard.press("Tab")
        page.keyboard.type("at least")
        page.keyboard.press("Tab")
        page.keyboard.type("1")
        sees(page, "1 customer matches now.")
        page.get_by_role("button", name="Add a filter to the group").press("Enter")
        page.keyboard.type("Country")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("USA")
        sees(page, "2 customers match now.")
        page.get_by_role("button", name="Save the audience").click()
        page.get_by_text("Audience saved.").wait_for()

    stored = visit(live_server, member, campaign, act)

    assert stored["filters"][1] == {
        "match": "any",
        "filters": [
            {"field": "orders", "operator": "at least", "value": 1},
            {"field": "country", "operator": "is", "value": "USA"},
        ],
    }


def test_what_is_removed_by_keyboard_is_counted_and_leaves_the_focus_near(
    live_server, member, campaign
):
    def act(page):
        page.get_by_role("button", name="Add a group").press("Enter")
        page.get_by_role("button", name="Remove this group").press("Enter")
        expect(page.get_by_role("button", name="Add a group")).to_be_focused()
        page.get_by_role("button", name="Remove this filter").press("Enter")
        expect(page.get_by_role("button", name="Add a filter")).to_be_focused()
        sees(page, "4 customers match now.")
        page.get_by_role("button", name="Save the audience").click()
        page.get_by_text("Audience saved.").wait_for()

    assert visit(live_server, member, campaign, act) == {"match": "all", "filters": []}


def test_without_javascript_a_group_is_filled_in_and_saved(live_server, member, campaign):
    def act(page):
        group = page.get_by_role("group", name="Group of filters")
        group.get_by_label("Field").first.select_option("orders")
        operators = group.get_by_label("Operator").first
        operators.locator('optgroup[label="Number"] option', has_text="less than").evaluate(
            "option => option.selected = true"
        )
        group.get_by_label("Value").first.fill("5")
        page.get_by_role("button", name="Save the audience").click()
        page.get_by_text("Audience saved.").wait_for()

    stored = visit(live_server, member, campaign, act, java_script_enabled=False)

    less = {"field": "orders", "operator": "less than", "value": 5}
    assert stored["filters"][1] == {"match": "any", "filters": [less]}


def test_it_fits_a_phone(live_server, member, campaign):
    def act(page):
        page.get_by_role("button", name="Add a group").click()
        sees(page, "2 customers match now.")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390

    visit(live_server, member, campaign, act, viewport={"width": 390, "height": 844})
