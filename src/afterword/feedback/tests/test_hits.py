"""What fetching a link notes, and what it does not."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from afterword.core.ids import new_id
from afterword.feedback.answering.visit import new_visit
from afterword.feedback.hits import note as module
from afterword.feedback.hits.note import confirm, judge
from afterword.feedback.models import Hit, HitKind, Response
from tests.factories import a_sent_survey, reload

pytestmark = pytest.mark.django_db

PICTURE = re.compile(r'<img src="(/s/[^"]+/shown/[^"]+)"')
VISIT = re.compile(r'name="visit" value="([^"]+)"')
BY_HAND = {"score": "9", "comment": "", "sign": "person"}


def fetch(client, survey, score=9, method="get", **headers):
    return getattr(client, method)(f"/s/{survey.answer_token}?score={score}", headers=headers)


def look_at(client, response):
    """Ask for the picture of a page, as whatever shows it does."""
    picture = PICTURE.search(response.content.decode())
    assert picture
    return client.get(picture[1])


def send(client, survey, response, **fields):
    visit = VISIT.search(response.content.decode())
    assert visit
    return client.post(f"/s/{survey.answer_token}", {"visit": visit[1], **BY_HAND, **fields})


def clicked_at(survey):
    survey = reload(survey)
    return survey.clicked_at


def an_old_hit(survey, score=9, minutes=2, **fields):
    at = timezone.now() - timedelta(minutes=minutes)
    return Hit.objects.create(
        **{
            "workspace_id": survey.workspace_id,
            "invitation": survey,
            "at": at,
            "kind": HitKind.PAGE,
            "method": "GET",
            "score": score,
            **fields,
        }
    )


def test_a_fetched_link_is_noted_without_where_it_came_from(client):
    survey = a_sent_survey()

    fetch(client, survey, **{"user-agent": "Scanner\x7f\u2028 " + "x" * 500})

    hit = Hit.objects.get()
    assert (hit.invitation_id, hit.workspace_id) == (survey.id, survey.workspace_id)
    assert (hit.kind, hit.method, hit.score, hit.judgement) == ("page", "GET", 9, "")
    assert hit.agent.startswith("Scanner  x")
    assert len(hit.agent) == 200
    assert (hit.shown_at, hit.confirmed_at) == (None, None)
    assert clicked_at(survey) is None


def test_a_head_is_noted_once_and_gets_no_page(client):
    survey = a_sent_survey()

    response = fetch(client, survey, method="head")

    [hit] = Hit.objects.all()
    assert (response.status_code, response.content) == (200, b"")
    assert (hit.method, hit.judgement) == ("HEAD", "head_first")


def test_a_link_to_choose_on_has_no_score_nor_has_one_off_the_scale(client):
    survey = a_sent_survey()

    client.get(f"/s/{survey.answer_token}")
    fetch(client, survey, 77)

    assert [hit.score for hit in Hit.objects.all()] == [None, None]


def test_the_hidden_link_is_noted_and_leads_to_a_harmless_page(client):
    survey = a_sent_survey()

    response = client.get(f"/s/{survey.answer_token}/more")

    hit = Hit.objects.get()
    assert response.status_code == 200
    assert "nothing to do here" in response.content.decode()
    assert "<form" not in response.content.decode()
    assert (hit.kind, hit.judgement) == ("trap", "trap")
    assert client.post(f"/s/{survey.answer_token}/more").status_code == 405
    assert client.get("/s/nothing/more").status_code == 404


def test_a_page_that_is_shown_is_a_click(client):
    survey = a_sent_survey()

    picture = look_at(client, fetch(client, survey))

    hit = Hit.objects.get()
    assert picture["Content-Type"] == "image/gif"
    assert picture["Cache-Control"] == "no-store, private"
    assert hit.shown_at
    assert clicked_at(survey) == hit.at


def test_the_picture_of_another_survey_shows_nothing(client):
    survey, other = a_sent_survey(), a_sent_survey()
    fetch(client, survey)
    hit = Hit.objects.get()

    responses = [
        client.get(f"/s/{other.answer_token}/shown/{hit.id}"),
        client.get(f"/s/{survey.answer_token}/shown/{new_id()}"),
        client.head(f"/s/{survey.answer_token}/shown/{hit.id}"),
        client.get(f"/s/%00/shown/{hit.id}"),
    ]

    hit.refresh_from_db()
    assert {response.status_code for response in responses} == {200}
    assert hit.shown_at is None
    assert clicked_at(survey) is None


def test_two_scores_take_the_click_back(client):
    survey = a_sent_survey()
    look_at(client, fetch(client, survey, 9))

    fetch(client, survey, 3)

    assert {hit.judgement for hit in Hit.objects.all()} == {"two_scores"}
    assert clicked_at(survey) is None


def test_a_click_that_was_taken_back_gives_way_to_a_persons(client):
    survey = a_sent_survey()
    person = an_old_hit(survey, minutes=10, shown_at=timezone.now())
    look_at(client, fetch(client, survey, 9))

    fetch(client, survey, 3)

    assert clicked_at(survey) == person.at


def test_a_shown_page_of_a_machine_is_no_click(client):
    survey = a_sent_survey()
    page = fetch(client, survey, 9)
    fetch(client, survey, 3)

    look_at(client, page)

    assert Hit.objects.get(score=9).shown_at
    assert clicked_at(survey) is None


def test_an_answer_confirms_its_own_hit_and_clears_what_spoke_against_it(client):
    survey = a_sent_survey()
    fetch(client, survey, 3)
    page = fetch(client, survey, 9)
    assert Hit.objects.exclude(judgement="").count() == 2

    send(client, survey, page)

    robot, person = Hit.objects.order_by("at")
    assert (robot.judgement, robot.confirmed_at) == ("two_scores", None)
    assert person.confirmed_at
    assert person.judgement == ""
    assert clicked_at(survey) == person.at


def test_a_person_may_change_their_mind_within_a_minute(client):
    survey = a_sent_survey()
    send(client, survey, fetch(client, survey, 9))

    page = fetch(client, survey, 3)
    send(client, survey, page, score="3", sign="")

    assert Response.objects.get().score == 3
    assert [hit.judgement for hit in Hit.objects.all()] == ["", ""]


def test_hits_of_a_survey_are_bounded(client, monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    survey, other = a_sent_survey(), a_sent_survey()

    pages = [fetch(client, survey) for _ in range(5)]
    fetch(client, other)

    assert Hit.objects.filter(invitation=survey).count() == 3
    assert Hit.objects.filter(invitation=other).count() == 1
    assert send(client, survey, pages[4]).status_code == 303
    assert Response.objects.get().score == 9


def test_an_old_hit_is_not_judged_again(client):
    survey = a_sent_survey()
    an_old_hit(survey, 3)

    fetch(client, survey, 9)

    assert [hit.judgement for hit in Hit.objects.all()] == ["", ""]


@pytest.mark.django_db(transaction=True)
def test_of_links_that_are_fetched_at_once_none_escapes():
    survey = a_sent_survey()

    def fetch_one(score):
        try:
            fetch(Client(), survey, score)
        finally:
            connection.close()

    with ThreadPoolExecutor(11) as threads:
        list(threads.map(fetch_one, range(11)))

    assert set(Hit.objects.values_list("judgement", flat=True)) == {"two_scores"}


def test_judging_costs_the_same_whatever_there_is(client, django_assert_max_num_queries):
    survey = a_sent_survey()
    now = timezone.now()
    for number in range(50):
        an_old_hit(survey, number % 11, minutes=0, at=now)

    with django_assert_max_num_queries(3):
        judge(survey.id, now)

    assert Hit.objects.filter(judgement="two_scores").count() == 50


def test_confirming_what_is_not_there_does_no_harm():
    survey = a_sent_survey()

    confirm(survey, new_id(), timezone.now())

    assert clicked_at(survey) is None


# ---- answers that a machine may have sent


def burst(client, survey):
    for score in (0, 5, 10):
        fetch(client, survey, score)


def test_a_form_that_a_script_sent_is_never_an_answer(client):
    survey = a_sent_survey()
    page = fetch(client, survey)

    answers = [send(client, survey, page, sign="nobody", comment="Typed") for _ in range(2)]
    noted = send(client, survey, page, sign="nobody", by_itself="1")

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "please press Send once more" in answers[0].content.decode()
    assert "Typed</textarea>" in answers[0].content.decode()
    assert noted.status_code == 202
    assert not Response.objects.exists()


def test_while_a_machine_is_at_the_links_a_plain_form_is_asked_for_twice(client, monkeypatch):
    survey = a_sent_survey()
    page = fetch(client, survey)
    burst(client, survey)

    first = send(client, survey, page, sign="")
    at_once = send(client, survey, first, sign="", comment="Typed")
    monkeypatch.setattr("afterword.feedback.answering.public.A_BREATH", timedelta(0))
    second = send(client, survey, at_once, sign="")

    assert (first.status_code, at_once.status_code, second.status_code) == (403, 403, 303)
    assert "One moment, please press Send again" in at_once.content.decode()
    assert "Typed</textarea>" in at_once.content.decode()
    assert Response.objects.get().score == 9


def test_five_seconds_of_looking_are_not_enough_then(client):
    survey = a_sent_survey()
    page = fetch(client, survey)
    burst(client, survey)

    response = send(client, survey, page, sign="time", by_itself="1")

    assert response.status_code == 202
    assert not Response.objects.exists()


def test_a_touch_is_enough_even_then(client):
    survey = a_sent_survey()
    burst(client, survey)
    page = fetch(client, survey)

    assert send(client, survey, page, by_itself="1").status_code == 204
    assert Response.objects.get().score == 9


def test_a_machine_of_another_day_is_no_reason_to_ask_twice(client):
    survey = a_sent_survey()
    an_old_hit(survey, judgement="two_scores")

    page = fetch(client, survey)

    assert send(client, survey, page, sign="").status_code == 303


def test_a_visit_without_its_hit_is_as_good(client):
    survey = a_sent_survey()
    fields = {"visit": new_visit(survey.answer_token, new_id()), **BY_HAND}

    assert client.post(f"/s/{survey.answer_token}", fields).status_code == 303
