"""The script on a page of another origin: a strict policy, a CSS reset, prototypes redefined."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from afterword.feedback.models import Response
from afterword.feedback.tests.in_app import a_known_user, a_regular_one, hash_of
from afterword.surveys.models import Invitation
from afterword.workspaces.models import Scope
from tests.browser.chromium import chromium
from tests.factories import a_template, a_token, a_workspace

HOSTILE = """
const OF_STRINGS = ["indexOf", "includes", "split", "slice", "replace", "trim", "startsWith"];
const OF_ARRAYS = ["map", "filter", "forEach", "indexOf", "includes", "join", "find", "some",
                   "slice", "concat", "reduce", Symbol.iterator];
for (const name of OF_STRINGS) {
  String.prototype[name] = function () { throw new Error(`String.prototype.${name}`); };
}
for (const name of OF_ARRAYS) {
  Array.prototype[name] = function () { throw new Error(`Array.prototype.${String(name)}`); };
}
Object.prototype.polluted = "yes";
"""
RESET = """
*, afterword-survey { all: unset; display: none; font-size: 90px; color: red }
html, body, h1 { display: block; }
"""
IDENTIFY = """
window.afterword = window.afterword || function () {
  (afterword.q = afterword.q || []).push(arguments);
};
afterword("identify", %s);
"""
PAGE = """<!doctype html><html lang="en"><head><title>App</title>
<link rel="stylesheet" href="/reset.css"><script src="/hostile.js"></script>
<script async src="{ours}/in-app/v1.js" data-key="{key}"></script>
<script src="/identify.js"></script>
</head><body><h1>Orders</h1></body></html>"""


@pytest.fixture(autouse=True)
def nobody_came_before():
    cache.clear()


@pytest.fixture
def shop(live_server):
    """A workspace with a known user, and a campaign that asks them when they come by."""
    workspace = a_workspace()
    questions = [
        {"key": "why", "type": "choice", "text": "Why us?", "choices": ["Price", "Speed"]},
        {"key": "bad", "type": "text", "text": "What went wrong?", "when": {"highest": 6}},
    ]
    template = a_template(workspace, questions=questions, thanks="Thanks a lot!", logo_url="")
    a_regular_one(workspace, template=template)
    a_known_user(workspace, "42")
    return workspace


@contextmanager
def an_application(ours: str, workspace, **named) -> Iterator[str]:
    """Serve a page of the company's application; yield its address."""
    _, key = a_token(workspace, Scope.BROWSER)
    files = {
        "/": ("text/html", PAGE.format(ours=ours, key=key)),
        "/hostile.js": ("text/javascript", HOSTILE),
        "/reset.css": ("text/css", RESET),
        "/identify.js": ("text/javascript", IDENTIFY % json.dumps(named)),
    }
    policy = f"default-src 'none'; script-src 'self' {ours}; style-src 'self'; connect-src {ours}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, text = files.get(self.path, ("text/plain", ""))
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def checked(page: Page, address: str) -> None:
    """Open the page, and wait until it has asked."""
    with page.expect_response("**/in-app/v1/check"):
        page.goto(address)


def test_a_survey_is_answered_by_keyboard_and_asked_once(live_server, shop):
    signed = {"userId": "42", "hash": hash_of(shop, "42")}
    with an_application(live_server.url, shop, **signed) as app, chromium() as browser:
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        with page.expect_response("**/in-app/v1/shown"):
            page.goto(app)
        dialog = page.get_by_role("dialog", name="How likely")
        expect(dialog).to_be_visible()
        expect(dialog).to_have_css("font-size", "15px")

        page.keyboard.press("Tab")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        expect(page.get_by_role("radio", name="3")).to_be_focused()
        assert not page.get_by_role("radio", checked=True).count()
        page.keyboard.press("End")
        with page.expect_response("**/in-app/v1/answer"):
            page.keyboard.press("Enter")
        expect(page.get_by_role("textbox", name="What went wrong?")).to_be_hidden()
        page.get_by_role("textbox", name="What is the main reason").fill("Neat")
        page.get_by_role("radio", name="Speed").press("Space")
        page.get_by_role("button", name="Send").press("Enter")
        expect(page.get_by_text("Thanks a lot!")).to_be_focused()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        checked(page, app)
        expect(page.locator("afterword-survey")).to_have_count(0)
    response = Response.objects.get()

    assert complaints == []
    assert (response.score, response.comment, response.answers) == (10, "Neat", {"why": "Speed"})
    assert response.submitted_at


def test_what_is_closed_is_not_shown_again(live_server, shop):
    signed = {"userId": "42", "hash": hash_of(shop, "42")}
    with an_application(live_server.url, shop, **signed) as app, chromium() as browser:
        page = browser.new_page()
        with page.expect_response("**/in-app/v1/shown"):
            page.goto(app)
        with page.expect_response("**/in-app/v1/closed"):
            page.keyboard.press("Escape")
        checked(page, app)
        expect(page.locator("afterword-survey")).to_have_count(0)

    assert Invitation.objects.get().dismissed_at


def test_a_forged_hash_shows_nothing(live_server, shop):
    forged = {"userId": "42", "hash": "0" * 64}
    with an_application(live_server.url, shop, **forged) as app, chromium() as browser:
        page = browser.new_page()
        checked(page, app)
        expect(page.locator("afterword-survey")).to_have_count(0)

    assert not Invitation.objects.exists()
