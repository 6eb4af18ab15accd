"""Texts in Liquid that somebody's values, or the text itself, break."""

import pytest

from afterword.core.liquid import Text, TextRefused, Work


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


TEXT = "{% assign s = 'abcdefghij' %}" + "{% assign s = s | append: s | append: s %}" * 5
SORTED = "{% assign x = s " + "| split: '' | sort | join: '' " * 10 + "%}"


@pytest.mark.parametrize(
    "source",
    [
        TEXT + "{% for i in (1..1000) %}" + SORTED + "{% endfor %}",
        "{% for i in (1..1000) %}" + "{% assign z = 1 %}" * 200 + "{% endfor %}",
        "{% for i in (1..1000) %}{% endfor %}" * 100 + "{{ z }}",
        "{% for i in (1..1000) %}" + "{% if 1 == 1 %}{% endif %}" * 180 + "{% endfor %}",
    ],
    ids=["filters", "assignments", "loops", "constants"],
)
def test_a_text_that_works_for_long_is_ended(source):
    with pytest.raises(TextRefused, match="takes too long"):
        Text(source).render({})


@pytest.mark.parametrize(
    "source", ["{" * 4999, "{{" + " " * 4990, "{% liquid " + "\n " * 2400 + "%}"]
)
def test_a_tag_that_the_parser_would_look_at_for_long_is_refused(source):
    with pytest.raises(TextRefused, match=r"on line 1: .. is longer than 1,000 characters"):
        Text(source)


def test_an_ordinary_loop_over_much_is_no_long_work():
    source = (
        "{% for tag in tags %}{% if tag contains 'a' %}{{ tag | upcase }}, {% endif %}{% endfor %}"
    )

    assert Text(source).render({"tags": [f"a{n}" for n in range(1000)]}).startswith("A0, A1, A2")


def test_texts_that_are_filled_in_together_share_the_work():
    text, work = Text("{% for i in (1..1000) %}{% if x == i %}{% endif %}{% endfor %}"), Work()
    assert not text.render({"x": 0}, work)
    work.left = 1_000
    with pytest.raises(TextRefused, match="takes too long"):
        text.render({"x": 0}, work)
