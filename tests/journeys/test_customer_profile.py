"""A customer's page, sentence by sentence: what it shows, section by section.

What may be done from it is in `test_customer_actions.py`.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from afterword.customers.models import Company
from afterword.feedback.answering.answer import record_answer
from afterword.flow import drain_inbox
from afterword.profiles import page as profile_page
from afterword.sending.models import DeliveryKind, State
from afterword.sending.outcomes import Report, note
from tests.factories import (
    a_campaign,
    a_customer,
    a_decision,
    a_property,
    a_sent_reminder_of,
    a_sent_survey,
    a_survey,
    a_template,
    a_track,
    an_event,
)
from tests.imports import import_all


def ago(**time):
    return timezone.now() - timedelta(**time)


def answered(campaign, customer, score, comment="", **when):
    survey = a_sent_survey(campaign, customer=customer)
    return record_answer(survey, score, comment, ago(**when), submitted=True)


# ---- the page


def test_the_name_leads_to_the_profile_from_everywhere(visit):
    workspace = visit.workspace
    acme = Company.objects.create(workspace=workspace, name="Acme", key="acme")
    ann = a_customer(workspace, first_name="Ann", last_name="Lee", company=acme)
    campaign = a_campaign(workspace)
    survey = a_sent_survey(campaign, customer=ann)
    record_answer(survey, 9, "", timezone.now(), submitted=True)
    a_survey(campaign, customer=ann, due_at=ago(days=-1))
    event = an_event(workspace, email=ann.email, customer=ann)
    a_decision(event, "sampled_out", campaign, detail={"draw": 73.1, "rate": 20})

    for place in (
        "/customers", "/feedback", "/outbox", f"/outbox/{survey.id}", "/queue", "/events",
        f"/events/{event.id}", f"/customers/companies/{acme.id}/customers",
        f"/campaigns/{campaign.id}/results",
    ):  # fmt: skip
        link = visit.open(place).get_by_role("link", name="Ann Lee", exact=True).first
        expect(link).to_have_attribute("href", f"/customers/{ann.id}")
        link.click(trial=True)  # nothing is in its way
    link.click()
    visit.page.wait_for_url(f"**/customers/{ann.id}")


def test_the_page_has_general_data_feedback_and_outbox(visit):
    visit.open_profile(a_customer(visit.workspace))

    for name in ("General data", "Feedback", "Outbox"):
        expect(visit.section(name)).to_be_visible()


# ---- general data


def test_general_data_has_name_job_company_address_phone_and_place(visit):
    ann = a_customer(
        visit.workspace, first_name="Ann", last_name="Lee", job_title="CTO", company_name="Acme",
        email="ann@acme.test", phone="+420 1", city="Brno", state="Moravia", country="CZ",
    )  # fmt: skip

    visit.open_profile(ann)

    for name, said in {
        "Name": "Ann Lee",
        "Job title": "CTO",
        "Company": "Acme",
        "E-mail": "ann@acme.test",
        "Phone": "+420 1",
        "Location": "Brno, Moravia, CZ",
    }.items():
        expect(visit.fact(name)).to_have_text(said)


STATUSES = ("Unsubscribed", "Hard-bounced", "Non-deliverable", "Suppressed")


def expect_status(visit, *shown):
    lead = visit.page.locator(".page-lead")
    for status in STATUSES:
        expect(lead.get_by_text(status, exact=True)).to_have_count(int(status in shown))


def test_by_default_there_is_no_status(visit):
    visit.open_profile(a_customer(visit.workspace))

    expect_status(visit)
    expect(visit.section("Mail")).to_contain_text("Nothing stops mail to this address")


def test_who_opts_out_of_surveys_is_unsubscribed(visit):
    survey = a_sent_survey(a_campaign(visit.workspace))
    page = visit.open(f"/u/{survey.unsubscribe_token}")
    page.get_by_role("button", name="Stop all surveys").click()
    expect(page.get_by_role("button", name="Stop all surveys")).to_be_hidden()

    visit.open_profile(survey.survey.customer)

    expect_status(visit, "Unsubscribed")


def test_a_hard_bounced_survey_makes_the_customer_hard_bounced(visit):
    survey = a_sent_survey(a_campaign(visit.workspace))
    report = Report(
        survey.id, DeliveryKind.HARD_BOUNCED, timezone.now(), "smtp", "550 No such user", "1"
    )
    note([report], timezone.now())

    visit.open_profile(survey.survey.customer)

    expect_status(visit, "Hard-bounced")
    expect(visit.section("Mail")).to_contain_text("550 No such user")


def test_an_address_that_was_checked_and_is_not_valid_is_non_deliverable(visit):
    ann = a_customer(visit.workspace, email="ann@mailinator.com")
    visit.open_profile(ann)

    visit.page.get_by_role("button", name="Check the address again").click()

    expect_status(visit, "Non-deliverable")


def test_the_last_score_is_that_of_the_last_answered_survey(visit):
    ann, campaign = a_customer(visit.workspace), a_campaign(visit.workspace)
    answered(campaign, ann, 3, days=9)
    answered(campaign, ann, 8, days=2)
    a_sent_survey(campaign, customer=ann)

    visit.open_profile(ann)

    expect(visit.section("General data").locator(".last-score")).to_contain_text("8")


def test_the_score_trend_is_the_last_five_scores(visit):
    ann, campaign = a_customer(visit.workspace), a_campaign(visit.workspace)
    for days, score in enumerate((9, 8, 7, 6, 5, 4)):
        answered(campaign, ann, score, days=days + 1)

    visit.open_profile(ann)

    trend = visit.section("General data").get_by_role("list", name="The last 5 scores")
    expect(trend.get_by_role("listitem")).to_have_text(["5", "6", "7", "8", "9"])
    expect(visit.page.get_by_role("img", name="The last 5 scores, the oldest first: NPS 5"))


def test_the_source_is_manual_for_who_was_added_by_hand(visit):
    page = visit.open("/customers")
    page.get_by_role("link", name="Add one by hand").click()
    page.get_by_label("First name").fill("Ann")
    page.get_by_label("E-mail address").fill("Ann@Example.com")
    page.get_by_role("button", name="Add the customer").click()

    visit.is_told("The customer is added.")
    expect(visit.fact("Source")).to_have_text("Manual")
    expect(visit.fact("E-mail")).to_have_text("ann@example.com")


def test_the_source_is_csv_for_who_was_imported(visit):
    import_all(visit.member, "email\nann@example.com\n")

    visit.open_profile(visit.workspace.customers.get())

    expect(visit.fact("Source")).to_have_text("CSV")


def test_the_source_is_the_integration_for_who_came_by_it(visit):
    a_campaign(visit.workspace)
    a_track(visit.workspace, "ann@example.com")
    drain_inbox(visit.workspace.id, lambda: None)

    visit.open_profile(visit.workspace.customers.get())

    expect(visit.fact("Source")).to_have_text("Segment")


def test_a_regular_campaign_says_when_the_next_survey_is(visit):
    ann = a_customer(visit.workspace, created_at=timezone.now())
    a_campaign(
        visit.workspace, name="Every quarter", type="regular", events=[], service="",
        first_after_days=30, every_days=90,
    )  # fmt: skip

    visit.open_profile(ann)

    expect(visit.fact("Next survey").locator("time")).to_be_visible()
    expect(visit.fact("Next survey")).to_contain_text("Every quarter")


@pytest.mark.parametrize("kind", [{}, {"channel": "inapp"}], ids=["transactional", "in-app"])
def test_a_transactional_or_in_app_campaign_makes_it_scheduled(visit, kind):
    a_campaign(visit.workspace, name="After an order", **kind)

    visit.open_profile(a_customer(visit.workspace))

    expect(visit.fact("Next survey")).to_contain_text("Scheduled")
    expect(visit.fact("Next survey").get_by_role("link", name="After an order")).to_be_visible()


def test_properties_are_listed_with_their_values_and_tags_are_shown(visit):
    a_property(visit.workspace, "plan")
    a_property(visit.workspace, "seats", "number")
    ann = a_customer(visit.workspace, properties={"plan": "pro", "seats": 3.5}, tags=["vip", "eu"])

    visit.open_profile(ann)

    items = visit.section("Properties").get_by_role("listitem")
    expect(items).to_contain_text(["pro", "3.5"])
    expect(items).to_contain_text(["plan text", "seats number"])
    for tag in ("vip", "eu"):
        expect(visit.fact("Tags").get_by_text(tag, exact=True)).to_be_visible()


# ---- feedback


def test_feedback_has_all_scores_and_texts_with_the_campaign_that_collected_them(visit):
    ann = a_customer(visit.workspace)
    answered(a_campaign(visit.workspace, name="After an order"), ann, 9, "Quick", days=1)
    answered(a_campaign(visit.workspace, name="After a talk"), ann, 2, "Slow", days=9)

    visit.open_profile(ann)

    answers = visit.section("Feedback").get_by_role("article")
    expect(answers).to_have_count(2)
    for answer, said in ((answers.first, ("9", "Quick", "After an order")),
                         (answers.last, ("2", "Slow", "After a talk"))):  # fmt: skip
        for words in said:
            expect(answer.get_by_text(words, exact=True).first).to_be_visible()


def test_where_not_all_answers_fit_the_page_the_feedback_page_has_them(visit, monkeypatch):
    monkeypatch.setattr(profile_page, "LISTED", 2)
    ann, campaign = a_customer(visit.workspace, first_name="Ann"), a_campaign(visit.workspace)
    for days, score in enumerate((9, 8, 7)):
        answered(campaign, ann, score, days=days + 1)
    answered(campaign, a_customer(visit.workspace), 1, days=1)
    visit.open_profile(ann)
    expect(visit.section("Feedback").get_by_role("article")).to_have_count(2)

    visit.section("Feedback").get_by_role("link", name="All of them").click()

    expect(visit.page.get_by_text("Only answers of Ann.")).to_be_visible()
    expect(visit.page.get_by_role("article")).to_have_count(3)


# ---- outbox


def test_the_outbox_has_every_survey_with_campaign_subject_how_when_and_whether_answered(visit):
    template = a_template(visit.workspace, subject="How was it?")
    campaign = a_campaign(visit.workspace, name="After an order", template=template)
    ann = a_customer(visit.workspace)
    first = a_sent_survey(campaign, customer=ann, sent_at=ago(days=40), subject="How was it?")
    a_sent_reminder_of(first, sent_at=ago(days=30), subject="Once more: how was it?")
    second = a_sent_survey(campaign, customer=ann, sent_at=ago(days=2), created_at=ago(days=2))
    record_answer(second, 9, "", timezone.now(), submitted=True)
    by_hand = a_sent_survey(campaign, customer=ann, sent_at=ago(hours=1), occasion_kind="hand",
                            created_at=ago(hours=1))  # fmt: skip

    visit.open_profile(ann)

    def row(invitation):
        return visit.page.locator(f"#survey-{invitation.id}")

    for invitation, how, answer in (
        (first, "Campaign", "Ignored"),
        (second, "Campaign", "Responded"),
        (by_hand, "Manually", "None yet"),
    ):
        expect(row(invitation).get_by_role("link", name="How was it?")).to_be_visible()
        expect(row(invitation).get_by_text("After an order", exact=True)).to_be_visible()
        expect(row(invitation).get_by_text(how, exact=True)).to_be_visible()
        expect(row(invitation)).to_contain_text(answer)
        expect(row(invitation).get_by_role("cell").last.locator("time")).to_be_visible()
    reminder = visit.section("Outbox").get_by_role("row").filter(has_text="Once more")
    expect(reminder).to_contain_text("Reminder")


def test_the_outbox_counts_sent_delivered_opened_and_responded_with_the_response_rate(visit):
    campaign, ann = a_campaign(visit.workspace), a_customer(visit.workspace)
    there = {"delivered_at": ago(days=3), "sent_at": ago(days=3)}
    record_answer(
        a_sent_survey(campaign, customer=ann, opened_at=ago(days=2), **there),
        9, "", timezone.now(), submitted=True,
    )  # fmt: skip
    a_sent_survey(campaign, customer=ann, opened_at=ago(days=2), **there)
    a_sent_survey(campaign, customer=ann, **there)
    a_sent_survey(campaign, customer=ann, sent_at=ago(days=3))
    a_sent_survey(
        campaign, customer=ann, state=State.BOUNCED, bounced_at=ago(days=1), bounce="soft"
    )

    visit.open_profile(ann)

    numbers = visit.section("Outbox").locator("dl.delivery")
    for name, number in {
        "Response rate": "25 %", "Sent": "5", "Delivered": "3", "Opened": "2", "Responded": "1",
    }.items():  # fmt: skip
        of = numbers.locator("dt").get_by_text(name, exact=True)
        expect(of.locator("xpath=following-sibling::dd[1]")).to_have_text(number)
