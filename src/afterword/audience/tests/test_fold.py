import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.audience.fold import fold, folding_to


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("Stra\u1e9ee", "strasse"),
        ("E\u0301", "é"),
        (" Žluť\u2003", "žLUŤ"),
        (
            "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
            "\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c3",
        ),
        ("ЖЮЩ", "жющ"),
    ],
)
def test_spellings_of_one_text_are_equal(one, other):
    assert fold(one) == fold(other)


def test_letters_whose_fold_is_several_stay():
    assert fold("İ") != fold("i\u0307")


@given(st.text())
def test_what_is_folded_stays(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=10), st.text(max_size=3))
def test_to_compare_with_a_text_the_letters_that_become_its_own_are_enough(text, wanted):
    wanted = fold(wanted)
    letters, become = folding_to([wanted])
    clean = unicodedata.normalize("NFC", text.strip()).replace("ẞ", "ss").replace("ß", "ss")

    as_sql_folds = clean.translate(str.maketrans(letters, become))

    assert (as_sql_folds == wanted) is (fold(text) == wanted)
    assert as_sql_folds.find(wanted) == fold(text).find(wanted)
