"""Every status of a survey, brought about from outside: by SMTP, HTTP and mail that comes back."""

import re
import time
from collections.abc import Iterator
from email.message import EmailMessage
from html import unescape

import httpx
import pytest

from afterword.sending.tests.bounce_samples import FOLDER
from tests.running_afterword import (
    Row,
    RunningAfterword,
    Workspace,
    a_campaign,
    eventually,
    running_afterword,
)
from tests.smtp import Sink, smtp_sink

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36"
}
HASTE = 3.5  # seconds in which nobody opens a mail
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Shop:
    """A shop with a mail server of its own, and what its customers do with their mails."""

    def __init__(self, afterword: RunningAfterword, sink: Sink) -> None:
        self.sink = sink
        self.workspace: Workspace = afterword.workspace(
            "Acme",
            a_campaign("at-once", "Order Completed"),
            a_campaign("later", "Order Placed", delay="2 days"),
            workspace={"name": "Acme", "open_tracking": True},
        )
        self.people = httpx.Client(base_url=afterword.url, headers=BROWSER)

    def order(self, *names: str, event: str = "Order Completed") -> None:
        calls = [
            {
                "type": "track",
                "event": event,
                "messageId": f"{event} of {name}",
                "properties": {"email": f"{name}@example.com"},
            }
            for name in names
        ]
        assert self.workspace.send(*calls).status_code == 200

    def becomes(self, name: str, status: str) -> Row:
        """Wait until the survey to somebody has this status."""
        query = {"email": f"{name}@example.com", "status": status}
        return eventually(lambda: self.workspace.rows("outbox", **query))[0]

    def mail(self, name: str) -> EmailMessage:
        to = f"{name}@example.com"
        [mail] = [one for one in self.sink.messages() if one["To"].addresses[0].addr_spec == to]
        return mail

    def link(self, name: str, pattern: str) -> str:
        part = self.mail(name).get_body(("html",))
        assert isinstance(part, EmailMessage)
        found = re.search(pattern, unescape(part.get_content()))
        assert found, pattern
        return found[0]

    def report(self, name: str, sample: str) -> None:
        """Let a mail come back, piped in as the mail server does."""
        to = f"{name}@example.com"
        path = self.sink.senders[self.sink.recipients.index(to)]
        text = (FOLDER / f"{sample}.eml").read_text(encoding="utf-8")
        text = text.replace("RETURN_PATH", path).replace("RECIPIENT", to)
        self.workspace.afterword.run("bounce", given=text)

    def open_survey(self, name: str) -> httpx.Response:
        """Open the link of a score and show the page."""
        page = self.people.get(self.link(name, r"https?://[^\"]+/s/[^\"]+score=9"))
        picture = re.search(r'<img src="([^"]+/shown/[^"]+)"', page.text)
        assert picture
        self.people.get(picture[1])
        return page

    def press(self, browser: httpx.Client, page: str, action: str) -> None:
        """Press a button of a page as a member."""
        token = dict(_HIDDEN.findall(browser.get(page).text))["csrfmiddlewaretoken"]
        answer = browser.post(action, data={"csrfmiddlewaretoken": token})
        assert answer.status_code == 200, answer.text


@pytest.fixture
def shop() -> Iterator[Shop]:
    with (
        smtp_sink() as (sink, server),
        running_afterword(
            "statuses",
            AFTERWORD_MAIL_URL=f"smtp://{server.host}:{server.port}?tls=none",
            AFTERWORD_BOUNCE_ADDRESS="bounces@mail.acme.example",
        ) as afterword,
    ):
        shop = Shop(afterword, sink)
        yield shop
        shop.people.close()


def test_each_status_is_reached_by_what_happens_outside(shop: Shop):
    # What the mail server says.
    shop.sink.refuse["RCPT", "nobody@example.com"] = "550 5.1.1 nobody here"
    shop.sink.refuse["DATA", "doubtful@example.com"] = "hang up"
    shop.sink.refuse["DATA", "failed@example.com"] = "554 5.6.0 not such a mail"
    taken = ("sent", "delivered", "opened", "clicked", "answered", "full", "leaving", "angry")
    shop.order(*taken, "nobody", "doubtful", "failed")
    shop.order("waiting", "cancelled", event="Order Placed")

    assert shop.becomes("sent", "SENT")["serverReply"] == "250 taken"
    assert shop.becomes("nobody", "BOUNCED")["detailedStatus"]["bounceType"] == "hard"
    assert shop.becomes("failed", "FAILED")["serverReply"] == "554 5.6.0 not such a mail"
    assert shop.becomes("doubtful", "SENDING")["serverReply"].startswith("No answer after the body")
    assert shop.becomes("waiting", "QUEUED")["sentDate"] is None
    for name in taken:
        shop.becomes(name, "SENT")

    # What comes back.
    shop.report("delivered", "delivered--postfix-success")
    shop.report("full", "soft--postfix-mailbox-full")
    assert shop.becomes("delivered", "DELIVERED")["detailedStatus"]["deliveredDate"]
    full = shop.becomes("full", "BOUNCED")
    assert full["detailedStatus"]["bounceType"] == "soft"
    assert "full" in full["serverReply"]

    # What people do.
    time.sleep(HASTE)
    shop.people.get(shop.link("opened", r"https?://[^\"]+/o/[^\"]+\.gif"))
    shop.open_survey("clicked")
    page = shop.open_survey("answered")
    form = {**dict(_HIDDEN.findall(page.text)), "score": "9", "comment": "Good"}
    assert shop.people.post(page.url.path, data=form).status_code == 303
    one_click = shop.mail("leaving")["List-Unsubscribe"].strip("<>")
    shop.people.post(one_click, data={"List-Unsubscribe": "One-Click"})
    for name, status, when in (
        ("opened", "OPENED", "openedDate"),
        ("clicked", "CLICKED", "clickedDate"),
        ("answered", "RESPONDED", "respondedDate"),
        ("leaving", "UNSUBSCRIBED", "optedOutDate"),
    ):
        assert shop.becomes(name, status)["detailedStatus"][when]

    # What members do, and the brake, which one complaint among so few mails sets.
    shop.report("angry", "complained--to-the-return-path")
    assert shop.becomes("angry", "COMPLAINED")["detailedStatus"]["complainedDate"]
    campaign = shop.becomes("sent", "SENT")["campaignId"]
    with shop.workspace.signed_in() as browser:
        editor = f"/campaigns/{campaign}"
        eventually(lambda: "Resume sending" in browser.get(editor).text, 40)
        shop.order("held", "gone")
        shop.becomes("held", "HELD")
        gone = shop.becomes("gone", "HELD")
        shop.press(browser, editor, f"/customers/{gone['customerId']}/unsubscription")
        cancelled = f"/outbox/{shop.becomes('cancelled', 'QUEUED')['surveyId']}"
        shop.press(browser, cancelled, f"{cancelled}/cancellation")
        shop.press(browser, editor, f"{editor}/resumption")

    assert shop.becomes("cancelled", "CANCELLED")["detailedStatus"]["cancelledDate"]
    assert shop.becomes("gone", "DISMISSED")["reason"] == "unsubscribed"
    shop.becomes("held", "SENT")
