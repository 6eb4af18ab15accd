"""Programs that check mails and run no scripts: they fetch links, and nothing follows from it."""

import random
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.prove.robots.mails import NONE, Mail, a_shop, effects, receive, scores_of
from tests.prove.robots.plain import BROWSER, THREADS, answer_all
from tests.running_afterword import RunningAfterword, Workspace

pytestmark = pytest.mark.timeout(400)  # thousands of requests
MAILS = [5, pytest.param(100, marks=pytest.mark.prove)]
Robot = Callable[[httpx.Client, Sequence[Mail]], None]
chance = random.Random(2)


@pytest.fixture(scope="module")
def shop(afterword: RunningAfterword) -> Workspace:
    return a_shop(afterword)


def heads(robot: httpx.Client, mails: Sequence[Mail]) -> None:
    """Profile 1: HEAD to every link."""
    for_all(mails, lambda mail: [robot.head(link) for link in mail.links])


def burst(robot: httpx.Client, mails: Sequence[Mail]) -> None:
    """Profile 2: GET every link at once, by the name of a browser."""
    for_all(mails, lambda mail: [robot.get(link) for link in mail.links])


def one_link(robot: httpx.Client, mails: Sequence[Mail]) -> None:
    """Profile 3: GET one link, any of them."""
    for_all(mails, lambda mail: [robot.get(chance.choice([*mail.scores.values()]))])


def slowly(robot: httpx.Client, mails: Sequence[Mail]) -> None:
    """Profile 4: GET the links in order, about one a second."""
    for position in range(len(mails[0].links)):
        for_all(mails, lambda mail, at=position: [robot.get(mail.links[at])])


def at_click_time(robot: httpx.Client, mails: Sequence[Mail]) -> None:
    """Profile 5: GET the very link that a person is about to open."""
    for_all(mails, lambda mail: [robot.get(mail.scores[7])])


def for_all(mails: Sequence[Mail], fetch: Callable[[Mail], list[httpx.Response]]) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        for answers in threads.map(fetch, mails):
            assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("count", MAILS)
@pytest.mark.parametrize("robot", [heads, burst, one_link, slowly, at_click_time])
def test_a_scanner_sets_nothing_off_and_uses_nothing_up(shop: Workspace, robot: Robot, count: int):
    mails = receive(shop, f"{robot.__name__}-{count}-", count)

    with httpx.Client(headers={"User-Agent": BROWSER}) as client:
        robot(client, mails)

    assert effects(shop, mails) == NONE

    answer_all(mails, 7)

    assert scores_of(shop, mails) == {mail.to: 7 for mail in mails}


def test_no_link_of_a_mail_is_written_into_the_log(shop: Workspace):
    [mail] = receive(shop, "logged-", 1)

    with httpx.Client() as client:
        for link in mail.links:
            client.get(link)
            client.post(link, data={"List-Unsubscribe": "No"})

    said = shop.afterword.said()
    assert not [link for link in mail.links if re.split(r"/[su]/", link)[1][:22] in said]
