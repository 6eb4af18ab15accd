"""From an event to an answered survey: as an application, a customer and an owner see it."""

import re
import shutil
import subprocess
from email.message import EmailMessage

import httpx
import pytest
from playwright.sync_api import Page, expect
from segment.analytics.client import Client

from tests.running_afterword import (
    RunningAfterword,
    Workspace,
    a_campaign,
    eventually,
    running_afterword,
)
from tests.smtp import smtp_sink

COMMENT = "Quick & <friendly>, “as always”."
HREF = re.compile(r'href="(https?://[^"]+)"')


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert isinstance(part, EmailMessage)
    html: str = part.get_content()
    return html


def order(shop: Workspace, address: str) -> str:
    """Tell of an order as an application does; return the messageId."""
    client = Client(shop.ingest_key, host=shop.afterword.url, sync_mode=True)
    about = {"email": address, "firstName": "Ann", "companyName": "ACME"}
    _, sent = client.track("u1", "Order Completed", about)
    message_id: str = sent["messageId"]
    return message_id


def open_mail(page: Page, html: str) -> None:
    """Open a mail as a mail program does, without what it would load from outside."""
    page.route("**/*.png", lambda route: route.abort())
    page.set_content(html)


def click_score(page: Page, score: int) -> Page:
    """Click on a score of a mail and return the page that it opens."""
    link = page.locator(f'a[href$="score={score}"]')
    if link.get_attribute("target") == "_blank":
        with page.context.expect_page() as opening:
            link.click()
        return opening.value
    link.click()
    return page


def test_an_event_becomes_a_mail_an_answer_and_a_score(page: Page):
    with (
        smtp_sink() as (sink, server),
        running_afterword(
            "journey", AFTERWORD_MAIL_URL=f"smtp://{server.host}:{server.port}?tls=none"
        ) as afterword,
    ):
        shop = afterword.workspace("Acme", a_campaign("after-an-order", "Order Completed"))

        bought = order(shop, "ann@example.com")
        [mail] = eventually(sink.messages)
        assert mail["To"].addresses[0].addr_spec == "ann@example.com"
        assert mail["Subject"] == "How was your order, Ann?"
        check_that_fetching_records_nothing(shop, html_of(mail))

        open_mail(page, html_of(mail))
        answer(click_score(page, 9), COMMENT)
        [feedback] = shop.rows("feedback")
        assert (feedback["score"], feedback["comment"]) == (9, COMMENT)
        assert feedback["isSubmitted"]
        assert shop.ask("nps/score")["score"] == 100

        sign_in(page, afterword, *shop.owner)
        see_the_answer(page, afterword, "100", COMMENT)
        see_why(page, afterword, bought, "Scheduled")

        one_click(mail)
        again = order(shop, "ann@example.com")
        assert shop.decision_on(again)["reason"] == "unsubscribed"
        see_why(page, afterword, again, "Unsubscribed")
        assert len(sink.messages()) == 1


def check_that_fetching_records_nothing(shop: Workspace, html: str) -> None:
    """Mail scanners fetch every link, with HEAD and GET."""
    links = {link.replace("&amp;", "&") for link in HREF.findall(html)}
    assert sum("score=" in link for link in links) == 11
    with httpx.Client(follow_redirects=True) as scanner:
        for link in sorted(links):
            assert scanner.head(link).status_code == 200
            assert scanner.get(link).status_code == 200
    assert shop.rows("feedback") == []
    [survey] = shop.rows("outbox")
    assert survey["status"] == "SENT"
    [customer] = shop.rows("customers")
    assert customer["statuses"] == []


def answer(survey: Page, comment: str) -> None:
    """Comment on the score that the link chose, and send it."""
    expect(survey.get_by_role("radio", checked=True)).to_have_value("9")
    survey.get_by_role("textbox").fill(comment)
    survey.get_by_role("button", name="Send").click()
    expect(survey.get_by_text("Thank you")).to_be_visible()


def sign_in(page: Page, afterword: RunningAfterword, email: str, password: str) -> None:
    page.goto(afterword.url)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="How are we doing?")).to_be_visible()


def see_the_answer(page: Page, afterword: RunningAfterword, score: str, comment: str) -> None:
    page.goto(afterword.url)
    expect(page.locator(".metric-number").first).to_contain_text(score)
    expect(page.get_by_text(comment).first).to_be_visible()


def see_why(page: Page, afterword: RunningAfterword, message_id: str, reason: str) -> None:
    page.goto(f"{afterword.url}/events?messageId={message_id}")
    found = page.get_by_role("main").get_by_text(reason).locator("visible=true")
    expect(found.first).to_be_visible()


def one_click(mail: EmailMessage) -> None:
    """Unsubscribe as RFC 8058 has it: a mail program's POST, without cookies or redirects."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.search(r"<(http[^>]+)>", mail["List-Unsubscribe"])
    assert address
    done = httpx.post(address[1], data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200


@pytest.mark.skipif(not shutil.which("curl"), reason="the example to try needs curl")
def test_a_new_user_tries_the_example_that_was_printed(page: Page):
    with running_afterword("new-user", has_tables=False) as afterword:
        example = next(line for line in afterword.greeting.splitlines() if "curl" in line)
        tried = subprocess.run(
            ["sh", "-c", example.strip()], capture_output=True, text=True, check=False, timeout=30
        )
        assert '"success": true' in tried.stdout, tried.stdout + tried.stderr

        eventually(lambda: afterword.http.get("/mailbox.json").json())
        page.goto(f"{afterword.url}/mailbox")
        mail = page.frame_locator("iframe")
        with page.context.expect_page() as opening:
            mail.locator('a[href$="score=9"]').click()
        answer(opening.value, COMMENT)

        sign_in(page, afterword, *signing_in(afterword.greeting))
        see_the_answer(page, afterword, "100", COMMENT)


def signing_in(greeting: str) -> tuple[str, str]:
    """The address and the password that were printed."""
    email = re.search(r"\S+@\S+", greeting)
    password = re.search(r"^\s*password\s+(\S+)", greeting, re.MULTILINE)
    assert email, greeting
    assert password, greeting
    return email[0], password[1]
