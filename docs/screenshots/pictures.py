"""Where each picture is taken, and what is pressed before."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from docs.screenshots.shop import Shop
from tests.running_afterword import Owner, eventually

IMAGES = Path(__file__).parents[1] / "images"
WIDE, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=560)
COLOURS = 200  # in a picture: pages have few, and each picture stays below 150 KB
APP_PAGE = """<!doctype html><html lang="en"><head><title>Order 4711</title>
<script async src="{url}/in-app/v1.js" data-key="{key}"></script>
<script>
  window.afterword = window.afterword || function () {{
    (afterword.q = afterword.q || []).push(arguments);
  }};
  afterword("identify", {{ userId: "1" }});
</script></head>
<body style="font-family:sans-serif;margin:2rem"><h1>Thank you for your order</h1>
<p>Order 4711 is being packed.</p></body></html>"""


def take_all(browser: Browser, shop: Shop, owner: Owner, wanted: set[str]) -> None:
    page = browser.new_context(viewport=WIDE, reduced_motion="reduce").new_page()
    page.goto(f"{shop.afterword.url}/accounts/login/")
    page.fill("input[name=login]", owner.email)
    page.fill("input[name=password]", owner.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{shop.afterword.url}/")
    for name, scene in SCENES.items():
        if not wanted or name in wanted:
            scene(page, shop)
            _shoot(page, name)
    phone = browser.new_context(viewport=PHONE).new_page()
    for name, on_a_phone in ON_A_PHONE.items():
        if not wanted or name in wanted:
            on_a_phone(phone, shop, page)
            _shoot(phone, name)


def _shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    image = Image.open(BytesIO(page.screenshot(animations="disabled")))
    image.convert("RGB").quantize(COLOURS).save(IMAGES / f"{name}.png", optimize=True)


Scene = Callable[[Page, Shop], object]


def at(path: str, campaign: str = "") -> Scene:
    """A page as it is; `path` begins after the campaign's, if there is one."""

    def scene(page: Page, shop: Shop) -> None:
        root = f"/campaigns/{shop.campaigns[campaign]}" if campaign else ""
        page.goto(f"{shop.afterword.url}{root}{path}")

    return scene


def _an_autoresponder(page: Page, shop: Shop) -> None:
    at("/autoresponders", "After an order")(page, shop)
    page.get_by_role("link", name="A review, please").first.click()
    drawn = page.frame_locator("iframe:not([hidden])")
    expect(drawn.get_by_role("link", name="Write a review")).to_be_visible()
    scroll = "field => field.scrollIntoView({ behavior: 'instant' })"
    page.locator("#id_buttons_text").evaluate(scroll)


def _an_assignment(page: Page, shop: Shop) -> None:
    at("/feedback?bucket=detractor")(page, shop)
    page.get_by_role("link", name="Assign").first.click()
    page.get_by_label("Note").fill("Called back: a new one is on its way.")


def _a_reply(page: Page, shop: Shop) -> None:
    said = shop.workspace.rows("feedback")
    [reply] = [row for row in said if row["comment"] == "quick, and well packed"]
    at(f"/customers/{reply['customerId']}")(page, shop)
    page.get_by_text("Reply by mail").first.scroll_into_view_if_needed()


def _members(page: Page, shop: Shop) -> None:
    for name, role in (("eva", "member"), ("tom", "analyst")):
        email = f"{name}@demo-store.example"
        words = ("member", "add", "--workspace", "Demo", "--email", email, "--role", role)
        shop.afterword.run(*words, "--password-stdin", given="correct horse battery\n")
    at("/settings/members")(page, shop)
    page.get_by_label("E-mail").fill("kim@demo-store.example")
    page.get_by_role("button", name="Send the invitation").click()


def _in_app(phone: Page, shop: Shop, _page: Page) -> None:
    shop.track("Checkout Completed", "1")
    html = APP_PAGE.format(url=shop.afterword.url, key=shop.workspace.browser_key)
    # Chromium lets no page of another origin load anything from this machine.
    address = f"{shop.afterword.url}/orders/4711"

    def serve(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html")

    phone.route(address, serve)

    def asks() -> bool:
        phone.goto(address)
        phone.wait_for_load_state("networkidle")
        return phone.locator("afterword-survey").count() > 0

    eventually(asks)


def _a_link(phone: Page, shop: Shop, page: Page) -> None:
    at("/link", "At the counter")(page, shop)
    address = page.locator("#link").input_value()
    phone.goto(f"{address}?email=ann@example.com")
    phone.get_by_role("button", name="Go on").click()


def _a_mail(phone: Page, shop: Shop, _page: Page) -> None:
    [mail, *_] = shop.afterword.http.get("/mailbox.json?limit=200").json()[::-1]
    phone.set_content(mail["html"])


SCENES: dict[str, Scene] = {
    "dashboard": at("/"),
    "events": at("/events"),
    "mailbox": at("/mailbox"),
    "campaign-schedule": at("/schedule", "After an order"),
    "campaign-results": at("/results", "After an order"),
    "regular-schedule": at("/schedule", "Every quarter"),
    "link-campaign": at("/link", "At the counter"),
    "in-app-look": at("/in-app", "After the checkout"),
    "inbound-webhook": at("/setup", "After a support case"),
    "api-setup": at("/setup", "After a delivery"),
    "notifications": at("/notifications", "After an order"),
    "autoresponder": _an_autoresponder,
    "webhook-deliveries": at("/follow-ups/deliveries"),
    "assignment": _an_assignment,
    "reply": _a_reply,
    "members": _members,
}
ON_A_PHONE: dict[str, Callable[[Page, Shop, Page], object]] = {
    "survey-mail": _a_mail,
    "link-page": _a_link,
    "in-app-survey": _in_app,
}
