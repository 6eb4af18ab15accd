import pytest

from afterword.survey_templates.checks import problems
from afterword.survey_templates.document import (
    ANY,
    Button,
    Document,
    Question,
    QuestionType,
    Thanks,
    Translation,
    When,
    is_asked,
    language_for,
    read,
    spoken,
    written,
)
from afterword.survey_templates.metrics import SCALES, Bucket, Metric

NPS = SCALES[Metric.NPS]
WHY = Question(key="why", type=QuestionType.CHOICE, text="Why us?", choices=("Price", "Speed"))
FULL = Document(
    subject="How was it, {{ first_name | default: 'you' }}?",
    question="How likely are you to recommend us?",
    follow_up={ANY: "Why?", Bucket.DETRACTOR: "What went wrong?"},
    thanks={
        ANY: Thanks(text="Thanks."),
        Bucket.PROMOTER: Thanks(buttons=(Button(label="Review us", url="https://a.test"),)),
    },
    questions=(WHY, Question(key="more", type=QuestionType.TEXT, text="More?", required=True)),
    languages={"cs": Translation(subject="Jak to šlo?", thanks={ANY: Thanks(text="Díky.")})},
)


def faults(document: Document, properties: list[str] | None = None) -> list[str]:
    return [problem.place for problem in problems(document, NPS, properties)]


def test_a_document_reads_back_as_it_was_written():
    assert read(written(FULL)) == FULL
    assert faults(FULL) == []


def test_what_is_as_usual_is_not_written():
    assert written(Document(subject="a", question="b")) == {"subject": "a", "question": "b"}


def test_a_categorys_own_words_come_before_those_for_any_score():
    assert FULL.follow_up_for(Bucket.DETRACTOR) == "What went wrong?"
    assert FULL.follow_up_for(Bucket.PASSIVE) == "Why?"
    assert FULL.follow_up_for(None) == "Why?"


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [("cs", "cs"), ("cs-CZ", "cs"), ("CS_cz", "cs"), ("de", "en"), ("", "en"), ("en-GB", "en")],
)
def test_who_wants_a_language_that_is_there_gets_it(wanted, tag):
    assert language_for(FULL, wanted) == tag


def test_of_several_languages_the_first_that_is_there_counts():
    assert language_for(FULL, "de", "", "cs", "en") == "cs"
    assert language_for(FULL, "de", "en-GB", "cs") == "en"
    assert language_for(FULL) == "en"


def test_what_is_not_translated_stays_in_its_own_language():
    czech = spoken(FULL, "cs")

    assert (czech.subject, czech.question) == ("Jak to šlo?", FULL.question)
    assert czech.thanks_for(None).text == "Díky."
    assert czech.thanks_for(Bucket.PROMOTER).buttons[0].label == "Review us"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"subject": " "}, "subject"),
        ({"question": ""}, "question"),
        ({"intro": "{{ first_name"}, "intro"),
        ({"intro": "{{ name | nofilter }}"}, "intro"),
        ({"subject": "x" * 301}, "subject"),
        ({"follow_up": {"happy": "Why?"}}, "follow_up.happy"),
        ({"thanks": {ANY: Thanks(text="{% if %}")}}, "thanks.any.text"),
        (
            {"thanks": {ANY: Thanks(buttons=(Button(label="Go", url="javascript:x"),))}},
            "thanks.any.buttons.0.url",
        ),
        (
            {"thanks": {ANY: Thanks(buttons=(Button(label="", url="https://a.test"),))}},
            "thanks.any.buttons.0.label",
        ),
        ({"questions": (WHY, WHY)}, "questions.1.key"),
        (
            {"questions": (Question(key="a b", type=QuestionType.TEXT, text="?"),)},
            "questions.0.key",
        ),
        ({"questions": (Question(key="a", type=QuestionType.TEXT, text=""),)}, "questions.0.text"),
        (
            {"questions": (Question(key="a", type=QuestionType.CHOICE, text="?"),)},
            "questions.0.choices",
        ),
        ({"questions": (Question(key="a", type=QuestionType.TEXT, text="?",
                                          when=When(lowest=11)),)}, "questions.0.when"),
        ({"questions": (Question(key="a", type=QuestionType.TEXT, text="?",
                                 when=When(question="b", answers=("x",))),)}, "questions.0.when"),
        ({"questions": (WHY, Question(key="a", type=QuestionType.TEXT, text="?",
                                      when=When(question="why", answers=("Luck",))))},
         "questions.1.when"),
        ({"languages": {"Czech!": Translation()}}, "languages"),
        ({"languages": {"cs": Translation(intro="{{")}}, "languages.cs.intro"),
        ({"languages": {"en": Translation()}}, "languages.en"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_place(change, place):
    document = Document(**{"subject": "Hi", "question": "How?", **change})

    assert faults(document) == [place]


def test_an_unknown_variable_is_a_fault_where_the_properties_are_known():
    document = Document(subject="Hi {{ nickname }}", question="How?")

    assert faults(document, properties=["plan"]) == ["subject"]
    assert faults(document, properties=["nickname"]) == []
    assert faults(document) == []


@pytest.mark.parametrize(
    ("when", "score", "answers", "expected"),
    [
        (None, None, {}, True),
        (When(lowest=9), 9, {}, True),
        (When(lowest=9), 8, {}, False),
        (When(highest=6), None, {}, False),
        (When(question="why", answers=("Price",)), 1, {"why": "Price"}, True),
        (When(question="why", answers=("Price",)), 1, {"why": ["Speed", "Price"]}, True),
        (When(question="why", answers=("Price",)), 1, {}, False),
        (When(lowest=9, question="why", answers=("Price",)), 8, {"why": "Price"}, False),
    ],
)
def test_a_question_is_asked_by_score_and_by_earlier_answers(when, score, answers, expected):
    question = Question(key="a", type=QuestionType.TEXT, text="?", when=when)

    assert is_asked(question, score, answers) is expected


@pytest.mark.parametrize(
    ("metric", "look", "is_fit"),
    [
        (Metric.NPS, "faces", False),
        (Metric.CES, "faces", False),
        (Metric.CES, "numbers", True),
        (Metric.CSAT, "stars", True),
        (Metric.STAR, "faces", True),
    ],
)
def test_scores_look_as_their_metric_can(metric, look, is_fit):
    document = read({"subject": "a", "question": "b", "scores": look})

    found = [problem.place for problem in problems(document, SCALES[metric])]
    assert found == ([] if is_fit else ["scores"])


def test_a_document_of_before_has_the_usual_look_of_scores():
    old = read({"subject": "a", "question": "b"})

    assert SCALES[Metric.STAR].look(old.scores) == "stars"
    assert SCALES[Metric.CSAT].look(old.scores) == "numbers"
