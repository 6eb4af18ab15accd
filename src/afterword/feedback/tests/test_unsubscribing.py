import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from afterword.feedback.models import Hit, HitKind
from afterword.feedback.words import WORDS
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import suppress
from tests.factories import a_campaign, a_customer, a_sent_survey, a_template, a_workspace, reload

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def visitor():
    """Someone from the internet; a cookie or CSRF token is never asked of them."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def at_once(monkeypatch):
    """Let a second press be believed at any time."""
    monkeypatch.setattr("afterword.feedback.stopping.unsubscribing.A_BREATH", timedelta(0))


def page_of(survey):
    return f"/u/{survey.unsubscribe_token}"


def pressed(visitor, survey, wish, page=None, **mark):
    """Press a button of a page, by hand unless `mark` says otherwise."""
    html = (page or visitor.get(page_of(survey))).content.decode()
    match = re.search(r'name="visit" value="([^"]+)"', html)
    assert match
    return visitor.post(page_of(survey), {"visit": match[1], "wish": wish, **mark})


def by_hand(visitor, survey, wish):
    return pressed(visitor, survey, wish, sign="person")


def customer_of(survey):
    assert survey.survey.customer
    survey.survey.customer.refresh_from_db()
    return survey.survey.customer


def live(survey):
    rows = Suppression.objects.filter(pattern=survey.survey.email, ended_at=None)
    return [(row.reason, row.campaign_id, row.how) for row in rows]


def text(response):
    return response.content.decode()


# ---- looking


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete", "trace"])
def test_looking_changes_nothing(visitor, method):
    survey = a_sent_survey()

    response = getattr(visitor, method)(page_of(survey))

    survey = reload(survey)
    assert response.status_code in {200, 405}
    assert survey.unsubscribed_at is customer_of(survey).unsubscribed_at is None
    assert not Suppression.objects.exists()


def test_a_look_is_noted_as_a_hit(visitor):
    survey = a_sent_survey()

    visitor.get(page_of(survey))

    assert Hit.objects.get(invitation=survey).kind == HitKind.UNSUBSCRIBE


def test_a_link_that_is_passed_on_shows_no_person(visitor):
    workspace = a_workspace(name="Acme <b>")
    customer = a_customer(workspace, email="ann@secret.test", first_name="Ann")
    campaign = a_campaign(workspace, name="Churn risks")
    survey = a_sent_survey(campaign, customer=customer)

    html = text(visitor.get(page_of(survey)))

    assert "Acme &lt;b&gt;" in html
    assert "Surveys like this one" in html
    assert not any(word in html for word in ("ann@", "secret.test", "Ann", "Churn"))


@pytest.mark.parametrize("code", sorted(WORDS))
def test_it_speaks_the_language_of_the_customer(visitor, code):
    customer = a_customer(a_workspace(name="Acme"), properties={"language": code})
    survey = a_sent_survey(a_campaign(customer.workspace), customer=customer)

    html = text(visitor.get(page_of(survey), headers={"accept-language": "fr"}))

    direction = "rtl" if code in {"ar", "he"} else "ltr"
    assert f'<html lang="{code}" dir="{direction}">' in html
    assert WORDS[code].stop_all in html
    assert "{company}" not in html


def test_without_one_it_speaks_the_browsers(visitor):
    survey = a_sent_survey()

    html = text(visitor.get(page_of(survey), headers={"accept-language": "cs-CZ,cs;q=0.9"}))

    assert WORDS["cs"].ask in html


# ---- one click (RFC 8058)


@pytest.mark.parametrize("is_multipart", [True, False])
def test_one_click_acts_at_once_for_all_surveys(visitor, is_multipart):
    survey = a_sent_survey()
    started = time.thread_time()

    if is_multipart:
        response = visitor.post(page_of(survey), ONE_CLICK)
    else:
        response = visitor.post(
            page_of(survey),
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )

    survey = reload(survey)
    assert response.status_code == 200
    assert time.thread_time() - started < 1
    assert "Set-Cookie" not in response.headers
    assert survey.unsubscribed_at
    assert customer_of(survey).unsubscribed_at
    assert live(survey) == [("unsubscribed", None, "one-click")]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"List-Unsubscribe": "One-Click"}', "application/json"),
        ("List-Unsubscribe=One-Click", "text/plain"),
        ("List-Unsubscribe=One-Click", ""),
    ],
)
def test_what_is_no_form_is_refused(visitor, body, content_type):
    survey = a_sent_survey()

    response = visitor.post(page_of(survey), body, content_type=content_type)

    assert response.status_code == 415
    assert not live(survey)


def test_one_click_again_changes_nothing(visitor):
    survey = a_sent_survey()
    visitor.post(page_of(survey), ONE_CLICK)
    [first] = Suppression.objects.all()

    visitor.post(page_of(survey), ONE_CLICK)

    [second] = Suppression.objects.all()
    assert (first.id, first.at) == (second.id, second.at)
    assert customer_of(survey).unsubscribed_at == first.at


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_hundred_clicks_at_once_count_once():
    survey = a_sent_survey()

    def click(_number):
        try:
            return Client().post(page_of(survey), ONE_CLICK).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        statuses = list(threads.map(click, range(100)))

    assert statuses == [200] * 100
    assert len(live(survey)) == 1


def test_whoever_was_deleted_and_met_again_is_unsubscribed(visitor):
    survey = a_sent_survey()
    customer_of(survey).delete()
    again = a_customer(survey.workspace, email=survey.survey.email)
    elsewhere = a_customer(a_workspace(), email=survey.survey.email)

    visitor.post(page_of(survey), ONE_CLICK)

    again.refresh_from_db()
    elsewhere.refresh_from_db()
    assert again.unsubscribed_at
    assert elsewhere.unsubscribed_at is None


# ---- the preference page


def test_all_surveys_stop_and_start_again(visitor):
    survey = a_sent_survey()

    stopped = by_hand(visitor, survey, "stop")

    assert "You are unsubscribed" in text(stopped)
    assert live(survey) == [("unsubscribed", None, "preference page")]
    assert customer_of(survey).unsubscribed_at

    started = by_hand(visitor, survey, "start")

    assert "You are subscribed again" in text(started)
    assert live(survey) == []
    assert customer_of(survey).unsubscribed_at is None
    assert Suppression.objects.get().ended_how == "preference page"


def test_surveys_like_this_one_stop_alone(visitor):
    survey = a_sent_survey()

    response = by_hand(visitor, survey, "stop_like_this")

    survey = reload(survey)
    assert "No more surveys like this one" in text(response)
    assert "Stop all surveys" in text(response)
    assert live(survey) == [("unsubscribed", survey.survey.campaign_id, "preference page")]
    assert survey.unsubscribed_at
    assert customer_of(survey).unsubscribed_at is None
    by_hand(visitor, survey, "stop")
    assert len(live(survey)) == 2
    by_hand(visitor, survey, "start")
    assert live(survey) == []


def test_a_person_takes_a_complaint_back_and_nothing_else(visitor):
    survey = a_sent_survey()
    for reason in (SuppressionReason.COMPLAINED, SuppressionReason.HARD_BOUNCED):
        suppress(survey.workspace_id, survey.survey.email, reason, how="report", now=timezone.now())
    assert "You are unsubscribed" in text(visitor.get(page_of(survey)))

    by_hand(visitor, survey, "start")

    assert live(survey) == [("hard_bounced", None, "report")]


@pytest.mark.parametrize("wish", ["", "everything", "\x00"])
def test_a_form_that_says_nothing_asks_again(visitor, wish):
    survey = a_sent_survey()

    response = by_hand(visitor, survey, wish)

    assert response.status_code == 400
    assert not live(survey)


@pytest.mark.parametrize("visit", ["", "junk", None])
def test_a_form_from_nowhere_asks_once_more(visitor, visit):
    survey = a_sent_survey()
    other = a_sent_survey()
    if visit is None:
        match = re.search(r'name="visit" value="([^"]+)"', text(visitor.get(page_of(other))))
        assert match
        visit = match[1]

    response = visitor.post(page_of(survey), {"visit": visit, "wish": "stop", "sign": "person"})

    assert response.status_code == 403
    assert "once more" in text(response)
    assert not live(survey)


# ---- programs that press buttons


@pytest.mark.parametrize("sign", ["person", ""])
def test_who_is_asked_once_more_and_answers_is_believed(visitor, at_once, sign):
    survey = a_sent_survey()

    asked = pressed(visitor, survey, "stop")

    assert asked.status_code == 403
    assert "press the button once more" in text(asked)
    assert not live(survey)
    assert pressed(visitor, survey, "stop", page=asked, sign=sign).status_code == 200
    assert len(live(survey)) == 1


def test_a_script_that_presses_again_and_again_stops_nothing(visitor, at_once):
    survey = a_sent_survey()
    page = visitor.get(page_of(survey))

    for _ in range(4):
        page = pressed(visitor, survey, "stop", page=page, sign="nobody")

    assert page.status_code == 403
    assert not live(survey)


def test_a_second_press_without_a_breath_is_asked_about_again(visitor):
    survey = a_sent_survey()

    asked = pressed(visitor, survey, "stop")

    assert pressed(visitor, survey, "stop", page=asked).status_code == 403
    assert not live(survey)


def test_without_scripts_one_press_is_enough(visitor):
    survey = a_sent_survey()

    assert pressed(visitor, survey, "stop", without_script="1").status_code == 200
    assert len(live(survey)) == 1


def test_within_a_burst_a_person_presses_twice(visitor, at_once):
    survey = a_sent_survey()
    for score in range(11):
        visitor.get(f"/s/{survey.answer_token}?score={score}")

    asked = pressed(visitor, survey, "stop", without_script="1")

    assert asked.status_code == 403
    assert pressed(visitor, survey, "stop", page=asked, without_script="1").status_code == 200
    assert live(survey)


@pytest.mark.parametrize("wish", ["stop", "stop_like_this", "start"])
def test_within_a_burst_over_all_links_nothing_happens(visitor, wish):
    survey = a_sent_survey()
    if wish == "start":
        visitor.post(page_of(survey), ONE_CLICK)
    before = live(survey)
    for score in range(11):
        visitor.get(f"/s/{survey.answer_token}?score={score}")

    response = by_hand(visitor, survey, wish)

    assert response.status_code == 403
    assert live(survey) == before


def test_after_the_burst_a_person_is_asked_once(visitor):
    survey = a_sent_survey()
    for score in (0, 10):
        visitor.get(f"/s/{survey.answer_token}?score={score}")
    Hit.objects.update(at=timezone.now() - timedelta(minutes=2))

    assert by_hand(visitor, survey, "stop").status_code == 200
    assert live(survey)


def test_a_workspaces_template_gives_the_look(visitor):
    workspace = a_workspace()
    survey = a_sent_survey(a_campaign(workspace, template=a_template(workspace, colour="#ff0000")))

    assert "--accent:#ff0000" in text(visitor.get(page_of(survey)))
