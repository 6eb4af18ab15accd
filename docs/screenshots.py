"""Take the pictures in the documentation anew: `make screenshots`.

A new Afterword, a few hundred orders, some answers, and Chromium.
"""

import random
import re
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium
from tests.running_afterword import RunningAfterword, eventually, running_afterword

IMAGES = Path(__file__).parent / "images"
NAMES = ["Ann", "Ben", "Chloe", "David", "Emma", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kim"]
COMMENTS = {
    "promoter": ["It came a day early.", "Lovely packaging, thank you!", "As good as last time."],
    "passive": ["Good, but the tracking link came late.", ""],
    "detractor": ["The box was damaged.", "I waited two weeks."],
}
SCORES = [10] * 9 + [9] * 10 + [8] * 5 + [7] * 3 + [6, 5, 3]


def main() -> None:
    with running_afterword("screenshots") as afterword, chromium() as browser:
        password = password_in(afterword.greeting)
        mails = ask_customers(afterword)
        answer(mails)
        take(browser, afterword, password)


def password_in(greeting: str) -> str:
    found = re.search(r"password\s+(\S+)", greeting)
    assert found, "the first start prints a password"
    return found[1]


def ask_customers(afterword: RunningAfterword) -> list[str]:
    """Send orders; return the survey links that came by mail."""
    key = re.search(r"(aw_\w+)", afterword.greeting)
    assert key
    for number in range(len(SCORES) + 12):
        name = NAMES[number % len(NAMES)]
        order = {
            "event": "Order Completed",
            "userId": str(number),
            "properties": {
                "email": f"{name.lower()}.{number}@example.com",
                "firstName": name,
                "order_total": 20 + number,
            },
        }
        httpx.post(f"{afterword.url}/v1/track", json=order, auth=(key[1], "")).raise_for_status()
    count = len(SCORES) + 12
    kept = eventually(lambda: all_mails(afterword, count))
    return [re.search(r'href="([^"]+/s/[^"?]+)\?', mail["html"])[1] for mail in kept]  # type: ignore[index]


def all_mails(afterword: RunningAfterword, count: int) -> list[dict[str, str]]:
    kept: list[dict[str, str]] = httpx.get(f"{afterword.url}/mailbox.json").json()
    return kept if len(kept) == count else []


def answer(links: list[str]) -> None:
    chance = random.Random(4)
    for link, score in zip(links, chance.sample(SCORES, len(SCORES)), strict=False):
        bucket = "promoter" if score > 8 else "passive" if score > 6 else "detractor"
        page = httpx.get(f"{link}?score={score}").text
        visit = re.search(r'name="visit" value="([^"]+)"', page)
        assert visit
        form = {
            "score": str(score),
            "visit": visit[1],
            "comment": chance.choice(COMMENTS[bucket]),
        }
        httpx.post(link, data=form, follow_redirects=True).raise_for_status()


def take(browser: Browser, afterword: RunningAfterword, password: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, device_scale_factor=1)
    page = context.new_page()
    page.goto(f"{afterword.url}/accounts/login/")
    page.fill("input[name=login]", "owner@example.com")
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    for name, path in (("dashboard", "/"), ("events", "/events"), ("mailbox", "/mailbox")):
        page.goto(f"{afterword.url}{path}")
        shoot(page, name)


def shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)  # the charts draw themselves
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
