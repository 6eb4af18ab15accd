"""What follows an answer: a webhook within a second, a mail to the team, and an autoresponder."""

import time

import pytest
from playwright.sync_api import Page, expect
from standardwebhooks.webhooks import Webhook

from tests.http_script import Answer, scripted_http
from tests.journeys.test_event_to_answer import click_score, open_mail, order, sign_in
from tests.running_afterword import RunningAfterword, a_campaign, eventually

pytestmark = pytest.mark.xdist_group("shared-afterword")

CUSTOMER, TEAM = "fay@example.com", "team@follow-ups.test"
SOON = 5.0  # seconds, on a machine that runs other tests too


def test_an_answer_reaches_an_application_the_team_and_the_customer(
    afterword: RunningAfterword, page: Page
):
    with scripted_http(Answer(200, "ok")) as crm:
        campaign = a_campaign(
            "orders",
            "Order Completed",
            webhooks=[{"url": crm.url, "events": ["feedback"]}],
            notifications=[{"events": ["new_feedback"], "to": TEAM}],
            autoresponders=[
                {
                    "when": "promoter",
                    "subject": "Thank you, {{ first_name }}",
                    "body": "You gave us {{ score }}.",
                    "delay": {"min": "0", "max": "0"},
                }
            ],
        )
        shop = afterword.workspace("Follow-ups", campaign)
        order(shop, CUSTOMER)
        [mail] = eventually(lambda: afterword.mails(CUSTOMER))

        open_mail(page, mail["html"])
        survey = click_score(page, 9)
        survey.get_by_role("textbox").fill("Quick")
        survey.get_by_role("button", name="Send").click()
        expect(survey.get_by_text("Thank you")).to_be_visible()
        answered = time.monotonic()

        told = eventually(lambda: [one for one in crm.asked if one.values["comment"] == "Quick"])
        assert time.monotonic() - answered < SOON
        assert (told[0].values["score"], told[0].values["email"]) == (9, CUSTOMER)
        [notice] = eventually(lambda: afterword.mails(TEAM))
        assert notice["subject"] == "NPS 9 (Promoter) from Ann"
        assert "Quick" in notice["text"]
        eventually(lambda: len(afterword.mails(CUSTOMER)) == 2)
        assert afterword.mails(CUSTOMER)[0]["subject"] == "Thank you, Ann"
        assert len(shop.rows("outbox")) == 1  # it is no survey

        sign_in(page, afterword, *shop.owner)
        set_one_up(page, afterword.url, crm.url)
        assert crm.asked[-1].values["event"] == "test"


def set_one_up(page: Page, site: str, url: str) -> None:
    """Add a webhook for the whole workspace by keyboard and pointer, and try it."""
    page.goto(f"{site}/follow-ups/webhooks")
    page.get_by_role("link", name="New webhook").click()
    page.get_by_label("Address").fill(url)
    page.get_by_label("New feedback", exact=True).check()
    page.get_by_role("button", name="Add the webhook").press("Enter")
    secret = page.get_by_label("Signing secret").input_value()
    assert Webhook(secret)
    page.get_by_role("link", name="I have copied it").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("The test arrived")).to_be_visible()
