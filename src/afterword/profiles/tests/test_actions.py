from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterword.customers.models import Change, Customer
from afterword.feedback.answering.answer import record_answer
from afterword.feedback.models import Response
from afterword.profiles.actions.addition import keep
from afterword.profiles.actions.deletion import remove
from afterword.sending.models import Mail, State
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.survey_templates.metrics import Metric
from afterword.surveys.models import Survey
from afterword.workspaces.models import Role
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_member,
    a_property,
    a_sent_survey,
    a_survey,
    mail_of,
)
from tests.locks import beside, waits_for_us

pytestmark = pytest.mark.django_db
PAGES = ["edit", "tags", "feedback", "survey", "delete"]
POSTS = [*PAGES, "tag_removal", "tag_undo", "property", "property_removal", "property_undo"]
POSTS += ["last_survey", "last_survey_undo"]
EDITED = {
    "first_name": "Anna",
    "last_name": "Novak",
    "email": "ann@example.com",
    "phone": "1",
    "job_title": "CTO",
    "company_name": "Initech",
    "city": "Prague",
    "state": "",
    "country": "CZ",
}


@pytest.fixture
def member(client):
    member = a_member(role=Role.MEMBER)
    client.force_login(member.user)
    return member


@pytest.fixture
def plan(member):
    return a_property(member.workspace, "plan")


@pytest.fixture
def ann(member, plan):
    return a_customer(
        member.workspace,
        email="ann@example.com",
        first_name="Ann",
        tags=["vip"],
        properties={"plan": "pro"},
    )


def address(name, customer, *more):
    return reverse(f"profiles:{name}", args=[customer.id, *more])


def text(response):
    return " ".join(response.content.decode().split())


def post(client, name, customer, *more, **form):
    response = client.post(address(name, customer, *more), form, follow=True)
    Customer.objects.filter(id=customer.id).exists() and customer.refresh_from_db()
    return response


# ---- who may


@pytest.mark.parametrize("role", list(Role))
def test_members_act_and_analysts_only_read(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    customer = a_customer(member.workspace, tags=["vip"], properties={"plan": "pro"})
    a_property(member.workspace, "plan")

    page = text(client.get(address("profile", customer)))
    codes = {client.get(address(name, customer)).status_code for name in PAGES}
    refused = {client.post(address(name, customer)).status_code == 403 for name in POSTS}

    assert codes == ({200} if role.may_change else {403})
    assert ("Actions" in page) == ("Remove plan" in page) == role.may_change
    assert refused == {not role.may_change}


@pytest.mark.parametrize("name", POSTS)
def test_an_outsider_reaches_nobody(client, member, name):
    stranger = a_customer(a_member().workspace, first_name="Stranger", last_surveyed_at=NOW)

    assert client.post(address(name, stranger), EDITED).status_code == 404
    stranger.refresh_from_db()
    assert (stranger.first_name, stranger.last_surveyed_at) == ("Stranger", NOW)


def test_a_visitor_is_asked_to_sign_in(client):
    customer = a_customer(a_member().workspace)

    for name in POSTS:
        assert client.post(address(name, customer)).url.startswith("/accounts/login/")
    assert client.post(reverse("profiles:add")).url.startswith("/accounts/login/")


# ---- add a customer


def test_a_customer_is_added_by_hand(client, member):
    page = text(client.post(reverse("profiles:add"), EDITED, follow=True))

    customer = Customer.objects.get()
    assert (customer.email, customer.full_name) == ("ann@example.com", "Anna Novak")
    assert (customer.source, str(customer.company)) == ("Manual", "Initech")
    assert "The customer is added." in page


def test_what_stops_mail_to_the_address_stops_it_for_who_is_added(client, member):
    suppress(member.workspace_id, EDITED["email"], SuppressionReason.UNSUBSCRIBED, how="x", now=NOW)

    client.post(reverse("profiles:add"), EDITED)

    assert Customer.objects.get().unsubscribed_at


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("Bob@example.com", "Another customer has the address bob@example.com, Bob Stone."),
        ("no address", "no address is not an e-mail address."),
        ("", "This is needed."),
    ],
)
def test_who_cannot_be_added_is_refused_with_the_reason(client, member, email, said):
    a_customer(member.workspace, email="bob@example.com", first_name="Bob", last_name="Stone")

    response = client.post(reverse("profiles:add"), EDITED | {"email": email})

    assert response.status_code == 422
    assert said in text(response)
    assert Customer.objects.count() == 1


