"""What pages are made of, as Chromium draws it."""

import pytest
from django.test import Client

from tests.browser.chromium import chromium
from tests.factories import a_member

ENOUGH = 3  # to 1: WCAG 1.4.11, for what is not text
CONTRASTS = """() => {
  const ink = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    ink.clearRect(0, 0, 1, 1);
    ink.fillStyle = colour;
    ink.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...ink.getImageData(0, 0, 1, 1).data].map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const inputs = [...document.querySelectorAll("main .form-check-input:not(:checked)")];
  return inputs.map((input) => {
    const style = getComputedStyle(input);
    const [high, low] = [light(style.borderColor), light(style.backgroundColor)].sort().reverse();
    return [input.type, (high + 0.05) / (low + 0.05)];
  });
}"""


@pytest.fixture
def visitor(live_server, transactional_db):
    """Opens a page as a member: its address, then what Chromium's context is made with."""
    client = Client()
    client.force_login(a_member().user)
    session = client.cookies["sessionid"].value
    with chromium() as browser:

        def visit(path, **context):
            opened = browser.new_context(**context)
            opened.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            page = opened.new_page()
            page.goto(f"{live_server.url}{path}")
            return page

        yield visit


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_not_ticked_is_seen(visitor, scheme):
    found = visitor("/parts", color_scheme=scheme).evaluate(CONTRASTS)

    assert {kind for kind, _ in found} == {"checkbox", "radio"}
    assert [each for each in found if each[1] < ENOUGH] == []


def test_the_tabs_of_customers_stand_in_one_line_on_a_phone(visitor):
    page = visitor("/settings/properties", viewport={"width": 390, "height": 844})

    tabs = page.locator(".tabs-line a").all()

    assert len({tab.bounding_box()["y"] for tab in tabs}) == 1


def test_a_page_that_refused_a_form_can_be_come_back_to(visitor):
    """What was sent is kept nowhere: browsers showed an error of their own."""
    page = visitor("/customers/new")
    page.on("dialog", lambda dialog: dialog.accept())
    heading = page.locator("h1").inner_text()
    page.get_by_label("E-mail").fill("nobody")
    page.locator("main form").evaluate("form => { form.noValidate = true; form.submit() }")
    page.locator(".is-invalid").first.wait_for()

    page.goto(page.url.replace("/customers/new", "/campaigns"))
    page.go_back()

    assert page.locator("h1").inner_text() == heading
