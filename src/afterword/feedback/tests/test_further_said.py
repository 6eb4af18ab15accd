from afterword.feedback.further_said import further_said
from afterword.feedback.models import Response
from afterword.survey_templates.models import TemplateVersion

QUESTIONS = [
    {"key": "why", "type": "text", "text": "Why?"},
    {"key": "liked", "type": "choices", "text": "What did you like?", "choices": ["Tea", "Cake"]},
]


def said(answers, version=True):
    document = {"question": "How was it?", "questions": QUESTIONS}
    found = TemplateVersion(document=document) if version else None
    return further_said(Response(answers=answers, version=found))


def test_answers_are_told_with_their_questions_in_the_templates_order():
    assert said({"liked": ["Tea", "Cake"], "why": "Because"}) == [
        ("Why?", "Because"),
        ("What did you like?", "Tea, Cake"),
    ]


def test_what_the_version_does_not_know_is_told_by_its_key():
    assert said({"gone": 4, "why": "Because"}) == [("Why?", "Because"), ("gone", "4")]
    assert said({"why": "Because"}, version=False) == [("why", "Because")]


def test_without_further_answers_there_is_nothing_to_tell():
    assert said({}) == []