def test_an_address_is_free_in_every_workspace_but_ones_own(client, member):
    a_customer(a_member().workspace, email=EDITED["email"])

    client.post(reverse("profiles:add"), EDITED)

    assert Customer.objects.get(workspace=member.workspace).source == "Manual"


def test_who_became_known_at_the_same_moment_keeps_what_was_not_typed(member, ann):
    kept = keep(member, ann.email, {"city": "Brno", "first_name": ""}, NOW)

    ann.refresh_from_db()
    assert (kept, ann.city, ann.source) == (ann.id, "Brno", "Segment")
    assert (ann.first_name, ann.tags, ann.properties) == ("Ann", ["vip"], {"plan": "pro"})


@pytest.mark.parametrize("role", list(Role))
def test_members_add_customers_and_analysts_do_not(client, role):
    member = a_member(role=role)
    client.force_login(member.user)

    response = client.post(reverse("profiles:add"), EDITED)

    assert response.status_code == (302 if role.may_change else 403)
    assert Customer.objects.exists() == role.may_change


# ---- edit profile


def test_the_profile_is_edited_and_who_did_it_is_in_the_timeline(client, member, ann):
    page = text(post(client, "edit", ann, **EDITED))

    assert (ann.full_name, ann.job_title, ann.company.name) == ("Anna Novak", "CTO", "Initech")
    assert "The profile is saved." in page
    assert f"By {member.user}" in page


def test_an_address_is_spelt_as_all_are_and_what_waits_follows_it(client, member, ann):
    waiting = a_survey(a_campaign(member.workspace), customer=ann)

    post(client, "edit", ann, **EDITED | {"email": " ANNA@Example.COM "})

    assert ann.email == "anna@example.com"
    assert mail_of(waiting).recipient == "anna@example.com"


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("Bob@example.com", "Another customer has the address bob@example.com, Bob Stone."),
        ("no address", "no address is not an e-mail address."),
        ("", "can be changed, but not taken away"),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_the_reason(client, member, ann, email, said):
    a_customer(member.workspace, email="bob@example.com", first_name="Bob", last_name="Stone")

    response = post(client, "edit", ann, **EDITED | {"email": email})

    assert response.status_code == 422
    assert said in text(response)
    assert (ann.email, ann.first_name) == ("ann@example.com", "Ann")


def test_of_two_who_edit_at_once_the_second_sees_what_the_first_saved(client, member, ann):
    seen = client.get(address("edit", ann)).context["form"].seen_input
    given = {"seen": seen.partition('value="')[2][:-2].replace("&quot;", '"')}
    Customer.objects.update(first_name="Annabel")

    response = post(client, "edit", ann, **EDITED, **given)

    assert response.status_code == 422
    assert "Annabel" in text(response)


# ---- tags


def test_tags_are_chosen_made_and_left_out(client, member, ann):
    a_customer(member.workspace, tags=["other"])
    offered = text(client.get(address("tags", ann)))

    post(client, "tags", ann, new="beta, met at the fair")

    assert 'value="vip"' in offered
    assert ann.tags == ["beta", "met at the fair"]


def test_a_tag_that_came_since_the_page_was_shown_stays(client, member, ann):
    seen = str(client.get(address("tags", ann)).context["form"].seen_input)
    shown = seen.partition('value="')[2][:-2].replace("&quot;", '"')
    Customer.objects.update(tags=["vip", "by an event"])

    post(client, "tags", ann, new="beta", seen=shown)

    assert ann.tags == ["by an event", "beta"]


