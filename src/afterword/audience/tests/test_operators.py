import pytest

from afterword.audience.tests.audiences import EVERY_OPERATOR, VALUES, an_audience, the_filter


@pytest.mark.parametrize(("field", "operator"), EVERY_OPERATOR)
def test_every_operator_is_understood_by_word_label_and_other_spellings(field, operator):
    for spelling in (
        operator.label,
        operator.word.upper(),
        operator.word.replace(" ", "_"),
        operator.word.title().replace(" ", ""),
        operator.word.replace("does not", "doesn't").replace("is not", "isn't"),
    ):
        audience = an_audience((field, spelling, VALUES[operator.takes]))
        assert the_filter(audience).operator == operator.word


@pytest.mark.parametrize(
    ("field", "alias", "value", "word"),
    [
        ("plan", "=", "x", "is"),
        ("plan", "!=", "x", "is not"),
        ("plan", "is empty", None, "does not exist"),
        ("orders", "≥", 1, "at least"),
        ("orders", "<", 1, "less than"),
        ("signup_date", "<", "2026-11-23", "before"),
        ("signup_date", "is", "2026-11-23", "on"),
        ("signup_date", "is more than", 30, "more than days ago"),
        ("signup_date", "less than N days ago", 30, "less than days ago"),
        ("is_vip", "true", None, "is true"),
        ("is_vip", "is unknown", None, "does not exist"),
        ("tags", "contains", "x", "includes"),
        ("tags", "exists", None, "is not empty"),
    ],
)
def test_other_words_for_operators(field, alias, value, word):
    assert the_filter(an_audience((field, alias, value))).operator == word
