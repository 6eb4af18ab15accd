"""A detractor's answer in Chromium: assigned by the rule, overdue, done, and told of."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from afterword.feedback.answering.answer import record_answer
from afterword.feedback.loop.models import Assignment
from afterword.feedback.loop.watch import follow_up
from afterword.sending.models import Mail
from tests.browser.chromium import chromium
from tests.factories import a_campaign, a_customer, a_member, a_sent_survey
from tests.followups import posting
from tests.long_work import work_until_done

PATIENCE = 15_000


@pytest.fixture
def member(transactional_db):
    return a_member()


def test_an_answer_is_assigned_overdue_done_and_told(live_server, member):
    client = Client()
    client.force_login(member.user)
    with posting() as post, chromium() as browser:
        visitor = browser.new_context()
        session = client.cookies["sessionid"].value
        visitor.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = visitor.new_page()
        page.set_default_timeout(PATIENCE)

        page.goto(f"{live_server.url}/settings/close-the-loop")
        page.get_by_label("Assign them by this rule").check()
        page.locator("[name=user]").select_option(str(member.user_id))
        page.get_by_label("Hours until it is due").fill("1")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("The rule is saved.")).to_be_visible()

        meanwhile(lambda: somebody_is_unhappy(member))
        is_overdue_and_ends(page, live_server.url)
        is_told(page, live_server.url)
        meanwhile(work_until_done)
        post.send_due()
        page.reload()
        expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()
        expect(page.get_by_text("Nobody has answered again")).to_be_visible()
        subjects = [message["Subject"] for message in post.messages()]

    assert "We pack better now, Ann" in subjects
    assert Mail.objects.get(kind="you_said").recipient == "ann@acme.test"


def somebody_is_unhappy(member):
    campaign = a_campaign(member.workspace)
    ann = a_customer(member.workspace, first_name="Ann", email="ann@acme.test")
    record_answer(
        a_sent_survey(campaign, customer=ann), 3, "Broken", timezone.now(), submitted=True
    )
    follow_up(timezone.now())


def an_hour_passes():
    Assignment.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    follow_up(timezone.now())


def meanwhile(does):
    """Let the worker do something: where Chromium is, no database can be asked."""
    with ThreadPoolExecutor(1) as worker:
        worker.submit(lambda: (does(), connections.close_all())).result()


def is_overdue_and_ends(page: Page, site: str) -> None:
    meanwhile(an_hour_passes)
    page.goto(f"{site}/feedback?loop=overdue")
    expect(page.get_by_text("Broken")).to_be_visible()
    page.get_by_role("link", name="Follow up the answer of Ann").click()
    page.get_by_label("Note").fill("We sent another one.")
    page.get_by_role("button", name="Save as done").click()
    expect(page.get_by_text("It is done.")).to_be_visible()


def is_told(page: Page, site: str) -> None:
    page.goto(f"{site}/feedback?loop=done")
    page.get_by_role("link", name="You said, we did").click()
    page.get_by_label("Subject").fill("We pack better now, {{ first_name }}")
    page.get_by_label("Held back, in percent").fill("0")
    preview = page.frame_locator("iframe:not([hidden])")
    expect(preview.get_by_text("We pack better now, Ann")).to_be_visible()
    page.get_by_role("button", name="Save, and look whom it reaches").click()
    expect(page.get_by_text("1 person can be mailed.")).to_be_visible()
    page.get_by_role("button", name="Send it").click()
    page.get_by_role("dialog").get_by_role("button", name="Send it").click()
    expect(page.get_by_text("It is on its way.")).to_be_visible()