def test_a_tag_is_removed_in_place_and_put_back(client, ann):
    page = text(post(client, "tag_removal", ann, tag="vip"))
    assert ann.tags == []
    assert "Undo</button>" in page

    post(client, "tag_undo", ann)
    assert ann.tags == ["vip"]


# ---- properties


def test_a_property_is_edited_in_place_without_a_script_too(client, ann, plan):
    form = text(client.get(address("profile", ann), {"edit": plan.id}))
    post(client, "property", ann, property=plan.id, value="free")

    assert 'name="value" value="pro"' in form
    assert ann.properties == {"plan": "free"}


@pytest.mark.parametrize("wanted", ["", "²", "9" * 19, "9" * 5_000], ids=len)
def test_a_property_that_is_none_is_not_found(client, ann, wanted):
    for name in ("property", "property_removal"):
        assert post(client, name, ann, property=wanted, value="free").status_code == 404
    assert ann.properties == {"plan": "pro"}


def test_a_value_that_does_not_fit_is_refused_and_kept_in_the_form(client, member, ann):
    seats = a_property(member.workspace, "seats", "number")

    response = post(client, "property", ann, property=seats.id, value="a few")

    assert response.status_code == 422
    assert "Expected a number" in text(response)
    assert 'value="a few"' in text(response)
    assert "seats" not in ann.properties


@pytest.mark.parametrize(
    ("kind", "said_and_kept"),
    [
        ("number", ("1,234.50", 1234.5)),
        ("date", ("11/23/2026", "2026-11-23T00:00:00Z")),
        ("collection", ("tea, cake", ["tea", "cake"])),
        ("boolean", ("Yes", True)),
        ("boolean", ("0", False)),
        ("text", ("as it is", "as it is")),
    ],
)
def test_a_value_is_kept_by_its_type(client, member, ann, kind, said_and_kept):
    said, kept = said_and_kept
    found = a_property(member.workspace, "it", kind)

    post(client, "property", ann, editing="new", property=found.id, value=said)

    assert ann.properties["it"] == kept


def test_a_truth_is_chosen_and_shown_and_false_is_a_value_too(client, member, ann):
    is_vip = a_property(member.workspace, "is_vip", "boolean")
    post(client, "property", ann, property=is_vip.id, value="false")

    page = text(client.get(reverse("profiles:profile", args=[ann.id]), {"edit": is_vip.id}))
    listed = text(client.get(reverse("customers:list"), {"column": "properties.is_vip"}))
    refused = post(client, "property", ann, property=is_vip.id, value="maybe")

    assert ann.properties["is_vip"] is False
    assert '<option value="false" selected>No</option>' in page
    assert '<span class="cell-text" dir="auto">No</span>' in listed
    assert "Expected true or false, yes or no, 1 or 0" in text(refused)


def test_a_property_is_removed_and_put_back(client, ann, plan):
    page = text(post(client, "property_removal", ann, property=plan.id))
    assert ann.properties == {}
    assert "plan is removed from Ann" in page

    post(client, "property_undo", ann)
    assert ann.properties == {"plan": "pro"}


@pytest.mark.parametrize(("value", "back"), [("12", {"plan": 12}), ("pro", {})])
def test_a_value_is_put_back_as_the_type_by_then_wants_it_or_not(client, ann, plan, value, back):
    post(client, "property", ann, property=plan.id, value=value)
    post(client, "property_removal", ann, property=plan.id)
    plan.type = "number"
    plan.save()

    page = text(post(client, "property_undo", ann))

    assert ann.properties == back
    assert ("plan is back" in page) == bool(back)
    assert ("does not fit the property&#x27;s type, which is number by now" in page) != bool(back)


def test_a_value_of_a_property_that_was_deleted_meanwhile_is_not_put_back(client, ann, plan):
    post(client, "property_removal", ann, property=plan.id)
    plan.delete()

    page = text(post(client, "property_undo", ann))

    assert "The property was deleted or renamed meanwhile" in page
    assert ann.properties == {}


