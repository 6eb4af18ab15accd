"""A survey mail as its reader, its links and its writer see it."""

import re
from collections.abc import Mapping
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterword.mail.message.rendered import Rendered
from afterword.survey_templates.letters.brand import contrast, shades
from afterword.survey_templates.letters.compose import (
    Design,
    DesignRefused,
    Links,
    compile_mail,
    problems,
)
from afterword.survey_templates.metrics import SCALES, STAR, Metric, ScoreLook
from tests.browser.chromium import chromium

LINKS = Links("https://ask.acme.test/s/tok-en_1", "https://ask.acme.test/u/tok-en_2")
ANN = {
    "first_name": "Ann",
    "last_name": "O'Neil",
    "email": "ann@example.com",
    "tags": ["vip", "new"],
    "plan": "Team",
    "signup_date": date(2026, 3, 9),
}
EVERY_METRIC = pytest.mark.parametrize("metric", Metric)
ZWNJ = "\u200c"
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def a_design(**changes: object) -> Design:
    return Design(
        **{
            "metric": Metric.NPS,
            "subject": "How was it?",
            "question": "Would you recommend us?",
            "company": "Acme",
            "logo_url": "https://acme.test/logo.png",
            **changes,
        }  # type: ignore[arg-type]
    )


def a_mail(person: Mapping[str, object] | None = None, **changes: object) -> Rendered:
    return compile_mail(a_design(**changes)).render(ANN if person is None else person, LINKS)


