import re

import pytest
from django.test import Client

from afterword.feedback.models import Response
from afterword.feedback.tests.test_public_pages import page_of, the_form
from afterword.survey_templates.metrics import Metric
from afterword.survey_templates.versions import current_of
from afterword.surveys.models import Invitation
from tests.factories import NOW, a_campaign, a_customer, a_sent_survey, a_template, a_workspace

pytestmark = pytest.mark.django_db

QUESTIONS = [
    {"key": "why", "type": "choice", "text": "Why us?", "choices": ["Price", "Speed"],
     "required": True, "when": {"lowest": 9}},
    {"key": "likes", "type": "choices", "text": "What did you like?", "choices": ["A", "B", "C"]},
    {"key": "food", "type": "rating", "text": "The food?"},
    {"key": "cheaper", "type": "text", "text": "How cheap?",
     "when": {"question": "why", "answers": ["Price"]}},
]  # fmt: skip


@pytest.fixture
def visitor():
    return Client(headers={"User-Agent": "Mozilla/5.0"})


def asked(**said):
    workspace = a_workspace()
    template = a_template(workspace, **{"questions": QUESTIONS, **said})
    customer = a_customer(workspace, first_name="Ann", properties={"plan": "pro"}, tags=["vip"])
    return a_sent_survey(a_campaign(workspace, template=template), customer=customer)


def test_further_answers_are_recorded_with_the_version_that_they_answer(visitor):
    survey = asked(consent="You may quote me.")
    form = the_form(visitor.get(page_of(survey, score=9)))

    visitor.post(
        page_of(survey),
        {
            **form,
            "q.why": "0",
            "q.likes": ["0", "2"],
            "q.food": "4",
            "q.cheaper": "Very",
            "consent": "1",
        },
    )

    recorded = Response.objects.get()
    assert recorded.answers == {"why": "Price", "likes": ["A", "C"], "food": 4, "cheaper": "Very"}
    assert recorded.consent is True
    assert recorded.version == survey.version


def test_each_text_of_the_template_has_its_own_direction(visitor):
    """In an Arabic survey what is not translated stays English: "Why us?", and not "?Why us"."""
    survey = asked(question="How was it?", consent="You may quote me.")

    page = visitor.get(page_of(survey, score=9)).content.decode()

    for text in ["How was it?", "Why us?", "Price", "The food?", "How cheap?", "You may quote me."]:
        assert f"<bdi>{text}</bdi>" in page


def test_one_that_must_be_answered_is_asked_for_and_nothing_is_lost(visitor):
    survey = asked()
    form = the_form(visitor.get(page_of(survey, score=9)))

    again = visitor.post(page_of(survey), {**form, "comment": "Hm", "q.likes": "1"})

    content = again.content.decode()
    assert again.status_code == 400
    assert "Please answer this too: Why us?" in content
    assert content.count("autofocus") == content.count('id="wrong"') == 1
    assert "Hm" in content
    assert 'name="q.likes" value="1" checked' in content


def test_what_is_wrong_is_said_in_the_words_of_the_survey(visitor):
    survey = asked(languages={"de": {"questions": {"why": {"text": "Warum wir?"}}}})
    Invitation.objects.update(language="de")
    form = the_form(visitor.get(page_of(survey, score=9)))

    incomplete = visitor.get(page_of(survey, score=11)).content.decode()
    unanswered = visitor.post(page_of(survey), form).content.decode()
    too_long = visitor.post(page_of(survey), {**form, "comment": "x" * 10_001}).content.decode()
    doubtful = visitor.post(page_of(survey), {**form, "q.why": "0", "sign": "nobody"})

    assert "Dieser Link ist unvollständig. Bitte wählen Sie eine Zahl von 0 bis 10." in incomplete
    assert "Bitte beantworten Sie auch dies: Warum wir?" in unanswered
    assert "um 1 Zeichen zu lang" in too_long
    assert "Bitte drücken Sie noch einmal auf" in doubtful.content.decode()


@pytest.mark.parametrize(
    ("to", "stays"),
    [(10, {"why": "Speed", "likes": ["A"], "food": 4}), (3, {"likes": ["A"], "food": 4})],
)
def test_another_score_keeps_what_was_answered_further_where_it_is_still_asked(visitor, to, stays):
    survey = asked(consent="You may quote me.")
    said = {"q.why": "1", "q.likes": "0", "q.food": "4", "consent": "1", "comment": "Neat"}
    visitor.post(page_of(survey), {**the_form(visitor.get(page_of(survey, score=9))), **said})

    changing = the_form(visitor.get(page_of(survey, score=to)))
    changed = visitor.post(page_of(survey), changing)

    recorded = Response.objects.get()
    assert changed.status_code == 303
    assert (recorded.score, recorded.comment, recorded.consent) == (to, "Neat", True)
    assert recorded.answers == stays