def test_only_the_last_thing_done_can_be_undone(client, ann, plan):
    post(client, "property_removal", ann, property=plan.id)
    post(client, "tag_removal", ann, tag="vip")

    page = text(post(client, "property_undo", ann))

    assert "too late to undo" in page
    assert ann.properties == {}


@pytest.mark.parametrize("wanted", ["", "0", "nan", "99999999"])
def test_a_property_that_is_not_there_is_not_found(client, ann, wanted):
    assert post(client, "property", ann, property=wanted, value="x").status_code == 404


# ---- add survey feedback


def heard(**form):
    day = timezone.localdate() - timedelta(days=3)
    return {"score": "9", "comment": "By telephone", "date": day.isoformat()} | form


def test_feedback_is_added_with_score_comment_date_and_campaign(client, member, ann):
    campaign = a_campaign(member.workspace, Metric.CSAT)

    post(client, "feedback", ann, **heard(score="4", campaign=campaign.id, counts="on"))

    response = Response.objects.get()
    assert (response.metric, response.score, response.counts) == ("csat", 4, True)
    assert timezone.localdate() - response.created_at.date() == timedelta(days=3)
    page = text(client.get(address("profile", ann)))
    assert "Added by hand" in page
    assert "By telephone" in page


def test_feedback_may_have_no_campaign_and_not_count(client, ann):
    page = text(post(client, "feedback", ann, **heard(metric="5-star", score="5")))

    assert not Response.objects.get().counts
    assert "Not counted" in page
    assert "No campaign" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"score": ""}, "required"),
        ({"score": "11"}, "10"),
        ({"metric": "ces", "score": "8"}, "A score of CES is from 1 to 7."),
        ({"date": "2999-01-01"}, "still to come"),
        ({"date": "13/45/2020"}, "valid date"),
        ({"campaign": str(uuid4())}, "is-invalid"),
    ],
)
def test_feedback_that_cannot_be_is_refused(client, ann, form, said):
    response = post(client, "feedback", ann, **heard(**form))

    assert response.status_code == 422
    assert said in text(response)
    assert not Response.objects.exists()


def test_feedback_added_by_hand_is_removed_and_an_answer_stays(client, member, ann):
    post(client, "feedback", ann, **heard())
    added = Response.objects.get()
    survey = a_sent_survey(a_campaign(member.workspace), customer=ann)
    answer = record_answer(survey, 9, "", NOW, submitted=True)

    post(client, "feedback_undo", ann, added.id)
    page = text(post(client, "feedback_undo", ann, answer.id))

    assert Response.objects.get() == answer
    assert "the customer gave this answer" in page


# ---- send email survey


def test_a_survey_is_sent_by_a_campaign_that_is_off_and_called_back(client, member, ann):
    campaign = a_campaign(member.workspace, activated_at=None)
    form = {"campaign": campaign.id, "occasion": uuid4()}

    page = text(post(client, "survey", ann, **form))
    survey = Survey.objects.get()
    assert "A survey is on its way to ann@example.com." in page
    assert "Manually" in page

    post(client, "survey_undo", ann, survey.id)
    assert mail_of(survey.first).state == State.CANCELLED


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (SuppressionReason.UNSUBSCRIBED, "The customer unsubscribed"),
        (SuppressionReason.HARD_BOUNCED, "bounced for good"),
        (SuppressionReason.UNDELIVERABLE, "non-deliverable"),
    ],
)
def test_who_may_not_be_mailed_is_not_and_the_page_says_why(client, member, ann, reason, said):
    suppress(member.workspace_id, ann.address, reason, how="test", now=NOW)
    form = {"campaign": a_campaign(member.workspace).id, "occasion": uuid4()}

    response = post(client, "survey", ann, **form)

    assert response.status_code == 422
    assert f"Nothing is sent. {said}"[:16] in text(response)
    assert said in text(response)