class _Page(HTMLParser):
    """Links, what they are called, the addresses that load, and the words a person sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: dict[str, dict[str, str | None]] = {}
        self.sources: list[str | None] = []
        self.tags: list[str] = []
        self.words = ""
        self._hidden = False
        self.feed(html)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given_attrs = dict(attrs)
        self.tags.append(tag)
        self._hidden = tag in ("style", "title")
        if tag == "a":
            self.links[given_attrs["href"] or ""] = given_attrs
        self.sources += [value for name, value in attrs if name in ("src", "background")]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = self._hidden and tag not in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words += f" {data}"


@EVERY_METRIC
def test_every_score_of_the_scale_has_a_button_and_a_line_that_lead_to_it(metric):
    mail = a_mail(metric=metric)

    wanted = {f"{LINKS.survey}?score={score}" for score in SCALES[metric].scores}
    page = _Page(mail.html)
    assert wanted == {link for link in page.links if "?score=" in link}
    assert wanted == set(re.findall(r"https://\S+\?score=\d+$", mail.text, re.MULTILINE))


@EVERY_METRIC
def test_every_button_says_its_score_to_those_who_cannot_see_it(metric):
    page = _Page(a_mail(metric=metric).html)

    highest = SCALES[metric].highest
    for score in SCALES[metric].scores:
        button = page.links[f"{LINKS.survey}?score={score}"]
        assert button["title"] == button["aria-label"] == f"{score} out of {highest}"


@EVERY_METRIC
def test_both_ends_of_the_scale_are_named_in_both_parts(metric):
    mail = a_mail(metric=metric)

    for label in (SCALES[metric].lowest_label, SCALES[metric].highest_label):
        assert label in _Page(mail.html).words
        assert label in mail.text


def test_labels_of_the_template_replace_those_of_the_scale():
    mail = a_mail(lowest_label="Nope", highest_label="Oh <yes>")

    assert "0 \u2013 Nope" in _Page(mail.html).words
    assert "Oh <yes>" in _Page(mail.html).words
    assert "from 0 (Nope) to 10 (Oh <yes>)" in mail.text
    assert "Not at all likely" not in mail.html + mail.text


@EVERY_METRIC
def test_nothing_in_the_mail_loads_but_the_logo(metric):
    mail = a_mail(metric=metric)

    assert _Page(mail.html).sources == ["https://acme.test/logo.png"]
    loading = ("@import", "url(", "<link", "<script", "fonts.", "<iframe", "srcset")
    assert not [word for word in loading if word in mail.html]


def test_the_logo_names_the_company_where_images_are_blocked():
    assert 'alt="Acme &amp; Sons"' in a_mail(company="Acme & Sons").html


def test_the_logo_names_who_the_mail_is_from():
    assert 'alt="Ann at Acme"' in a_mail(sender_name="Ann at Acme").html


def test_without_a_logo_the_company_is_named_in_its_place():
    mail = a_mail(logo_url="", company="Acme & Sons")

    assert "<img" not in mail.html
    assert "Acme & Sons" in _Page(mail.html).words


@EVERY_METRIC
def test_a_mail_stays_far_below_the_size_at_which_gmail_clips(metric):
    assert len(a_mail(metric=metric, intro="Thank you for your order. " * 20).html) <= 30_000


@EVERY_METRIC
def test_lines_are_short_enough_to_travel_without_an_encoding(metric):
    mail = a_mail(metric=metric)

    assert mail.html.isascii()
    assert max(map(len, mail.html.split("\n"))) < 998


def test_a_mail_is_fit_for_dark_mode_and_assistive_technology():
    html = a_mail(language="cs").html

    assert '<meta name="color-scheme" content="light dark"' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert '<html lang="cs" dir="ltr"' in html
    assert '<h1 class="question"' in html


def test_a_language_written_from_the_right_is_laid_out_from_the_right():
    html = a_mail(language="he").html

    assert 'dir="rtl"' in html
    assert "direction:ltr" not in html


def test_each_text_of_a_mail_has_its_own_direction():
    """What a Hebrew template does not translate keeps its question mark at its end."""
    html = a_mail(language="he", intro="One.\n\nTwo.", highest_label="Sure!").html

    assert '<h1 class="question" dir="auto"' in html
    assert html.count('<p dir="auto"') == 3  # the intro's and the footer
    assert '<span dir="auto">Sure!</span>' in html


def test_the_footer_says_why_and_how_to_stop():
    mail = a_mail()

    assert "because you are a customer of Acme." in _Page(mail.html).words
    assert LINKS.unsubscribe in _Page(mail.html).links
    assert f"Unsubscribe: {LINKS.unsubscribe}" in mail.text


@pytest.mark.parametrize("company", ["100% {{ sale", "{{ email }}", "{% if %}", "A {% raw %}"])
def test_a_companys_name_is_no_template(company):
    mail = a_mail(company=company)

    assert f"because you are a customer of {company}." in mail.text
    assert f"because you are a customer of {company}." in _Page(mail.html).words


def test_the_survey_itself_opens_where_no_other_view_is_given():
    other = Links(LINKS.survey, LINKS.unsubscribe, "https://ask.acme.test/v/3")
    compiled = compile_mail(a_design())

    assert LINKS.survey in _Page(compiled.render({}, LINKS).html).links
    assert other.view in _Page(compiled.render({}, other).html).links


def test_a_link_for_machines_is_in_the_html_alone_and_seen_by_nobody():
    trap = "https://ask.acme.test/s/tok-en_1/more"
    mail = compile_mail(a_design()).render({}, Links(LINKS.survey, LINKS.unsubscribe, trap=trap))

    link = _Page(mail.html).links[trap]
    assert "display:none" in (link["style"] or "")
    assert (link["tabindex"], link["aria-hidden"]) == ("-1", "true")
    assert trap not in mail.text
    assert trap not in a_mail().html


def test_the_inbox_shows_the_preheader_beside_the_subject():
    words = _Page(a_mail(preheader="One click, {{ first_name }}").html).words

    assert words.startswith("One click, Ann")


def test_texts_may_use_every_field_and_property_of_a_person():
    mail = a_mail(
        subject="{{ full_name }}: {{ plan }}",
        question="Since {{ signup_date | date: '%d %B %Y' }}?",
        intro="{{ tags }} / {{ tags | join: '+' }} / {% if tags contains 'vip' %}VIP{% endif %}",
    )

    assert mail.subject == "Ann O'Neil: Team"
    assert "Since 09 March 2026?" in mail.text
    assert "vip, new / vip+new / VIP" in mail.text
    assert "vip, new / vip+new / VIP" in _Page(mail.html).words


def test_texts_may_ask_whether_something_is_true():
    asked = "{{ is_vip }} {% if is_vip %}VIP{% else %}usual{% endif %}"

    assert "true VIP" in a_mail(person={"is_vip": True}, intro=asked).text
    assert "false usual" in a_mail(person={"is_vip": False}, intro=asked).text


@pytest.mark.parametrize("name", ["", " ", None])
def test_what_is_empty_is_not_so_to_a_condition(name):
    person = {"first_name": name, "last_name": name, "full_name": name, "tags": []}
    asks = "{% if first_name %} {{ first_name }}{% endif %}"
    more = "{% if full_name %}full{% endif %}{% if tags %}tags{% endif %}"

    mail = a_mail(person, intro=f"Hello{asks},{more}")

    assert mail.text.startswith("Hello,\n")


def test_what_is_not_known_renders_empty_or_as_the_default():
    mail = a_mail(
        person={}, subject="Hi {{ first_name | default: 'there' }}", intro="[{{ nope.deeper }}]"
    )

    assert mail.subject == "Hi there"
    assert "[]" in mail.text


@pytest.mark.parametrize(
    "filters",
    ["date: '%d %B'", "upcase", "join: ', '", "round", "first", "truncate: 9", "split: ','"],
)
def test_filters_take_what_is_not_known(filters):
    assert a_mail({"plan": None}, intro=f"[{{{{ plan | {filters} }}}}]").text[:3] in ("[]\n", "[0]")


def test_a_subject_that_renders_empty_gives_way_to_the_question():
    assert a_mail(person={}, subject="{{ first_name }}").subject == "Would you recommend us?"


def test_an_intro_that_renders_empty_leaves_no_gap():
    mail = a_mail(person={}, intro="{% if first_name %}Hi {{ first_name }}{% endif %}")

    assert mail.text.startswith("Would you recommend us?")
    assert "<p style" not in mail.html.partition("<h1")[0]


def test_paragraphs_of_the_intro_stay_paragraphs():
    mail = a_mail(intro="Hi Ann,\n\nthank you\nfor all.")

    assert ">Hi Ann,</p>" in mail.html
    assert "thank you<br>for all.</p>" in mail.html
    assert mail.text.startswith("Hi Ann,\n\nthank you\nfor all.\n\nWould you")


def test_a_template_in_html_shows_its_markup_instead_of_running_it():
    mail = a_mail(question="<script>alert(1)</script>", footer="<b>x</b>", company='A"><img src=x>')

    assert {"script", "b"}.isdisjoint(_Page(mail.html).tags)
    assert "<script>alert(1)</script>" in _Page(mail.html).words
    assert _Page(mail.html).sources == ["https://acme.test/logo.png"]


@pytest.mark.parametrize("filters", ["", " | safe", " | escape", " | escape_once", " | append: ''"])
def test_a_person_cannot_put_markup_into_the_html_whatever_the_filter(filters):
    person = {"first_name": '<img src=//evil> & "O\'Neil"'}

    mail = a_mail(person, question=f"{{{{ first_name{filters} }}}}?", subject="{{ first_name }}")

    assert "<img src=//evil>" not in mail.html
    assert '<img src=//evil> & "O\'Neil"?' in _Page(mail.html).words.replace(ZWNJ, "")
    assert mail.subject == '<img src=//evil> & "O\'Neil"'


def test_holes_of_the_outline_written_by_a_person_or_a_template_stay_words():
    person = {"first_name": "[[survey]]"}

    mail = a_mail(person, question="[[unsubscribe]] {{ first_name }}", company="[[view]]")

    assert "[[unsubscribe]] [[survey]]" in _Page(mail.html).words
    assert "[[unsubscribe]] [[survey]]" in mail.text
    assert "customer of [[view]]." in mail.text


@pytest.mark.parametrize(
    "name",
    [
        "www.evil.com", "http://evil.com/x", "evil.com", "HTTPS://1.2.3.4", "ftp://evil",
        "evil。com", "win@evil.com", "evil.\u200dcom", "http:\\\\evil.com",
    ],
)  # fmt: skip
def test_a_name_that_is_an_address_does_not_become_a_link(name):
    mail = a_mail({"first_name": name, "tags": [name]}, question="Hi {{ first_name }}{{ tags }}")

    linkable = re.compile(r"evil[.。]\u200d?com|:(?:\\\\|//)(?:evil|1\.2)|www\.evil", re.IGNORECASE)
    assert not linkable.search(mail.text)
    assert not linkable.search(_Page(mail.html).words)


@pytest.mark.parametrize("name", ["Dr. Strange", "2.5", "Ann: the first", "Mr. T.", "J. R."])
def test_ordinary_dots_and_colons_are_left_alone(name):
    assert f"Hi {name}" in a_mail({"first_name": name}, question="Hi {{ first_name }}").text


def test_addresses_that_the_template_writes_itself_stay_addresses():
    assert "See www.acme.test" in a_mail(footer="See www.acme.test").text


def test_names_are_capped():
    mail = a_mail({"first_name": "A" * 500}, subject="{{ first_name }}")

    assert mail.subject == "A" * 64


def test_a_subject_is_one_line_whatever_is_put_into_it():
    person = {"first_name": "Ann\r\nBcc: x@evil.com\0\u2028\u202e"}

    mail = a_mail(person, subject="Hi\n{{ first_name }}\t!")

    assert mail.subject == "Hi Ann Bcc: x@evil.com !"


def test_long_plain_text_is_wrapped_and_links_are_kept_whole():
    mail = a_mail(intro="word " * 60 + "\n\nhttps://acme.test/" + "x" * 100)

    lines = mail.text.splitlines()
    assert all(len(line) <= 72 for line in lines if "://" not in line)
    assert "https://acme.test/" + "x" * 100 in lines


def test_links_are_escaped_in_the_html_and_whole_in_the_text():
    links = Links("https://a.test/s/1", "https://a.test/u?a=1&b=2")

    mail = compile_mail(a_design()).render({}, links)

    assert 'href="https://a.test/u?a=1&amp;b=2"' in mail.html
    assert "https://a.test/u?a=1&b=2" in mail.text


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"subject": " "}, "The subject is empty."),
        ({"question": ""}, "The question is empty."),
        ({"company": ""}, "The company's name is empty."),
        ({"colour": "red;}"}, "The colour is not written as #rrggbb."),
        ({"language": 'en"'}, "The language is not a tag such as en or pt-BR."),
        ({"logo_url": "javascript:x"}, "The logo's address does not start with https:// or http://."),
        ({"logo_url": "https://["}, "The logo's address does not start with https:// or http://."),
        ({"lowest_label": "x" * 61}, "A label of the scale is longer than 60 characters."),
        ({"intro": "x" * 5_001}, "The intro is longer than 5,000 characters."),
        (
            {"intro": "\n{{ a"},
            "The intro has a mistake on line 2: expected '}}', found end of file.",
        ),
        ({"footer": "{{ a | no }}"}, "The footer uses a filter that does not exist: no."),
        (
            {"intro": "{% include 'x' %}"},
            "The intro has a mistake on line 1: unexpected tag 'include'.",
        ),
        (
            {"question": "{% if b %}{{ a | nope }}{% endif %}"},
            "The question uses a filter that does not exist: nope.",
        ),
        (
            {"subject": "{{ 1 | divided_by: 0 }}"},
            "The subject has a mistake on line 1: divided_by: can't divide by 0.",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_when_the_template_is_saved(changes, found):
    assert problems(a_design(**changes)) == [found]
    with pytest.raises(DesignRefused):
        compile_mail(a_design(**changes))


def test_a_fit_template_has_no_problems():
    assert problems(a_design(subject="Hi {{ first_name | default: 'you' }}", colour="#fff")) == []


@pytest.mark.parametrize(
    "endless",
    [
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{% for i in (1..999) %}{% for j in (1..999) %}x{% endfor %}{% endfor %}",
        "{{ (1..1000000000) | join: ',' }}",
        "{% assign s = 'xxxx' %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}",
        "{{ 'aaaaaaaaaa'" + " | replace: 'a', 'aaaaaaaaaa'" * 9 + " }}",
        "{% for i in (1..999) %}" + "x" * 100 + "{% endfor %}",
    ],
)  # fmt: skip
def test_a_text_without_end_is_refused_at_once(endless):
    assert len(problems(a_design(intro=endless))) == 1


def test_a_text_that_fails_on_one_person_only_says_so():
    compiled = compile_mail(a_design(subject="{% if plan %}{{ 1 | divided_by: plan }}{% endif %}"))

    assert compiled.render({}, LINKS).subject == "Would you recommend us?"
    with pytest.raises(DesignRefused, match="divide by 0"):
        compiled.render({"plan": "none"}, LINKS)


_VALUES = st.one_of(
    st.text(), st.none(), st.integers(), st.floats(), st.booleans(), st.dates(), st.lists(st.text())
)


@PATIENT
@given(
    person=st.dictionaries(st.sampled_from(["first_name", "city", "plan"]), _VALUES),
    words=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{%")),
)
def test_any_person_and_any_words_make_a_mail_of_the_same_build(person, words):
    whatever = "{{ first_name }}{{ city }} {% for x in plan %}{{ x }}{% endfor %}"
    mail = a_mail(person, question=f"Q {words[:200]} {whatever}", subject=f"S {whatever}")

    assert _Page(mail.html).tags == _Page(a_mail().html).tags
    assert mail.subject.isprintable() or not re.search(r"[\x00-\x1f\x7f\u2028\u2029]", mail.subject)
    (mail.subject + mail.html + mail.text).encode()


@PATIENT
@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_any_brand_colour_can_be_seen_and_read_in_both_modes(colour):
    shade = shades(colour)

    assert contrast(shade.edge, "#ffffff") >= 3
    assert contrast(shade.on_accent, shade.accent) >= 3
    assert contrast(shade.dark_accent, "#1b1d21") >= 3
    assert contrast(shade.dark_on_accent, shade.dark_accent) >= 3


@pytest.mark.parametrize("metric", [Metric.CSAT, Metric.STAR])
@pytest.mark.parametrize(
    ("look", "mark"), [(ScoreLook.FACES, "\U0001f620"), (ScoreLook.STARS, STAR)]
)
def test_drawn_scores_have_their_number_and_their_words(metric, look, mark):
    page = _Page(a_mail(metric=metric, scores=look).html)

    first = page.links[f"{LINKS.survey}?score=1"]
    assert first["aria-label"] == "1 out of 5"
    assert mark in page.words
    assert a_mail(metric=metric, scores=look).html.isascii()
    assert [word for word in page.words.split() if word in "12345"][:5] == list("12345")


def test_stars_may_be_numbers():
    assert STAR not in _Page(a_mail(metric=Metric.STAR, scores=ScoreLook.NUMBERS).html).words
    assert STAR in _Page(a_mail(metric=Metric.STAR).html).words


@pytest.mark.slow
def test_fingers_hit_every_score_on_a_phone():
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 640})
        for metric in Metric:
            page.set_content(a_mail(metric=metric).html)
            boxes = [one.bounding_box() for one in page.locator("a[href*='?score=']").all()]

            assert min(box["width"] for box in boxes if box) >= 30
            assert min(box["height"] for box in boxes if box) >= 44
            assert max(box["x"] + box["width"] for box in boxes if box) <= 360
