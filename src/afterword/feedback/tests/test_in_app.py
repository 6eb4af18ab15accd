"""Surveys in the company's own application, as its pages ask for them, without a browser."""

import gzip
import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from afterword import flow
from afterword.campaigns.channels.in_app.identity import ask_signed_only, identity_of, rotate
from afterword.campaigns.models import Campaign
from afterword.customers.models import Customer
from afterword.decisions.models import Decision
from afterword.feedback.in_app import door
from afterword.feedback.in_app.script import FILE
from afterword.feedback.models import Response
from afterword.feedback.tests.in_app import (
    AppPage,
    a_known_user,
    a_regular_one,
    a_signed_page,
    an_in_app_campaign,
)
from afterword.sending.models import Mail
from afterword.survey_templates.metrics import Metric
from afterword.surveys.in_app.offers import withdraw_expired
from afterword.surveys.models import Invitation, Survey
from afterword.surveys.outbox.status import Status, status_of, with_status
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_member,
    a_template,
    a_token,
    a_track,
    a_workspace,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def nobody_came_before():
    cache.clear()


def happened(workspace, address="ann@example.com", **call):
    now = timezone.now()
    a_track(workspace, address, received_at=now, **call)
    flow.process_events(workspace.id, now)


def the_offer() -> Invitation:
    return Invitation.objects.select_related("mail", "survey").get()


def reasons() -> set[str]:
    return set(Decision.objects.values_list("reason", flat=True))


def test_traits_that_are_no_traits_are_none():
    page = a_signed_page(an_in_app_campaign().workspace)

    for traits in ("[" * 1500, "[]", "{", '"a"'):
        assert page.ask(traits=traits) == []


def test_an_event_leaves_a_survey_waiting_and_the_next_page_shows_it():
    campaign = an_in_app_campaign()
    ann = a_known_user(campaign.workspace, email="ann@example.com")
    page = a_signed_page(campaign.workspace)
    assert page.ask() == []

    happened(campaign.workspace)
    [survey] = page.ask()
    assert status_of(the_offer()) is Status.OFFERED
    page.tell("shown", {"id": survey["id"]})

    ann.refresh_from_db()
    assert survey["question"] == campaign.scale.question
    assert status_of(the_offer()) is Status.SHOWN
    assert the_offer().survey.asked_at
    assert ann.last_surveyed_at
    assert not Mail.objects.exists()
    assert reasons() == {"scheduled"}


def test_the_answer_lands_where_every_answer_does():
    campaign = a_regular_one(template=None)
    ann = a_known_user(campaign.workspace)
    page = a_signed_page(campaign.workspace)
    [survey] = page.ask()

    assert page.tell("answer", {"id": survey["id"], "score": 9}).status_code == 200
    half = Response.objects.get()
    assert (half.score, half.submitted_at) == (9, None)
    page.tell("answer", {"id": survey["id"], "score": 9, "comment": "Neat", "done": 1})

    response = Response.objects.get()
    assert (response.customer, response.score, response.comment) == (ann, 9, "Neat")
    assert response.submitted_at
    assert "claimed" not in the_offer().survey.detail
    assert status_of(the_offer()) is Status.ANSWERED
    assert page.ask() == []


def test_what_is_closed_is_not_shown_again_unless_that_is_wanted():
    campaign = a_regular_one()
    a_known_user(campaign.workspace)
    page = a_signed_page(campaign.workspace)
    [survey] = page.ask()
    page.tell("shown", {"id": survey["id"]})
    page.tell("closed", {"id": survey["id"]})

    assert page.ask() == []
    assert status_of(the_offer()) is Status.CLOSED
    assert list(with_status(Invitation.objects.all(), Status.CLOSED)) == [the_offer()]

    Campaign.objects.filter(id=campaign.id).update(in_app={"again_days": 7})
    assert page.ask() == []
    Invitation.objects.update(dismissed_at=timezone.now() - 7 * DAY)
    assert len(page.ask()) == 1
    assert Survey.objects.count() == 1


def test_who_was_asked_in_an_application_is_throttled_elsewhere_too():
    workspace = a_workspace()
    a_regular_one(workspace)
    a_known_user(workspace, email="ann@example.com")
    page = a_signed_page(workspace)
    [survey] = page.ask()
    page.tell("shown", {"id": survey["id"]})
    a_campaign(workspace, throttle_days=30, throttle_scope="all")

    happened(workspace)

    assert reasons() == {"scheduled", "throttled"}
    assert not Mail.objects.exists()


def test_two_pages_that_ask_at_once_ask_once():
    campaign = a_regular_one()
    a_known_user(campaign.workspace)
    page, other = a_signed_page(campaign.workspace), a_signed_page(campaign.workspace)

    assert len(page.ask()) == len(other.ask()) == 1
    assert Survey.objects.count() == 1