def test_who_may_not_be_mailed_is_said_before_anything_is_chosen(client, member, ann):
    a_campaign(member.workspace)
    suppress(member.workspace_id, ann.address, SuppressionReason.UNSUBSCRIBED, how="test", now=NOW)

    page = text(client.get(reverse("profiles:survey", args=[ann.id])))

    assert "No survey can be sent" in page
    assert "Unsubscribed" in page
    assert "Send the survey" not in page


def test_a_survey_is_sent_by_a_campaign_that_somebody_chose(client, member, ann):
    form = reverse("profiles:survey", args=[ann.id])
    a_campaign(member.workspace)
    assert "Choose a campaign" not in text(client.get(form))

    a_campaign(member.workspace)
    assert "Choose a campaign" in text(client.get(form))

    response = post(client, "survey", ann, campaign="", occasion=uuid4())
    assert response.status_code == 422
    assert "Choose one." in text(response)
    assert not Survey.objects.exists()


def test_a_campaign_of_somebody_else_is_no_choice(client, ann):
    form = {"campaign": a_campaign().id, "occasion": uuid4()}

    assert post(client, "survey", ann, **form).status_code == 422
    assert not Survey.objects.exists()


# ---- unsubscribe


def test_a_member_unsubscribes_with_who_and_why_and_undoes_it(client, member, ann):
    unsubscribe = reverse("suppressions:unsubscribe", args=[ann.id])

    page = text(client.post(unsubscribe, {"note": "Asked by telephone"}, follow=True))
    ann.refresh_from_db()
    assert ann.unsubscribed_at
    assert "Asked by telephone" in page
    assert "Resubscribe" in page

    client.post(reverse("suppressions:unsubscribe_undo", args=[ann.id]))
    ann.refresh_from_db()
    assert ann.unsubscribed_at is None
    assert Suppression.objects.get().ended_by == member.user


def test_nobody_else_ends_an_unsubscribe_by_undoing(client, member, ann):
    suppress(member.workspace_id, ann.address, SuppressionReason.UNSUBSCRIBED, how="link", now=NOW)

    page = client.post(reverse("suppressions:unsubscribe_undo", args=[ann.id]), follow=True)

    ann.refresh_from_db()
    assert ann.unsubscribed_at
    assert "too late" in text(page)


# ---- reset last survey, delete


def test_the_last_survey_is_reset_and_put_back(client, ann):
    ann.last_surveyed_at = NOW
    ann.save()

    post(client, "last_survey", ann)
    assert ann.last_surveyed_at is None

    post(client, "last_survey_undo", ann)
    assert ann.last_surveyed_at == NOW
    assert Change.objects.count() == 2


def test_deleting_keeps_answers_and_surveys_and_cancels_what_waits(client, member, ann):
    campaign = a_campaign(member.workspace)
    waiting = a_survey(campaign, customer=ann)
    answered = a_sent_survey(campaign, customer=ann)
    record_answer(answered, 9, "Good", NOW, submitted=True)

    asked = text(client.get(address("delete", ann)))
    post(client, "delete", ann)

    assert "1 answer and 2 surveys are kept" in asked
    assert not Customer.objects.exists()
    assert Survey.objects.count() == 2
    assert Response.objects.get().who == "Ann"
    assert mail_of(waiting).state == State.CANCELLED


def test_the_page_of_a_survey_says_who_asked_by_hand(client, member, ann):
    form = {"campaign": a_campaign(member.workspace).id, "occasion": uuid4()}
    post(client, "survey", ann, **form)

    page = text(client.get(reverse("surveys:survey", args=[Survey.objects.get().id])))

    assert f"By hand. By {member.user}." in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Mail, Survey])
def test_who_is_deleted_while_mail_goes_out_waits_without_holding_the_customer(model):
    member = a_member()
    a_survey(a_campaign(member.workspace))

    with beside() as start, transaction.atomic():
        model.objects.select_for_update().get()
        ids = list(Customer.objects.values_list("id", flat=True))
        other = start(lambda: remove(member, ids, member.user_id, NOW))
        assert waits_for_us(other)
        Customer.objects.select_for_update(nowait=True).get()

    assert other.result() == 1
