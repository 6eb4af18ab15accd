"""What a reply says, by the ways that mail programs quote and sign."""

import pytest

from afterword.feedback.replies.own_words import own_words, text_of_html
from afterword.feedback.replies.score import Said, said
from afterword.survey_templates.metrics import SCALES, Metric

NPS, STAR = SCALES[Metric.NPS], SCALES[Metric.STAR]
QUOTE = "> How likely is it, from 0 to 10?"


@pytest.mark.parametrize(
    "lead",
    [
        "On Sun, 3 May 2026 at 12:00, Acme <a@acme.test> wrote:",
        "On Sun, 3 May 2026 at 12:00, Acme GmbH and its friends\n<surveys@acme.test> wrote:",
        "Am 03.05.2026 um 12:00 schrieb Acme <a@acme.test>:",
        "Am So., 3. Mai 2026 um 12:00 Uhr schrieb Acme <\na@acme.test>:",
        "Le dim. 3 mai 2026 à 12:00, Acme <a@acme.test> a écrit :",
        "El dom, 3 may 2026 a las 12:00, Acme (<a@acme.test>) escribió:",
        "Il giorno dom 3 mag 2026 alle ore 12:00 Acme <a@acme.test> ha scritto:",
        "Op zo 3 mei 2026 om 12:00 schreef Acme <a@acme.test>:",
        "ne 3. 5. 2026 v 12:00 odesílatel Acme <a@acme.test> napsal:",
        "niedz., 3 maj 2026 o 12:00 Acme <a@acme.test> napisał(a):",
        "Den sön 3 maj 2026 kl 12:00 skrev Acme <a@acme.test>:",
        "2026年5月3日(日) 12:00 Acme <a@acme.test>:",
        "بتاريخ الأحد، 3 مايو 2026 كتب Acme <a@acme.test>:",
    ],
)
@pytest.mark.parametrize("between", ["\n\n", "\r\n"])
def test_the_quote_goes_with_what_leads_to_it(lead, between):
    assert own_words(f"9\nQuick!{between}{lead}{between}{QUOTE}\n") == "9\nQuick!"


@pytest.mark.parametrize(
    "rest",
    [
        "-- \nAnn Example\n+49 30 1234567",
        "-----Original Message-----\nFrom: Acme\nSent: Sunday",
        "-----Ursprüngliche Nachricht-----\nVon: Acme",
        "________________________________\nFrom: Acme <a@acme.test>\nSent: 3 May 2026",
        "From: Acme <a@acme.test>\nSent: 3 May 2026 12:00",
        "Von: Acme <a@acme.test>\nGesendet: Sonntag, 3. Mai 2026 12:00",
        "*De :* Acme <a@acme.test>\n*Envoyé :* dimanche 3 mai 2026",
        "差出人: Acme <a@acme.test>\n送信日時: 2026年5月3日",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi Galaxy",
        "iPhoneから送信",
        "Get Outlook for Android<https://aka.ms/x>",
    ],
)
def test_signatures_and_headers_go(rest):
    assert own_words(f"7\n\n{rest}\n") == "7"


def test_what_somebody_writes_themselves_stays():
    words = "Hello,\n\nthere are two things:\n- it was late on 3 May 2026\n- nobody rang\n\nAnn"

    assert own_words(words) == words


def test_html_is_read_up_to_its_quote():
    html = (
        "<style>p{}</style><div>9 &amp; up</div><div>Quick<br>indeed</div>"
        '<div class="gmail_quote"><div>On 3 May Acme wrote:</div><blockquote>0</blockquote></div>'
    )

    assert text_of_html(html).split() == ["9", "&", "up", "Quick", "indeed"]


@pytest.mark.parametrize(
    ("words", "score", "comment"),
    [
        ("9", 9, ""),
        ("10.", 10, ""),
        ("0", 0, ""),
        ("9/10", 9, ""),
        ("9 / 10 - quick", 9, "quick"),
        ("9: It was\nquick.", 9, "It was\nquick."),
        ("Hello,\n\n7\n\nIt was slow.\nAnn", 7, "Hello,\nIt was slow.\nAnn"),
        ("٩", 9, ""),
        ("11", None, "11"),
        ("-3", None, "-3"),
        ("8.5", None, "8.5"),
        ("8 or 9", None, "8 or 9"),
        ("3-4 weeks", None, "3-4 weeks"),
        ("2-day delay", None, "2-day delay"),
        ("It took 3 weeks", None, "It took 3 weeks"),
        ("3 weeks late", None, "3 weeks late"),
        ("9\nOrder 17", None, "9\nOrder 17"),
        ("Stop", None, "Stop"),
        ("9" * 5_000, None, "9" * 5_000),
        ("²", None, "²"),
    ],
)
def test_one_number_by_itself_is_the_score_and_nothing_is_guessed(words, score, comment):
    assert said(words, NPS) == Said(score, comment)


def test_each_metric_has_its_own_scale():
    assert said("5/5", STAR).score == 5
    assert said("6", STAR).score is None
    assert said("0", STAR).score is None
    assert said("9/10", STAR).score is None


@pytest.mark.parametrize(
    "text", ["\n" * 100_000, ": " * 50_000, "-" * 100_000, "On 2026 " * 10_000]
)
def test_long_mails_cost_no_more_than_their_length(text):
    own_words(text)
    said(own_words(text), NPS)
