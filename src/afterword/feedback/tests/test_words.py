import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.customers.language import NAMES
from afterword.feedback.language import (
    RIGHT_TO_LEFT,
    choose_language,
    language_of,
)
from afterword.feedback.words import WORDS


@pytest.mark.parametrize("code", sorted(WORDS))
def test_each_language_says_everything_and_names_the_company_where_english_does(code):
    for field, english in WORDS["en"]._asdict().items():
        said = getattr(WORDS[code], field)
        assert said.strip() == said != ""
        assert re.findall(r"\{.*?\}", said) == re.findall(r"\{.*?\}", english)


def test_each_language_is_known_by_its_own_name_and_its_english_one():
    assert {language_of(words.name): words for words in WORDS.values()} == WORDS
    assert set(NAMES.values()) >= set(WORDS)


def test_languages_from_right_to_left_are_known():
    assert set(WORDS) >= RIGHT_TO_LEFT == {"ar", "he"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("de_DE.UTF-8", "de"),
        ("PT-br", "pt"),
        ("German", "de"),
        ("deutsch", "de"),
        (" Čeština ", "cs"),
        ("nb-NO", "da"),
        ("tlh", ""),
        ("", ""),
        ("*", ""),
        ("x" * 1000, ""),
    ],
)
def test_a_language_is_understood_in_many_spellings(text, code):
    assert language_of(text) == code


@pytest.mark.parametrize(
    ("properties", "accepted", "code"),
    [
        ({}, "", "en"),
        ({}, "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ({}, "en;q=0.5, sv;q=0.7", "sv"),
        ({}, "zh, de;q=0.5", "de"),
        ({}, "de;q=0, es", "es"),
        ({}, "zh", "en"),
        ({"language": "it"}, "fr", "it"),
        ({"locale": "cs_CZ"}, "fr", "cs"),
        ({"language": "Klingon", "locale": "nl"}, "fr", "nl"),
        ({"language": "Klingon"}, "fr", "fr"),
        ({"language": 7}, "fr", "fr"),
    ],
)
def test_the_customers_language_comes_first_then_the_browsers(properties, accepted, code):
    assert choose_language(properties, accepted) == code


@given(st.text())
def test_any_header_gives_a_language(header):
    assert choose_language({}, header) in WORDS
