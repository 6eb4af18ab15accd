"""A customer's page in Chromium: in place and without scripts, on a desktop and on a phone."""

from contextlib import contextmanager

import pytest
from django.test import Client
from playwright.sync_api import expect

from afterword.feedback.answering.answer import record_answer
from tests.browser.chromium import chromium
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_member,
    a_property,
    a_sent_reminder_of,
    a_sent_survey,
)

PATIENCE = 15_000
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture
def member(transactional_db):
    return a_member()


@pytest.fixture
def ann(member):
    a_property(member.workspace, "plan")
    a_property(member.workspace, "seats", "number")
    return a_customer(
        member.workspace,
        first_name="Ann",
        tags=["vip", "x" * 200],
        properties={"plan": "pro", "seats": 3},
        company_name="A company with a very long name " * 6,
    )


@contextmanager
def visit(live_server, member, path, **context):
    client = Client()
    client.force_login(member.user)
    session = client.cookies["sessionid"].value
    with chromium() as browser:
        visitor = browser.new_context(**context)
        visitor.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = visitor.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{live_server.url}{path}")
        yield page


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_a_value_is_edited_and_removed_in_place_and_put_back(live_server, member, ann, viewport):
    with visit(live_server, member, f"/customers/{ann.id}", viewport=viewport) as page:
        page.get_by_role("link", name="Edit seats").click()
        page.get_by_role("textbox", name="seats").fill("many")
        page.get_by_role("textbox", name="seats").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Expected a number")
        page.get_by_role("textbox", name="seats").fill("15")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#messages")).to_contain_text("seats is saved.")

        page.get_by_role("button", name="Remove plan").click()
        expect(page.get_by_role("button", name="Undo")).to_be_in_viewport()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#messages")).to_contain_text("plan is back.")
        width = page.evaluate("document.documentElement.scrollWidth")

    ann.refresh_from_db()
    assert ann.properties == {"plan": "pro", "seats": 15}
    assert width <= viewport["width"], "the page is wider than its screen"


def test_without_scripts_everything_is_a_form(live_server, member, ann):
    path = f"/customers/{ann.id}"
    with visit(live_server, member, path, java_script_enabled=False) as page:
        page.get_by_role("link", name="Edit plan").click()
        page.get_by_role("textbox", name="plan").fill("free")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Actions", exact=True).click()
        page.get_by_role("link", name="Edit profile").click()
        page.get_by_label("Last name").fill("Novak")
        page.get_by_role("button", name="Save the profile").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ann Novak")

    ann.refresh_from_db()
    assert (ann.properties["plan"], ann.last_name) == ("free", "Novak")


def test_the_menu_is_opened_and_closed_by_keyboard_and_asks_before_it_acts(
    live_server, member, ann
):
    ann.last_surveyed_at = NOW
    ann.save()
    with visit(live_server, member, f"/customers/{ann.id}") as page:
        menu = page.get_by_text("Actions", exact=True)
        menu.press("Enter")
        expect(page.get_by_role("link", name="Edit profile")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Edit profile")).to_be_hidden()

        menu.press("Enter")
        page.get_by_role("button", name="Reset last survey").click()
        page.get_by_role("dialog").get_by_role("button", name="Leave it").click()
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)

        menu.press("Enter")
        page.get_by_role("button", name="Reset last survey").click()
        page.get_by_role("dialog").get_by_role("button", name="Reset last survey").click()
        expect(page.get_by_role("button", name="Undo")).to_be_visible()
    ann.refresh_from_db()
    assert ann.last_surveyed_at is None


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_the_dashboard_is_filtered_by_tag_and_leads_to_what_it_counts(
    live_server, member, ann, viewport
):
    campaign = a_campaign(member.workspace)
    for customer, score in ((ann, 10), (a_customer(member.workspace), 1)):
        record_answer(a_sent_survey(campaign, customer=customer), score, "", NOW, submitted=True)
    with visit(live_server, member, "/", viewport=viewport) as page:
        page.get_by_text("Filter by tag, company or property").click()
        page.get_by_role("button", name="Add a filter", exact=True).click()
        page.get_by_label("Field").select_option("tags")
        page.get_by_label("Operator").select_option(label="includes")
        page.get_by_label("Value").fill("vip")
        page.locator("form[data-filters]").get_by_role("button", name="Show").click()
        expect(page.locator(".metric-number")).to_have_text("100")
        expect(page.locator(".whom summary")).to_contain_text("as they were when they answered")
        page.locator(".metric-number a").click()
        expect(page.locator(".answer")).to_have_count(1)
        expect(page.locator(".answer")).to_contain_text("Ann")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_how_each_survey_was_sent_is_seen_and_each_score_stands_below_its_dot(
    live_server, member, ann
):
    campaign = a_campaign(member.workspace, name="After an order of something large " * 2)
    first, second, third = (a_sent_survey(campaign, customer=ann) for _ in range(3))
    a_sent_reminder_of(third)
    record_answer(first, 9, "", NOW, submitted=True)
    record_answer(second, 10, "", NOW, submitted=True)

    with visit(live_server, member, f"/customers/{ann.id}", viewport=DESKTOP) as page:
        said = page.locator("section[aria-labelledby=outbox] tbody").get_by_text(
            "Reminder", exact=True
        )
        seen = said.evaluate("(each) => each.getBoundingClientRect().height")
        dots, scores = (page.locator(each) for each in (".trend-line circle", ".trend li"))
        middles = [
            every.evaluate_all(
                "(all) => all.map((each) => { const at = each.getBoundingClientRect();"
                " return Math.round(at.x + at.width / 2); })"
            )
            for every in (dots, scores)
        ]
        clipped = said.evaluate(
            "(each) => each.getBoundingClientRect().bottom"
            " > each.closest('th').getBoundingClientRect().bottom"
        )

    assert seen > 0
    assert not clipped
    assert len(middles[0]) == 2
    assert all(abs(dot - score) <= 1 for dot, score in zip(*middles, strict=True))


@pytest.mark.slow
def test_no_name_and_no_address_makes_a_page_wider_than_a_phone(live_server, member):
    long = {"first_name": "x" * 200, "last_name": "y" * 100}
    named = a_customer(member.workspace, email="named@example.com", **long)
    nameless = a_customer(member.workspace, email=f"{'n' * 60}@{'sub.' * 30}example.com")
    surveys = [
        a_sent_survey(a_campaign(member.workspace), customer=one) for one in (named, nameless)
    ]

    with visit(live_server, member, "/outbox", viewport=PHONE) as page:
        for path in (
            "/outbox",
            *(f"/customers/{one.id}" for one in (named, nameless)),
            *(f"/outbox/{one.id}" for one in surveys),
        ):
            page.goto(f"{live_server.url}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") == 390, path


def test_a_name_keeps_its_own_direction_in_a_sentence_and_in_lists(client, member):
    client.force_login(member.user)
    rami = a_customer(member.workspace, first_name="رامي")
    a_sent_survey(a_campaign(member.workspace), customer=rami)

    assert "why <bdi>رامي</bdi> was asked" in client.get(f"/customers/{rami.id}").text
    assert 'dir="auto">رامي</a>' in client.get("/outbox?days=all").text
