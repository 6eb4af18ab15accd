"""A visitor without JavaScript, by plain HTTP: opens a link, shows its page, presses Send."""

import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.prove.robots.mails import Mail

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)
THREADS = 4
A_BREATH = 1.1  # seconds, as long as it takes a person to read that Send must be pressed again
_PICTURE = re.compile(r'<img src="([^"]+/shown/[^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def answer_all(mails: Sequence[Mail], score: int) -> None:
    """Everybody answers, and does so again where a machine at their links made us ask."""
    with httpx.Client(headers={"User-Agent": BROWSER}) as browser, _threads() as threads:

        def open_link(mail: Mail) -> httpx.Response:
            page = browser.get(mail.scores[score])
            picture = _PICTURE.search(page.text)
            assert picture
            browser.get(f"{page.url.scheme}://{page.url.netloc.decode()}{picture[1]}")
            return page

        def send(mail: Mail, page: httpx.Response) -> httpx.Response:
            hidden = dict(_HIDDEN.findall(page.text))
            form = {**hidden, "score": str(score), "comment": "By hand"}
            return browser.post(mail.survey, data=form)

        pages = list(threads.map(open_link, mails))
        answers = list(threads.map(send, mails, pages))
        again = [
            (mail, answer)
            for mail, answer in zip(mails, answers, strict=True)
            if answer.status_code == 403
        ]
        time.sleep(A_BREATH)
        answers = list(threads.map(lambda pair: send(*pair), again))
        assert {answer.status_code for answer in answers} <= {303}


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS)