def test_a_regular_campaign_keeps_to_its_clock_and_its_audience():
    workspace = a_workspace()
    audience = {"match": "all", "filters": [{"field": "tags", "operator": "is", "value": "vip"}]}
    a_regular_one(workspace, audience=audience)
    a_regular_one(workspace, first_after_days=3)
    a_known_user(workspace)

    assert a_signed_page(workspace).ask() == []
    assert not Decision.objects.exists()

    Customer.objects.update(created_at=timezone.now() - 3 * DAY)
    assert len(a_signed_page(workspace).ask()) == 1


def test_a_rule_that_holds_by_then_withdraws_what_waits():
    campaign = an_in_app_campaign()
    a_known_user(campaign.workspace, email="ann@example.com")
    page = a_signed_page(campaign.workspace)
    happened(campaign.workspace)
    Campaign.objects.update(activated_at=None)

    assert page.ask() == []
    assert status_of(the_offer()) is Status.WITHDRAWN
    assert the_offer().survey.reason == "campaign_off"


def test_what_nobody_came_by_for_runs_out():
    campaign = an_in_app_campaign(in_app={"expires_days": 3})
    a_known_user(campaign.workspace, email="ann@example.com")
    happened(campaign.workspace)
    now = timezone.now()

    assert withdraw_expired(now + 2 * DAY) == 0
    assert withdraw_expired(now + 4 * DAY) == 1
    assert withdraw_expired(now + 4 * DAY) == 0
    assert status_of(the_offer()) is Status.WITHDRAWN
    assert a_signed_page(campaign.workspace).ask() == []


def test_a_delay_is_waited_for():
    campaign = an_in_app_campaign(delay=timedelta(hours=2))
    a_known_user(campaign.workspace, email="ann@example.com")
    happened(campaign.workspace)

    assert a_signed_page(campaign.workspace).ask() == []
    Invitation.objects.update(due_at=timezone.now())
    assert len(a_signed_page(campaign.workspace).ask()) == 1


def test_a_customer_without_an_address_is_asked_once_though_the_event_waits_for_one():
    campaign = an_in_app_campaign()
    ann = a_known_user(campaign.workspace, email=None)

    happened(campaign.workspace, None, userId="42")
    flow.process_events(campaign.workspace_id, timezone.now() + timedelta(hours=2))

    assert Survey.objects.get().customer == ann
    assert reasons() == {"scheduled"}
    assert len(a_signed_page(campaign.workspace).ask()) == 1


def test_an_event_of_somebody_unknown_asks_nobody():
    campaign = an_in_app_campaign()

    happened(campaign.workspace, None, userId="nobody")
    assert reasons() == {"waiting_for_address"}
    flow.process_events(campaign.workspace_id, timezone.now() + timedelta(hours=2))

    assert reasons() == {"not_known"}
    assert not Survey.objects.exists()


def test_a_signed_user_whom_nobody_knew_becomes_a_customer():
    workspace = a_workspace()
    a_regular_one(workspace)
    page = a_signed_page(workspace, "77", email="other@example.com", traits='{"firstName": "Bo"}')

    assert len(page.ask()) == 1

    customer = Customer.objects.get()
    assert (customer.email, customer.first_name, customer.source) == (None, "Bo", "In-app")


def test_who_is_not_signed_is_taken_at_their_word_and_marked():
    campaign = a_regular_one()
    ann = a_known_user(campaign.workspace)
    page = AppPage(campaign.workspace)
    [survey] = page.ask()

    page.tell("answer", {"id": survey["id"], "score": 3, "done": 1})

    response = Response.objects.get()
    assert response.customer == ann
    assert the_offer().survey.detail == {"claimed": True}
    assert the_offer().answer_token not in json.dumps(survey)


def test_a_claim_makes_nobody_a_customer():
    campaign = a_regular_one()

    assert AppPage(campaign.workspace, "77", email="new@example.com").ask() == []
    assert not Customer.objects.exists()


def test_an_address_will_do_for_a_claim():
    campaign = a_regular_one()
    a_known_user(campaign.workspace, email="ann@example.com")

    assert len(AppPage(campaign.workspace, "", email=" Ann@example.com").ask()) == 1


def test_only_the_signed_are_asked_where_that_is_wanted():
    campaign = a_regular_one()
    a_known_user(campaign.workspace)
    ask_signed_only(identity_of(campaign.workspace, NOW), NOW, only=True)

    assert AppPage(campaign.workspace).ask() == []
    assert len(a_signed_page(campaign.workspace).ask()) == 1


@pytest.mark.parametrize("forged", ["0" * 64, "é", "x"])
def test_a_forged_hash_shows_nothing(forged):
    campaign = a_regular_one()
    a_known_user(campaign.workspace)
    page = a_signed_page(campaign.workspace)
    page.named["hash"] = forged

    assert page.ask() == []
    assert not Survey.objects.exists()
    assert identity_of(campaign.workspace, NOW).heard_proof == "forged"


def test_somebody_elses_hash_is_forged():
    campaign = a_regular_one()
    a_known_user(campaign.workspace, "42")
    page = a_signed_page(campaign.workspace, "13")
    page.named["userId"] = "42"

    assert page.ask() == []


