import gzip
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from afterword.core.ids import new_id
from afterword.feedback.answering.answer import LIFE
from afterword.feedback.answering.visit import new_visit, read_visit
from afterword.feedback.models import Response
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.surveys.models import Survey
from tests.factories import (
    a_campaign,
    a_customer,
    a_sent_reminder_of,
    a_sent_survey,
    a_template,
    a_workspace,
    reload,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    """Someone from the internet; a cookie or CSRF token is never asked of them."""
    return Client(enforce_csrf_checks=True)


def page_of(survey, **query):
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/s/{survey.answer_token}" + (f"?{pairs}" if pairs else "")


def found(pattern, text):
    match = re.search(pattern, text, re.DOTALL)
    assert match
    return match[1]


def customer_of(survey):
    assert survey.survey.customer
    survey.survey.customer.refresh_from_db()
    return survey.survey.customer


def the_form(response):
    """What a browser would send from the page."""
    html = response.content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    fields = dict(hidden)
    if chosen := re.search(r'value="(\d+)" required checked', html):
        fields["score"] = chosen[1]
    if comment := re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", html, re.DOTALL):
        fields["comment"] = unescape(comment[1])
    return fields


def named_survey(**fields):
    workspace = a_workspace(name="Acme")
    template = a_template(
        workspace,
        question="How was it, {{ first_name | default: 'dear customer' }}?",
        **fields,
    )
    customer = a_customer(workspace, email="ann@secret.test", first_name="Ann", last_name="Noor")
    return a_sent_survey(a_campaign(workspace, template=template), customer=customer)


# ---- answering


@pytest.mark.parametrize("metric", list(Metric))
def test_the_page_offers_every_score_of_its_metric(visitor, metric):
    survey = a_sent_survey(a_campaign(metric=metric))

    html = visitor.get(page_of(survey)).content.decode()

    offered = re.findall(r'type="radio" name="score" value="(\d+)"', html)
    assert offered == [str(score) for score in SCALES[metric].scores]
    assert "required checked" not in html
    assert SCALES[metric].lowest_label in html


def test_the_link_of_a_score_chooses_it(visitor):
    survey = a_sent_survey()

    response = visitor.get(page_of(survey, score=9))

    assert response.status_code == 200
    assert the_form(response)["score"] == "9"


def test_sending_the_form_records_the_answer_and_thanks(visitor):
    survey = named_survey(thanks="You are great.")
    form = the_form(visitor.get(page_of(survey, score=9)))

    sent = visitor.post(page_of(survey), {**form, "comment": "Quick!"})

    recorded = Response.objects.get()
    assert sent.status_code == 303  # so that loading the page again sends nothing
    response = visitor.get(sent.url)
    assert "You are great." in response.content.decode()
    assert (recorded.score, recorded.comment) == (9, "Quick!")
    assert recorded.submitted_at


def test_a_sign_of_a_person_records_what_was_said_so_far(visitor):
    survey = a_sent_survey()
    form = the_form(visitor.get(page_of(survey, score=9)))

    response = visitor.post(page_of(survey), {**form, "comment": "not yet", "by_itself": "1"})

    recorded = Response.objects.get()
    assert response.status_code == 204
    assert (recorded.score, recorded.comment, recorded.submitted_at) == (9, "not yet", None)


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete", "trace"])
def test_a_fetched_link_records_nothing(visitor, method):
    survey = a_sent_survey()

    for _ in range(2):
        getattr(visitor, method)(page_of(survey, score=9))
    visitor.get(page_of(survey, score=9), headers={"sec-purpose": "prefetch"})

    survey = reload(survey)
    assert not Response.objects.exists()
    assert survey.answered_at is None


def test_a_score_in_the_address_of_a_post_is_no_answer(visitor):
    survey = a_sent_survey()

    response = visitor.post(page_of(survey, score=9))

    assert response.status_code == 400
    assert not Response.objects.exists()


@pytest.mark.parametrize("visit", [None, "", "junk", "of another survey"])
def test_an_answer_from_nowhere_is_refused_kindly(visitor, visit):
    survey = a_sent_survey()
    fields = {"score": "9", "comment": "Typed for <long>"}
    if visit is not None:
        fields["visit"] = new_visit("other", new_id()) if visit.startswith("of") else visit

    response = visitor.post(page_of(survey), fields)

    assert response.status_code == 403
    assert not Response.objects.exists()
    form = the_form(response)
    assert (form["score"], form["comment"]) == ("9", "Typed for <long>")
    assert visitor.post(page_of(survey), form).status_code == 303


def test_a_visit_ends_after_a_day(monkeypatch):
    visit = new_visit("token", new_id())
    assert read_visit(visit, "token")
    assert not read_visit(visit, "tokeN")
    now = timezone.now().timestamp()

    monkeypatch.setattr("time.time", lambda: now + 24 * 3600 + 5)

    assert not read_visit(visit, "token")


def test_no_two_visits_are_the_same():
    hit = new_id()
    assert new_visit("token", hit) != new_visit("token", hit)


@pytest.mark.parametrize("junk", ["11", "-1", "nine", "", "9%00", "%F0%9F%92%A9"])
def test_a_link_with_a_score_off_the_scale_says_how_to_mend_it(visitor, junk):
    survey = a_sent_survey()

    response = visitor.get(page_of(survey, score=junk))

    assert response.status_code == 400
    assert "choose a score from 0 to 10" in response.content.decode()
    assert "score" not in the_form(response)


def test_a_comment_that_is_too_long_is_not_lost(visitor):
    survey = a_sent_survey()
    form = the_form(visitor.get(page_of(survey, score=9)))

    response = visitor.post(page_of(survey), {**form, "comment": "x" * 10_001})

    assert response.status_code == 400
    assert len(the_form(response)["comment"]) == 10_001
    assert not Response.objects.exists()


def test_an_answer_may_be_changed_for_a_day_and_then_the_page_says_so(visitor):
    survey = a_sent_survey()
    form = the_form(visitor.get(page_of(survey, score=3)))
    visitor.post(page_of(survey), form)
    visitor.post(page_of(survey), {**form, "score": "8"})
    assert Response.objects.get().score == 8
    Response.objects.update(created_at=timezone.now() - timedelta(hours=24))

    seen = visitor.get(page_of(survey, score=10))
    sent = visitor.post(page_of(survey), {**form, "score": "10"})

    assert (seen.status_code, sent.status_code) == (410, 410)
    assert "<form" not in seen.content.decode()
    assert "can be changed for 24 hours" in sent.content.decode()
    assert Response.objects.get().score == 8


def test_a_survey_of_last_year_has_ended_and_says_so_in_the_brand(visitor):
    survey = named_survey()
    form = the_form(visitor.get(page_of(survey, score=9)))
    Survey.objects.update(asked_at=timezone.now() - LIFE)

    responses = [visitor.get(page_of(survey)), visitor.post(page_of(survey), form)]

    for response in responses:
        assert response.status_code == 410
        assert "This survey has ended" in response.content.decode()
        assert 'alt="Acme"' in response.content.decode()
    assert not Response.objects.exists()


def test_a_reminder_shows_that_its_survey_is_answered(visitor):
    survey = named_survey()
    reminder = a_sent_reminder_of(survey)
    form = the_form(visitor.get(page_of(reminder, score=7)))
    assert visitor.post(page_of(reminder), form).status_code == 303
    assert visitor.get(page_of(survey)).status_code == 200
    Response.objects.update(created_at=timezone.now() - timedelta(hours=24))

    seen = [visitor.get(page_of(each)).status_code for each in (survey, reminder)]

    assert seen == [410, 410]
    assert Response.objects.get().survey == survey.survey


def test_what_is_typed_is_shown_and_never_run(visitor):
    survey = named_survey(thanks="<script>alert(2)</script>")
    form = the_form(visitor.get(page_of(survey)))

    refused = visitor.post(page_of(survey), {**form, "comment": "</textarea><script>alert(1)"})
    thanked = visitor.post(page_of(survey), {**form, "score": "1"}, follow=True)

    assert b"<script>alert" not in refused.content + thanked.content


# ---- what the pages reveal


def test_a_link_that_is_passed_on_shows_no_person(visitor):
    survey = named_survey()

    html = visitor.get(page_of(survey)).content.decode()

    assert "How was it, dear customer?" in html
    assert not any(secret in html for secret in ("Ann", "Noor", "secret.test"))
    assert " checked" not in html


def answered(visitor, score=9, comment="Quick!"):
    survey = named_survey()
    form = the_form(visitor.get(page_of(survey, score=score)))
    visitor.post(page_of(survey), {**form, "comment": comment})
    return survey


@pytest.mark.parametrize("query", [{}, {"score": 9}])
def test_the_answer_that_stands_is_shown_while_it_can_be_changed(visitor, query):
    survey = answered(visitor)

    page = visitor.get(page_of(survey, **query))

    form = the_form(page)
    assert (form["score"], form["comment"]) == ("9", "Quick!")
    assert "data-from-link" not in page.content.decode()
    visitor.post(page_of(survey), {**form, "score": "8"})
    assert (Response.objects.get().score, Response.objects.get().comment) == (8, "Quick!")


def test_a_comment_that_was_shown_can_be_removed(visitor):
    survey = answered(visitor)
    form = the_form(visitor.get(page_of(survey)))

    visitor.post(page_of(survey), {**form, "comment": ""})

    assert Response.objects.get().comment == ""


def test_another_score_in_an_older_mail_asks_before_it_changes_the_answer(visitor):
    survey = answered(visitor)

    page = visitor.get(page_of(survey, score=3))

    assert "Change your answer from 9 to 3?" in page.content.decode()
    assert Response.objects.get().score == 9
    form = {**the_form(page), "sign": "person"}
    assert visitor.post(page_of(survey), {**form, "by_itself": "1"}).status_code == 202
    assert Response.objects.get().score == 9
    visitor.post(page_of(survey), form)
    assert (Response.objects.get().score, Response.objects.get().comment) == (3, "Quick!")


def test_a_page_from_before_the_answer_changes_it_only_when_it_is_sent(visitor):
    survey = named_survey()
    old = the_form(visitor.get(page_of(survey, score=3)))
    new = the_form(visitor.get(page_of(survey, score=9)))
    visitor.post(page_of(survey), {**new, "sign": "person"})

    noted = visitor.post(page_of(survey), {**old, "sign": "person", "by_itself": "1"})

    assert noted.status_code == 202
    assert Response.objects.get().score == 9


def test_the_thanks_can_be_loaded_again_and_are_nobodys_before_an_answer(visitor):
    survey = named_survey()
    thanks = f"{page_of(survey)}?thanks"
    assert "<form" in visitor.get(thanks).content.decode()
    visitor.post(page_of(survey), the_form(visitor.get(page_of(survey, score=9))))

    for _ in range(2):
        assert "You chose 9" in visitor.get(thanks).content.decode()


@pytest.mark.parametrize("address", ["/s/{}", "/u/{}"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_link_finds_nothing(visitor, address, method):
    response = getattr(visitor, method)(address.format("a" * 22))

    assert response.status_code == 404
    assert "nothing at this address" in response.content.decode()


def test_a_link_is_good_for_one_purpose(visitor):
    survey = a_sent_survey()

    assert visitor.get(f"/u/{survey.answer_token}").status_code == 404
    assert visitor.get(f"/s/{survey.unsubscribe_token}").status_code == 404


@pytest.mark.parametrize("address", ["/s/{0.answer_token}", "/u/{0.unsubscribe_token}", "/s/none"])
def test_the_pages_talk_to_nobody_else(visitor, address):
    response = visitor.get(address.format(a_sent_survey()))

    policy = response.headers["Content-Security-Policy"]
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["Cache-Control"] == "no-store, private"
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not response.cookies


def test_only_the_host_of_the_logo_may_serve_a_picture(visitor):
    survey = named_survey(logo_url="https://cdn.acme.test/logo.png?a=1")

    policy = visitor.get(page_of(survey)).headers["Content-Security-Policy"]

    assert "img-src 'self' data: https://cdn.acme.test;" in policy


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("https://gone.test/logo.png", '<img src="https://gone.test/logo.png" alt="Acme">'),
        ("", '<p class="logo">Acme</p>'),
    ],
)
def test_a_logo_that_has_gone_leaves_the_companys_name(visitor, address, heading):
    survey = named_survey(logo_url=address)

    assert heading in visitor.get(page_of(survey)).content.decode()
    assert heading in visitor.get(f"/u/{survey.unsubscribe_token}").content.decode()


def test_an_address_that_is_no_address_does_not_open_the_policy(visitor):
    survey = named_survey(logo_url="https://acme.test; script-src *")

    policy = visitor.get(page_of(survey)).headers["Content-Security-Policy"]

    assert "script-src *" not in policy


def test_a_colour_that_is_none_does_not_break_the_page(visitor):
    assert visitor.get(page_of(named_survey(colour="brown"))).status_code == 200


def test_a_question_that_needs_its_person_gives_way_to_the_usual_one(visitor):
    survey = a_sent_survey()
    survey.template.document["question"] = "{{ 1 | divided_by: 0 }}"
    survey.template.save()

    assert SCALES[Metric.NPS].question in visitor.get(page_of(survey)).content.decode()


def test_the_page_is_small_and_asks_the_database_little(visitor, django_assert_num_queries):
    survey = a_sent_survey()
    visitor.get(page_of(survey, score=9))

    with django_assert_num_queries(3):  # the survey, the hit, what else was hit lately
        response = visitor.get(page_of(survey, score=9))

    assert len(gzip.compress(response.content)) < 30_000
    assert "src=" not in re.sub(r'<img src="[^"]+"', "", response.content.decode())


# ---- frozen


def test_only_these_views_do_without_a_csrf_token():
    """Another one is a decision of its own: an API or a hook proves itself by other means."""
    assert set(_exempt(get_resolver().url_patterns)) - {"api"} == {
        "afterword.feedback.answering.public.survey",
        "afterword.feedback.in_app.public.answer",
        "afterword.feedback.in_app.public.check",
        "afterword.feedback.in_app.public.closed",
        "afterword.feedback.in_app.public.shown",
        "afterword.feedback.links.public.link",
        "afterword.feedback.stopping.unsubscribing.unsubscribing",
        "afterword.hooks.door.hook",
        "afterword.hooks.door.nothing_here",
        "afterword.sending.reports.hooks.hook",
        "afterword.web.health.live",
        "afterword.web.health.ready",
    }


def _exempt(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _exempt(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and getattr(pattern.callback, "csrf_exempt", False):
            view = pattern.callback
            is_api = view.__module__.startswith(("ninja.", "afterword.api"))
            yield "api" if is_api else f"{view.__module__}.{view.__name__}"


def test_the_policy_lets_the_pages_own_script_run(visitor):
    response = visitor.get(page_of(a_sent_survey(), score=9))

    nonce = found(r"script-src 'nonce-([^']+)'", response.headers["Content-Security-Policy"])
    assert f'<script type="module" nonce="{nonce}">' in response.content.decode()


@pytest.mark.parametrize("token", ["%00", "a%00b", "short", "x" * 23, "ä" * 22, "../" * 8])
@pytest.mark.parametrize("page", ["s", "u"])
def test_what_is_no_token_is_found_nowhere(client, page, token):
    assert client.get(f"/{page}/{token}").status_code == 404
