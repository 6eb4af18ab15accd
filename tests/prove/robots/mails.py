"""Survey mails made by the real flow, and their links as programs and people find them."""

import itertools
import re
from collections.abc import Sequence
from html import unescape
from typing import NamedTuple

from tests.running_afterword import Row, RunningAfterword, Workspace, a_campaign, eventually

_HREF = re.compile(r'<a\s[^>]*href="([^"]+)"')
_HEADER = re.compile(r"<(http[^>]+)>")
_numbers = itertools.count(1)
_SCORE = re.compile(r"\?score=(\d+)$")


class Mail(NamedTuple):
    """What a mail leads to. `links` are all of them: the hidden one and the header's too."""

    to: str
    links: list[str]
    scores: dict[int, str]
    unsubscribe: str

    @property
    def survey(self) -> str:
        return self.scores[0].partition("?")[0]


def a_shop(afterword: RunningAfterword) -> Workspace:
    """A workspace that asks after every order. Each is new, however often a module starts."""
    name = f"Shop {next(_numbers)} of the robots"
    return afterword.workspace(name, a_campaign("after-an-order", "Order Completed"))


def receive(shop: Workspace, name: str, count: int) -> list[Mail]:
    """Tell of `count` orders, and return the mails that ask about them."""
    sent = {f"{name}{number}@example.com" for number in range(count)}
    calls = [
        {
            "type": "track",
            "event": "Order Completed",
            "messageId": f"order of {address}",
            "properties": {"email": address},
        }
        for address in sorted(sent)
    ]
    assert shop.send(*calls).status_code == 200

    def arrived() -> list[Row]:
        found = [mail for mail in shop.afterword.mails_to(name) if mail["to"] in sent]
        return found if len(found) == count else []

    return [_mail(kept) for kept in eventually(arrived)]


def _mail(kept: Row) -> Mail:
    found = [unescape(address) for address in _HREF.findall(kept["html"])]
    header = _HEADER.search(kept["headers"]["List-Unsubscribe"])
    assert header
    links = list(dict.fromkeys([*found, header[1]]))
    scores = {int(score[1]): link for link in links if (score := _SCORE.search(link))}
    assert sorted(scores) == list(range(11))
    assert any(link.endswith("/more") for link in links), "the hidden link is missing"
    return Mail(kept["to"], links, scores, header[1])


class Effects(NamedTuple):
    """What became of mails, as the API says."""

    answered: int
    responded: int
    opted_out: int
    statuses: int  # customers who are unsubscribed, suppressed and the like


NONE = Effects(0, 0, 0, 0)


def effects(shop: Workspace, mails: Sequence[Mail]) -> Effects:
    addresses = {mail.to for mail in mails}
    surveys = [row for row in shop.rows("outbox") if row["email"] in addresses]
    customers = [row for row in shop.rows("customers") if row["email"] in addresses]
    assert len(surveys) == len(customers) == len(mails)
    return Effects(
        answered=sum(row["email"] in addresses for row in shop.rows("feedback")),
        responded=sum(row["detailedStatus"]["isResponded"] for row in surveys),
        opted_out=sum(row["detailedStatus"]["isOptedOut"] for row in surveys),
        statuses=sum(bool(row["statuses"]) for row in customers),
    )


def scores_of(shop: Workspace, mails: Sequence[Mail]) -> dict[str, int]:
    addresses = {mail.to for mail in mails}
    rows = shop.rows("feedback")
    return {row["email"]: row["score"] for row in rows if row["email"] in addresses}