def test_a_new_secret_ends_what_the_old_one_signed():
    campaign = a_regular_one()
    a_known_user(campaign.workspace)
    page = a_signed_page(campaign.workspace)
    rotate(identity_of(campaign.workspace, NOW), NOW)

    assert page.ask() == []


def test_what_a_page_got_cannot_be_made_up(client):
    for path in ("shown", "closed", "answer"):
        for made_up in ("", "x", "abc:def:ghi"):
            answer = client.post(f"/in-app/v1/{path}", {"id": made_up, "score": 9})
            assert answer.status_code == 404


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"score": 11}, "choose a score from 0 to 10"),
        ({"score": 9, "comment": "x" * 10_001}, "1 characters too long"),
        ({"score": 9, "done": 1}, "answer this too: Why?"),
    ],
)
def test_a_wrong_answer_says_how_to_mend_it(fields, says):
    workspace = a_workspace()
    questions = [{"key": "why", "type": "text", "text": "Why?", "required": True}]
    a_regular_one(workspace, template=a_template(workspace, questions=questions))
    a_known_user(workspace)
    page = a_signed_page(workspace)
    [survey] = page.ask()

    answer = page.tell("answer", {"id": survey["id"], **fields})

    assert answer.status_code == 400
    assert says in answer.json()["problem"]
    assert not Response.objects.exists()


def test_an_anonymous_answer_keeps_nobodys_name():
    workspace = a_workspace()
    a_regular_one(workspace, template=a_template(workspace, anonymous=True))
    a_known_user(workspace)
    page = a_signed_page(workspace)
    [survey] = page.ask()

    page.tell("answer", {"id": survey["id"], "score": 9})
    assert not Response.objects.exists()
    page.tell("answer", {"id": survey["id"], "score": 9, "done": 1})

    assert (Response.objects.get().customer, Response.objects.get().survey) == (None, None)


def test_pages_of_any_origin_may_ask_but_not_with_a_key_of_a_server(client):
    workspace = a_workspace()
    _, of_a_server = a_token(workspace)

    refused = client.post("/in-app/v1/check", {"key": of_a_server, "userId": "42"})
    preflight = client.options("/in-app/v1/check")
    fetched = client.get("/in-app/v1/check")

    assert (refused.status_code, preflight.status_code, fetched.status_code) == (401, 204, 405)
    assert {each.headers["Access-Control-Allow-Origin"] for each in (refused, preflight)} == {"*"}


def test_a_flood_of_questions_is_held_back(monkeypatch):
    monkeypatch.setattr(door, "MOST_A_MINUTE", 2)
    page = AppPage(a_workspace())

    answers = [page.tell("check", {"key": page.key}).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


def test_the_script_is_small_and_anybody_may_load_it(client):
    answer = client.get("/in-app/v1.js")
    again = client.get("/in-app/v1.js", headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert again.status_code == 304
    assert len(gzip.compress(FILE.read_bytes())) < 12_000


def test_the_outbox_and_the_profile_tell_of_it():
    campaign = a_regular_one()
    ann = a_known_user(campaign.workspace)
    member = a_member(campaign.workspace)
    page = a_signed_page(campaign.workspace)
    [survey] = page.ask()
    page.tell("shown", {"id": survey["id"]})
    page.tell("closed", {"id": survey["id"]})
    owner = Client()
    owner.force_login(member.user)

    life = owner.get(f"/outbox/{the_offer().id}").content.decode()
    assert "The customer closed it unanswered." in life
    assert "Closed" in owner.get("/outbox").content.decode()
    assert "Closed" in owner.get(f"/customers/{ann.id}").content.decode()


def test_another_persons_customer_is_not_found_by_this_workspaces_key():
    campaign = a_regular_one()
    a_known_user(campaign.workspace, email="ann@example.com")
    elsewhere = a_workspace()
    a_customer(elsewhere, email="ann@example.com")

    assert AppPage(elsewhere).ask() == []


def test_the_profile_says_that_the_next_survey_is_scheduled():
    campaign = a_regular_one()
    ann = a_known_user(campaign.workspace, email=None)
    owner = Client()
    owner.force_login(a_member(campaign.workspace).user)

    page = owner.get(f"/customers/{ann.id}").content.decode()

    assert "Scheduled" in page
    assert "At the next visit, by" in page


def test_an_event_from_the_page_asks_a_customer_who_has_no_address():
    campaign = an_in_app_campaign()
    ann = a_known_user(campaign.workspace, email=None)

    happened(campaign.workspace, None, userId="42", is_trusted=False)

    assert Survey.objects.get().customer == ann


@pytest.mark.parametrize(("look", "mark"), [("faces", "😠"), ("stars", "★"), ("", "")])
def test_it_shows_scores_as_its_template_says(look, mark):
    workspace = a_workspace()
    template = a_template(workspace, Metric.CSAT, scores=look)
    a_known_user(a_regular_one(workspace, metric=Metric.CSAT, template=template).workspace)

    [survey] = AppPage(workspace).ask()

    assert survey["as"] == (look or "numbers")
    assert survey["scores"][0] == {
        "value": 1,
        "meaning": survey["scores"][0]["meaning"],
        "mark": mark,
    }
