"""Every mail that Afterword writes, as mail programs draw it: what they cannot draw fails here."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from afterword.feedback.loop.models import AssignmentRule
from afterword.feedback.loop.watch import follow_up
from afterword.followups.autoresponders.mail import example_of, manner_by
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.autoresponders.section import offers
from afterword.followups.engine.notice import tell
from afterword.followups.models import Delivery, YouSaid
from afterword.followups.notifications.digest import make_digests
from afterword.followups.notifications.models import Frequency
from afterword.followups.rules import save
from afterword.followups.written_mail import draw
from afterword.followups.you_said.act import begin
from afterword.followups.you_said.act import send_trial as send_you_said_trial
from afterword.mail.message.rendered import Rendered
from afterword.sending.account_mail import send_password_link
from afterword.sending.kinds import all_kinds
from afterword.sending.models import Mail
from afterword.survey_templates.document import Document
from afterword.survey_templates.gallery import STARTS, fresh_template
from afterword.survey_templates.letters.compose import Links, compile_mail
from afterword.survey_templates.letters.of_version import SOMEBODY, design_of
from afterword.survey_templates.letters.trial import send_trial
from afterword.survey_templates.look import Look
from afterword.survey_templates.metrics import Metric, ScoreLook
from afterword.survey_templates.wording.words import WORDS
from afterword.workspaces.invites import invite
from afterword.workspaces.models import Role, Workspace
from tests.factories import (
    a_campaign,
    a_member,
    a_reminder_of,
    a_sent_survey,
    a_survey,
    a_template,
)
from tests.followups import (
    a_notification,
    an_autoresponder,
    answer,
    fast_forward,
    posting,
    read_all,
)
from tests.long_work import work_until_done
from tests.mail_lint import as_others_read, as_word_reads, faults

LINKS = Links(
    "https://ask.acme.test/s/tok",
    "https://ask.acme.test/u/tok",
    trap="https://ask.acme.test/s/tok/more",
    open_pixel="https://ask.acme.test/o/tok.gif",
)
LOOK = Look(company="Acme & Sons", logo="1", logo_width=1200, logo_height=60)
LOOKS = [
    (metric, scores)
    for metric in Metric
    for scores in (None, *ScoreLook)
    if metric in (Metric.CSAT, Metric.STAR) or scores in (None, ScoreLook.NUMBERS)
]
BUTTONS = [{"label": "Write a review", "url": "https://reviews.test/acme?a=1&b=2"}]


def a_survey_mail(document: Document, metric: Metric, look: Look = LOOK, **said: object):
    design = replace(design_of(document, look, metric), invites_reply=True, **said)
    return compile_mail(design).render(SOMEBODY, LINKS)


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.key)
def test_each_starting_template_is_drawn_everywhere(start):
    for look in (LOOK, Look(company="Acme"), Look(company="Acme", logo_url="https://a.test/l.png")):
        assert faults(a_survey_mail(start.document, start.metric, look)) == []


@pytest.mark.parametrize("language", WORDS)
def test_each_metric_and_look_is_drawn_everywhere_in_each_language(language):
    for metric, scores in LOOKS:
        document = fresh_template(Workspace(name="Acme"), metric).said
        mail = a_survey_mail(document, metric, language=language, scores=scores)

        assert (metric, scores, faults(mail)) == (metric, scores, [])


def test_word_gets_shapes_to_click_where_others_get_links():
    html = a_survey_mail(STARTS[0].document, Metric.NPS).html

    for_word, for_others = as_word_reads(html), as_others_read(html)
    assert (for_word.count("<v:roundrect"), for_others.count("<v:roundrect")) == (11, 0)
    for score in range(11):
        link = f'href="{LINKS.survey}?score={score}"'
        assert (for_word.count(link), for_others.count(link)) == (1, 1)


def test_a_long_logo_is_no_wider_than_its_place():
    html = a_survey_mail(STARTS[0].document, Metric.NPS).html

    assert 'width="220" height="11"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "he"])
def test_autoresponders_that_are_offered_are_drawn_everywhere(language):
    campaign = a_campaign()
    campaign.template.document["language"] = language
    campaign.template.colour = "#123abc"
    for offered in offers(campaign):
        rule = Autoresponder(
            workspace=campaign.workspace, campaign=campaign, buttons=BUTTONS, **offered
        )

        mail = draw(rule, "Acme", manner_by(rule), *example_of(rule), unsubscribe=LINKS.unsubscribe)

        assert faults(mail) == []
        assert WORDS[language].unsubscribe in mail.text
        assert f'lang="{language}"' in mail.html
        assert 'bgcolor="#123abc"' in mail.html


@pytest.mark.django_db(transaction=True)
def test_each_kind_of_mail_that_is_sent_is_drawn_everywhere():
    campaign, now = a_campaign(), timezone.now()
    owner = a_member(campaign.workspace)
    one_of_each_kind(campaign, owner, now)

    with posting() as sink:
        read_all()
        make_digests(now + timedelta(days=8))
        Delivery.objects.filter(kind="digest").update(happened_at=now)
        fast_forward(timedelta(days=8))
        sink.send_due()
        messages = sink.messages()

    sent = set(Mail.objects.filter(state="sent").values_list("kind", flat=True))
    assert sent == {kind.name for kind in all_kinds()}
    assert [found for message in messages if (found := faults(mail_in(message)))] == []


def one_of_each_kind(campaign, owner, now):
    a_survey(campaign, due_at=now)
    a_reminder_of(a_sent_survey(campaign), due_at=now)
    a_notification(campaign)
    a_notification(campaign, frequency=Frequency.WEEKLY)
    an_autoresponder(campaign, buttons=BUTTONS)
    AssignmentRule.objects.create(
        workspace=campaign.workspace, enabled_at=now - timedelta(hours=1), user=owner.user
    )
    for score, comment in ((10, "Good"), (7, "Fair"), (2, "Bad <b>and\nlate</b>")):
        answer(campaign, score, comment, submitted=True)
    follow_up(timezone.now())
    send_trial(a_template(campaign.workspace), owner, now)
    send_password_link(owner.user)
    invite(campaign.workspace, "new@acme.test", Role.MEMBER, owner.user, now)
    told = YouSaid.objects.create(
        workspace=campaign.workspace, subject="We did it", body="Thanks", created_at=now,
        held_back=0, buttons=BUTTONS,
    )  # fmt: skip
    begin(told.id, owner, timezone.now(), timezone.now())
    work_until_done()
    send_you_said_trial(told, owner, now)
    off = a_notification(campaign)
    save(off, now, enabled=False)
    delivery = Delivery.objects.create(
        workspace=campaign.workspace, notification=off, kind="test",
        happened_at=now, created_at=now, due_at=now,
    )  # fmt: skip
    tell(delivery, now)


def mail_in(message) -> Rendered:
    html, text = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))
    return Rendered(message["Subject"], html, text)


BROKEN = {
    "<script>x</script>": "<script>: no element for a mail",
    "<form></form>": "<form>: no element for a mail",
    '<p onclick="x">x</p>': "<p> has onclick",
    "<p>x": "</body> closes something else",
    '<p style="position:absolute">x</p>': "<p>: position is not drawn everywhere",
    '<p style="font-size:2rem">x</p>': "<p>: font-size says rem",
    '<p style="color:rgb(1,2,3)">x</p>': "<p>: color says rgb(",
    '<p style="padding:4px">x</p>': "<p>: Word draws padding on cells only",
    '<div style="max-width:600px">x</div>': "<div>: in Word it is wider than 600 pixels",
    "<table><tr><td>x</td></tr></table>": "<table> has no width in Word",
    '<table role="none"><tr><td>x</td></tr></table>': "<table> is read out as a table",
    '<img src="https://a.test/x.png">': "<img> has no alternative text",
    '<img alt="" src="cid:1" width="1" height="1">': "<img> has no address",
    '<img alt="" src="https://a.test/x.png" width="9">': "<img> has no height",
    '<a href="">x</a>': "<a> leads nowhere",
    '<a href="#">x</a>': "<a #> leads nowhere",
    '<a href="https://a.test/"> </a>': "<a https://a.test/> says nothing",
    '<a href="https://a.test/">x</a>': "<a https://a.test/> is not in the text",
    "<style>@import 'x';</style>": "a style element has @import",
    f"<style>{'p {color:#fff}' * 600}</style>": "a style element is so long that Gmail drops it",
    f"<p>{'x' * 999}</p>": "a line is too long",
    "<p>x</p>\n" * 12_000: "so large that Gmail clips it",
}


@pytest.mark.parametrize(("html", "fault"), BROKEN.items(), ids=[*BROKEN.values()])
def test_the_lint_finds_what_mail_programs_do_not_draw(html, fault):
    whole = f"<!doctype html><html lang='en' dir='ltr'><body>{html}</body></html>"

    assert fault in faults(Rendered("Hello", whole, "x"))


def test_the_lint_finds_nothing_where_nothing_is_wrong():
    whole = "<!doctype html><html lang='en' dir='ltr'><body><p>x</p></body></html>"

    assert faults(Rendered("Hello", whole, "x")) == []
    assert faults(Rendered(" ", whole, "x")) == ["no subject"]
    assert faults(Rendered("x", whole.replace(" lang='en'", ""), "")) == [
        "no language, or no direction"
    ]
