import re

import pytest

from afterword.survey_templates.metrics import SCALES, Metric
from afterword.survey_templates.wording.words import WORDS, is_leftward, words_for


@pytest.mark.parametrize("code", sorted(WORDS))
def test_each_language_says_everything_and_fills_in_the_same(code):
    for field, english in WORDS["en"]._asdict().items():
        said = getattr(WORDS[code], field)
        assert said.strip() == said != ""
        assert sorted(re.findall(r"\{.*?\}", said)) == sorted(re.findall(r"\{.*?\}", english))


@pytest.mark.parametrize("metric", Metric)
def test_english_labels_are_those_of_the_metric(metric):
    scale = SCALES[metric]

    assert WORDS["en"].labels(metric) == (scale.lowest_label, scale.highest_label)


def test_a_language_without_words_speaks_english():
    assert words_for("tlh") == WORDS["en"]
    assert words_for("pt-BR") == WORDS["pt"]


def test_some_languages_run_leftward():
    assert is_leftward("he-IL")
    assert not is_leftward("cs")