def test_what_is_taken_back_of_an_answer_that_was_shown_is_gone(visitor):
    survey = asked(consent="You may quote me.")
    said = {"q.why": "1", "q.likes": "0", "consent": "1"}
    visitor.post(page_of(survey), {**the_form(visitor.get(page_of(survey, score=9))), **said})

    shown = the_form(visitor.get(page_of(survey)))
    visitor.post(page_of(survey), {**shown, "score": "9", "q.why": "0"})

    recorded = Response.objects.get()
    assert (recorded.answers, recorded.consent) == ({"why": "Price"}, False)


def test_what_is_not_asked_is_not_recorded(visitor):
    survey = asked()
    form = the_form(visitor.get(page_of(survey, score=3)))

    visitor.post(page_of(survey), {**form, "score": "3", "q.why": "0", "q.cheaper": "Very"})

    assert Response.objects.get().answers == {}


def test_editing_a_template_changes_nothing_that_was_asked(visitor):
    survey = asked(question="How was it?")
    template = survey.template
    template.document = {"subject": "New", "question": "Something else?"}
    template.save()
    assert current_of(template, NOW).number == 2

    content = visitor.get(page_of(survey, score=9)).content.decode()

    assert "How was it?" in content
    assert "Why us?" in content


def test_an_answer_keeps_what_was_known_when_it_was_given(visitor):
    survey = asked()
    form = the_form(visitor.get(page_of(survey, score=9)))

    visitor.post(page_of(survey), {**form, "q.why": "0"})

    facts = Response.objects.get().facts_then.facts
    assert facts == {"first_name": "Ann", "tags": ["vip"], "properties": {"plan": "pro"}}


def test_the_thanks_have_the_buttons_of_the_score(visitor):
    button = {"label": "Review us", "url": "https://a.test/review"}
    survey = asked(questions=[], thanks={"promoter": {"text": "Yes!", "buttons": [button]}})
    form = the_form(visitor.get(page_of(survey, score=10)))

    sent = visitor.post(page_of(survey), form)

    content = visitor.get(sent.url).content.decode()
    assert 'href="https://a.test/review"' in content
    assert "Yes!" in content


# ---- anonymous answers


def test_an_anonymous_answer_leads_to_nobody(visitor):
    survey = asked(anonymous=True, questions=[])
    form = the_form(visitor.get(page_of(survey, score=9)))

    sent = visitor.post(page_of(survey), {**form, "comment": "Between us"})

    recorded = Response.objects.get()
    thanks = visitor.get(sent.url)
    assert (recorded.survey, recorded.customer, recorded.email) == (None, None, "")
    assert (recorded.score, recorded.comment, recorded.campaign) == (
        9,
        "Between us",
        survey.survey.campaign,
    )
    assert recorded.created_at.time().isoformat() == "00:00:00"
    assert recorded.id.version == 4
    assert not hasattr(recorded, "facts_then")
    assert "without your name" in thanks.content.decode()
    assert list(survey.hits.values_list("score", flat=True).distinct()) == [None]


def test_an_anonymous_answer_is_given_once(visitor):
    survey = asked(anonymous=True, questions=[])
    form = the_form(visitor.get(page_of(survey, score=9)))
    visitor.post(page_of(survey), form)

    assert visitor.get(page_of(survey)).status_code == 410
    assert visitor.post(page_of(survey), {**form, "score": "1"}).status_code == 410
    assert Response.objects.count() == 1


def test_halfway_through_an_anonymous_survey_nothing_is_recorded(visitor):
    survey = asked(anonymous=True, questions=[])
    form = the_form(visitor.get(page_of(survey, score=9)))

    assert visitor.post(page_of(survey), {**form, "by_itself": "1"}).status_code == 202
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("said", "marks"),
    [({"scores": "faces"}, "😠😞😐😊😃"), ({"scores": "stars"}, "★★★★★"), ({}, "")],
)
def test_the_page_shows_scores_as_its_template_says(visitor, said, marks):
    workspace = a_workspace()
    campaign = a_campaign(
        workspace, Metric.CSAT, template=a_template(workspace, Metric.CSAT, **said)
    )

    content = visitor.get(page_of(a_sent_survey(campaign))).content.decode()

    assert "".join(re.findall(r'<i aria-hidden="true">(.)</i>', content)) == marks
    assert re.findall(r'name="score" value="(\d)"', content) == list("12345")
