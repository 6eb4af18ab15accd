"""What may be done for a customer from their page, sentence by sentence."""

import re
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from playwright.sync_api import expect

from afterword.decisions.models import Decision
from afterword.due import ask_all_due
from afterword.feedback.answering.answer import record_answer
from afterword.flow import drain_inbox
from afterword.sending.models import Mail, State
from afterword.surveys.models import Survey
from tests.factories import (
    a_campaign,
    a_customer,
    a_property,
    a_sent_survey,
    a_template,
    a_track,
)

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)  # within the usual time frame


def stored(customer):
    customer.refresh_from_db()
    return customer


def test_the_menu_has_every_action(visit):
    visit.open_profile(a_customer(visit.workspace))

    visit.page.get_by_text("Actions", exact=True).click()

    for name in ("Edit profile", "Manage tags", "Manage properties", "Add survey feedback",
                 "Send email survey", "Unsubscribe", "Delete"):  # fmt: skip
        expect(visit.menu.get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(visit.menu.get_by_role("button", name="Reset last survey")).to_be_visible()


def test_editing_the_profile_changes_name_contact_data_and_location(visit):
    visit.open_profile(a_customer(visit.workspace, first_name="Ann"))
    visit.act("Edit profile")
    said = {
        "First name": "Anna", "Last name": "Novák", "E-mail address": "anna@example.com",
        "Phone": "+420 1", "Job title": "CTO", "Company": "Initech", "City": "Brno",
        "State": "Moravia", "Country": "CZ",
    }  # fmt: skip
    for name, text in said.items():
        visit.page.get_by_label(name).fill(text)
    visit.page.get_by_role("button", name="Save the profile").click()

    visit.is_told("The profile is saved.")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Anna Novák")
    expect(visit.fact("E-mail")).to_have_text("anna@example.com")
    expect(visit.fact("Location")).to_have_text("Brno, Moravia, CZ")


def test_of_two_who_edit_one_profile_the_second_is_shown_what_the_first_saved(visit):
    ann = a_customer(visit.workspace, first_name="Ann")
    page = visit.open(f"/customers/{ann.id}/edit")
    page.get_by_label("First name").fill("Anna")
    ann.first_name, ann.city = "Annie", "Brno"
    ann.save()

    page.get_by_role("button", name="Save the profile").click()

    expect(page.get_by_text("Somebody saved this meanwhile: “Annie”.")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Anna")
    expect(page.get_by_label("City")).to_have_value("Brno")
    page.get_by_role("button", name="Save the profile").click()
    visit.is_told("The profile is saved.")
    assert (stored(ann).first_name, ann.city) == ("Anna", "Brno")


def test_tags_are_made_and_assigned_chosen_and_removed(visit):
    a_customer(visit.workspace, tags=["eu"])
    visit.workspace.tags.create(name="beta", created_at=timezone.now())
    ann = a_customer(visit.workspace, tags=["vip"])
    visit.open_profile(ann)
    visit.act("Manage tags")
    visit.page.get_by_label("vip").uncheck()
    visit.page.get_by_label("beta").check()
    visit.page.get_by_label("New tags").fill("met at the fair")
    visit.page.get_by_role("button", name="Save the tags").click()

    visit.is_told("The tags are saved.")
    assert set(stored(ann).tags) == {"beta", "met at the fair"}
    assert visit.workspace.tags.filter(name="met at the fair").exists()


def test_a_property_is_chosen_and_given_a_value(visit):
    a_property(visit.workspace, "seats", "number")
    visit.open_profile(a_customer(visit.workspace))
    visit.act("Manage properties")
    visit.page.get_by_label("Property").select_option(label="seats (number)")
    visit.page.get_by_label("Value", exact=True).fill("3.5")
    visit.page.get_by_role("button", name="Save").click()

    visit.is_told("seats is saved.")
    expect(visit.section("Properties").get_by_text("3.5", exact=True)).to_be_visible()


def test_the_value_of_a_property_is_edited_and_the_property_removed_altogether(visit):
    a_property(visit.workspace, "plan")
    ann = a_customer(visit.workspace, properties={"plan": "pro"})
    page = visit.open_profile(ann)
    page.get_by_role("link", name="Edit plan").click()
    page.get_by_role("textbox", name="plan").fill("free")
    page.get_by_role("button", name="Save").click()
    visit.is_told("plan is saved.")
    assert stored(ann).properties == {"plan": "free"}

    page.get_by_role("button", name="Remove plan").click()

    visit.is_told("plan is removed")
    assert stored(ann).properties == {}


def test_feedback_that_came_from_elsewhere_is_added(visit):
    a_campaign(visit.workspace, name="After an order")
    visit.open_profile(a_customer(visit.workspace))
    visit.act("Add survey feedback")
    page = visit.page
    page.get_by_label("Campaign").select_option(label="After an order")
    page.get_by_role("spinbutton", name="Score").fill("9")
    page.get_by_label("Comment").fill("By telephone")
    page.get_by_label("When it was said").fill("2026-01-30")
    page.get_by_role("button", name="Add the feedback").click()

    visit.is_told("The feedback is added.")
    answer = visit.section("Feedback").get_by_role("article")
    for words in ("9", "By telephone", "After an order", "Added by hand"):
        expect(answer.get_by_text(words, exact=True).first).to_be_visible()
    expect(answer.locator("time")).to_have_attribute("datetime", re.compile("^2026-01-30"))


def test_one_survey_is_sent_by_a_campaign_with_its_template(visit):
    template = a_template(visit.workspace, name="Short", subject="A word?")
    off = a_campaign(visit.workspace, name="Off", template=template, activated_at=None)
    ann = a_customer(visit.workspace)
    visit.open_profile(ann)
    visit.act("Send email survey")
    visit.page.get_by_label("Campaign").select_option(label="Off (NPS, off): Short")
    visit.page.get_by_role("button", name="Send the survey").click()

    visit.is_told("A survey is on its way")
    expect(visit.section("Outbox").get_by_role("link", name="A word?")).to_be_visible()
    expect(visit.section("Outbox")).to_contain_text("Manually")
    survey = Survey.objects.get(customer=ann)
    assert (survey.campaign, survey.template) == (off, template)


def test_who_was_unsubscribed_by_hand_receives_no_survey_any_more(visit):
    a_campaign(visit.workspace)
    ann = a_customer(visit.workspace, email="ann@example.com")
    visit.open_profile(ann)
    visit.act("Unsubscribe")
    visit.page.get_by_label("Why").fill("She said so")
    visit.page.get_by_role("button", name="Unsubscribe").click()
    expect(visit.page.locator(".page-lead").get_by_text("Unsubscribed")).to_be_visible()

    a_track(visit.workspace, "ann@example.com", received_at=timezone.now())
    drain_inbox(visit.workspace.id, lambda: None)

    assert Decision.objects.get(customer=ann).reason == "unsubscribed"
    visit.open_profile(ann)
    visit.act("Send email survey")
    expect(visit.page.get_by_text("No survey can be sent")).to_be_visible()
    expect(visit.page.get_by_role("button", name="Send the survey")).to_have_count(0)
    assert not Survey.objects.filter(customer=ann).exists()


def test_deleting_keeps_feedback_and_outbox(visit):
    a_campaign(visit.workspace)
    now = timezone.now()
    name = {"firstName": "Ann", "lastName": "Lee"}
    a_track(visit.workspace, "ann@example.com", properties=name, received_at=now)
    drain_inbox(visit.workspace.id, lambda: None)
    survey = Survey.objects.get(workspace=visit.workspace).first
    Mail.objects.filter(id=survey.id).update(state=State.SENT, sent_at=now)
    record_answer(survey, 9, "Good", now, submitted=True)
    visit.open_profile(visit.workspace.customers.get())
    visit.act("Delete")
    visit.page.get_by_role("button", name="Delete the customer").click()
    visit.is_told("Ann Lee is deleted")

    assert not visit.workspace.customers.exists()
    visit.open("/feedback")
    expect(visit.page.get_by_role("article")).to_contain_text(re.compile("Ann Lee.*Good", re.S))
    visit.open("/outbox")
    expect(visit.page.locator("tr").filter(has_text="Ann Lee")).to_contain_text("Answered")


def test_who_is_reset_receives_the_first_survey_of_a_regular_campaign_again(visit):
    campaign = a_campaign(
        visit.workspace, type="regular", events=[], service="", first_after_days=3
    )
    ann = a_customer(visit.workspace, last_surveyed_at=MONDAY - timedelta(days=5))
    visit.workspace.customers.update(created_at=MONDAY - timedelta(days=20))
    ask_all_due(MONDAY)
    assert not Survey.objects.filter(campaign=campaign).exists()
    visit.open_profile(ann)

    visit.act("Reset last survey", "button")
    visit.confirm("Reset last survey")
    visit.is_told("is reset")
    ask_all_due(MONDAY)

    assert Survey.objects.get(campaign=campaign).customer == ann


# ---- what the attributes are for


def test_a_property_and_a_tag_match_customers_to_a_campaign(visit):
    a_property(visit.workspace, "plan")
    a_customer(visit.workspace, first_name="Ann", tags=["vip"], properties={"plan": "pro"})
    a_customer(visit.workspace, first_name="Bob", tags=["vip"], properties={"plan": "free"})
    a_customer(visit.workspace, first_name="Cid", properties={"plan": "pro"})
    campaign = a_campaign(visit.workspace)
    page = visit.open(f"/campaigns/{campaign.id}/audience")
    for field, text in (("plan", "pro"), ("tags", "vip")):
        page.get_by_role("button", name="Add a filter", exact=True).click()
        page.get_by_label("Field").last.select_option(field)
        page.get_by_label("Value").last.fill(text)

    expect(page.get_by_text("1 customer matches now.")).to_be_visible()
    expect(page.get_by_role("link", name="Ann", exact=True)).to_be_visible()


def test_a_property_and_a_tag_filter_the_dashboard(visit):
    a_property(visit.workspace, "plan")
    campaign = a_campaign(visit.workspace)
    for name, tags, plan, score in (
        ("Ann", ["vip"], "pro", 10), ("Bob", ["vip"], "free", 1), ("Cid", [], "pro", 1),
    ):  # fmt: skip
        ann = a_customer(visit.workspace, first_name=name, tags=tags, properties={"plan": plan})
        survey = a_sent_survey(campaign, customer=ann)
        record_answer(survey, score, "", timezone.now(), submitted=True)
    page = visit.open("/")
    page.get_by_text("Filter by tag, company or property").click()
    for field, text in (("plan", "pro"), ("tags", "vip")):
        page.get_by_role("button", name="Add a filter", exact=True).click()
        page.get_by_label("Field").last.select_option(field)
        page.get_by_label("Value").last.fill(text)
    page.locator("form[data-filters]").get_by_role("button", name="Show").click()

    expect(page.locator(".metric-number")).to_have_text("100")
