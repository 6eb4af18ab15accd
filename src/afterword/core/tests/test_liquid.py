"""Texts in Liquid that somebody's values, or the text itself, break."""

import pytest

from afterword.core.liquid import Text, TextRefused


@pytest.mark.parametrize(
    "source",
    [
        '{{ comment | date: "%Y" }}',
        "{{ comment | divided_by: 0 }}",
        "{{ words | compact: 1 }}",
        "{{ words | uniq: 1 }}",
    ],
)
def test_whatever_a_filter_raises_is_told_of(source):
    with pytest.raises(TextRefused):
        Text(source).render({"comment": "99999999999999999", "words": ["a", "b"]})
