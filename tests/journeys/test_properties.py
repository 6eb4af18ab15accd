"""Properties and tags, sentence by sentence: how one is created, and what events do with it."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from afterword.flow import drain_inbox
from tests.factories import a_campaign, a_customer, a_property, a_track

NOTHING = "\N{EN DASH}"
TYPES = ("Text", "Number", "Date", "Collection")


@pytest.fixture
def shop(visit):
    """A campaign listens, so events come in."""
    a_campaign(visit.workspace)
    return visit


def create(visit, name, type_="Text"):
    page = visit.open("/settings/properties")
    page.get_by_role("link", name="Create property").click()
    popup = page.get_by_role("dialog", name="New property")
    popup.get_by_label("Name").fill(name)
    popup.get_by_role("combobox", name="Type").select_option(
        popup.get_by_role("combobox", name="Type")
        .locator("option")
        .filter(has_text=type_)
        .get_attribute("value")
    )
    popup.get_by_role("button", name="Create the property").click()
    return popup


def an_order(visit, **properties):
    """An event comes in and is taken up."""
    a_track(visit.workspace, "ann@example.com", properties=properties, received_at=timezone.now())
    drain_inbox(visit.workspace.id, lambda: None)


def open_ann(visit):
    visit.open_profile(visit.workspace.customers.get(email="ann@example.com"))


def value(visit, name):
    """What the profile that is open shows of a property."""
    lines = visit.section("Properties").get_by_role("listitem")
    line = lines.filter(has=visit.page.get_by_role("link", name=f"Edit {name}", exact=True))
    return line.locator(".property-said > div").last


def shown(visit, name):
    """What the profile of Ann shows of a property."""
    open_ann(visit)
    return value(visit, name)


def test_a_pop_up_asks_for_name_and_type_of_a_new_property(visit):
    page = visit.open("/settings/properties")
    page.get_by_role("link", name="Create property").click()
    popup = page.get_by_role("dialog", name="New property")

    expect(popup.get_by_label("Name")).to_be_visible()
    for type_ in TYPES:
        option = popup.get_by_role("combobox", name="Type").locator("option")
        expect(option.filter(has_text=type_)).to_have_count(1)
    popup.get_by_role("link", name="Leave it").click()
    expect(popup).to_be_hidden()

    create(visit, "plan")
    visit.is_told("The property plan is made")
    expect(page.get_by_role("rowheader", name="plan")).to_be_visible()


def test_a_name_with_spaces_is_refused_and_says_why(visit):
    popup = create(visit, "signup date")

    expect(popup).to_be_visible()
    expect(popup.get_by_text("A property's name has no spaces")).to_be_visible()
    expect(popup.get_by_label("Name")).to_have_value("signup date")
    popup.get_by_label("Name").fill("signup_date")
    popup.get_by_role("button", name="Create the property").click()
    visit.is_told("The property signup_date is made")


def test_the_name_is_the_one_that_the_event_sends(shop):
    create(shop, "createdDate", "Date")
    shop.is_told("The property createdDate is made")

    an_order(shop, createddate="2026-01-30", created_date="2026-01-29")
    expect(shown(shop, "createdDate")).to_have_text(NOTHING)
    an_order(shop, createdDate="2026-01-30")

    expect(shown(shop, "createdDate")).to_have_text("30 Jan 2026")


KEPT = (
    ("text", "Professional", "Professional"),
    ("number", "12.5", "12.5"),
    ("number", 3, "3"),
    ("date", "01/30/2020", "30 Jan 2020"),
    ("date", "2020-01-30", "30 Jan 2020"),
    ("date", "2020-01-30T10:15:00Z", "30 Jan 2020, 10:15 UTC"),
    ("date", "Thu, 30 Jan 2020 10:15:00 +0000", "30 Jan 2020, 10:15 UTC"),
    ("collection", "item 1, item 2, item 3", "item 1, item 2, item 3"),
    ("collection", ["tea", "cake"], "tea, cake"),
)


def test_each_type_keeps_what_it_is_for(shop):
    for number, (type_, _, _) in enumerate(KEPT):
        a_property(shop.workspace, f"fact{number}", type_)

    an_order(shop, **{f"fact{number}": sent for number, (_, sent, _) in enumerate(KEPT)})

    open_ann(shop)
    for number, (_, _, said) in enumerate(KEPT):
        expect(value(shop, f"fact{number}")).to_have_text(said)


def test_what_does_not_fit_its_type_is_said_on_the_profile(shop):
    wrong = {"seats": "many", "signup": "13/45/2020", "renewal": "yesterday"}
    for name in wrong:
        a_property(shop.workspace, name, "number" if name == "seats" else "date")

    an_order(shop, **wrong)

    open_ann(shop)
    for name, sent in wrong.items():
        expect(value(shop, name)).to_have_text(NOTHING)
        expect(shop.section("Properties").get_by_text(sent)).to_be_visible()


def test_an_event_assigns_the_properties_that_exist_and_no_others(shop):
    create(shop, "subscription_name")

    an_order(shop, subscription_name="Professional", internal_note="no")

    expect(shown(shop, "subscription_name")).to_have_text("Professional")
    expect(shop.section("Properties").get_by_role("listitem")).to_have_count(1)


def test_the_next_event_updates_what_it_sends(shop):
    a_property(shop.workspace, "plan")
    an_order(shop, plan="free")

    an_order(shop, plan="pro")

    expect(shown(shop, "plan")).to_have_text("pro")


def test_an_event_without_a_value_unassigns_the_property(shop):
    names = ("absent", "null", "empty")
    for name in names:
        a_property(shop.workspace, name)
    an_order(shop, **dict.fromkeys(names, "free"))
    open_ann(shop)
    for name in names:
        expect(value(shop, name)).to_have_text("free")

    an_order(shop, null=None, empty="")

    open_ann(shop)
    for name in names:
        expect(value(shop, name)).to_have_text(NOTHING)


def test_the_example_event_brings_name_company_tags_and_properties(shop):
    create(shop, "subscription_name")
    create(shop, "signup_date", "Date")

    an_order(
        shop, firstName="John", lastName="Doe", companyName="ACME", tags="foo, bar, baz",
        subscription_name="Professional", signup_date="01/30/2020",
    )  # fmt: skip

    expect(shown(shop, "subscription_name")).to_have_text("Professional")
    expect(shown(shop, "signup_date")).to_have_text("30 Jan 2020")
    expect(shop.fact("Name")).to_have_text("John Doe")
    expect(shop.fact("Company")).to_have_text("ACME")
    for tag in ("foo", "bar", "baz"):
        expect(shop.fact("Tags").get_by_text(tag, exact=True)).to_be_visible()


def test_names_in_every_script_are_shown_as_they_came(shop):
    names = ["Đặng Thị Hương", "محمد", "李小龙", "Παναγιώτης", "🦊 Zoë"]
    for number, name in enumerate(names):
        a_customer(shop.workspace, first_name=name, email=f"c{number}@example.com")

    page = shop.open("/customers")

    for name in names:
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
