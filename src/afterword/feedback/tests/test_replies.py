"""Replies by mail: from a real IMAP server, and what becomes of each."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from afterword.feedback.models import CustomerReply, Response, Source
from afterword.feedback.replies.take import take_replies
from afterword.happenings.listen import listen
from afterword.happenings.models import Happening, HappeningKind
from afterword.mail.message.return_path import reply_address
from afterword.sending.kinds import kind_called
from afterword.sending.models import Mail
from afterword.sending.reports.bounce_mailbox import collect_reports
from afterword.sending.reports.delivery_reports import Incoming
from afterword.survey_templates.checks import problems
from afterword.survey_templates.document import Document
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.survey_templates.wording.words import WORDS
from tests.factories import NOW, a_campaign, a_member, a_sent_survey, mail_of
from tests.mail_servers.dovecot import dovecot

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def bounce_address(settings):
    settings.CONFIGURATION = replace(
        settings.CONFIGURATION, bounce_address="bounces@mail.acme.example"
    )


@pytest.fixture
def survey():
    return a_survey_that_invites()


def a_survey_that_invites(*, invites=True, language="en"):
    campaign = a_campaign()
    template = campaign.template
    assert template
    template.document = {**template.document, "reply": invites, "language": language}
    template.save()
    return a_sent_survey(campaign)


def a_reply(survey, text="9", to=None, **headers):
    message = EmailMessage()
    message["From"] = f"Ann <{survey.survey.email}>"
    message["To"] = reply_address(survey.id) if to is None else to
    message["Subject"] = "Re: How was it?"
    message["Message-ID"] = "<1@mail.example>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return Incoming(message.as_bytes())


def take(*mails, now=LATER):
    take_replies(mails, now)


def test_a_number_is_the_answer_once_and_says_by_what_it_came(survey):
    reply = a_reply(survey, "9\n\nQuick!\n\nAm 3.5.2026 schrieb Acme <a@acme.test>:\n> 0 1 2\n")

    take(reply, reply)
    take(reply)

    response = Response.objects.get()
    assert (response.score, response.comment, response.source) == (9, "Quick!", Source.REPLY)
    assert (response.survey_id, response.submitted_at) == (survey.survey_id, LATER)
    assert CustomerReply.objects.get().is_answer


def test_our_message_id_will_do_where_the_right_person_writes(survey):
    ours = f"<{survey.id}@acme.test>"
    take(a_reply(survey, to="hello@acme.test", In_Reply_To=ours, From="eve@else.test"))
    assert not CustomerReply.objects.exists()

    take(a_reply(survey, to="hello@acme.test", References=f"<x@y> {ours}"))
    assert Response.objects.get().score == 9


@pytest.mark.parametrize("text", ["8 or 9", "42", "Please call me on +49 30 123"])
def test_what_says_no_score_for_certain_is_for_a_person_to_read(survey, text):
    listen(survey.survey.workspace_id, HappeningKind.CUSTOMER_REPLIED, "a test")

    take(a_reply(survey, text))

    reply = CustomerReply.objects.get()
    assert (reply.text, reply.is_answer, reply.customer_id) == (
        text,
        False,
        survey.survey.customer_id,
    )
    assert not Response.objects.exists()
    happening = Happening.objects.get(kind="customer.replied")
    assert happening.subject_id == survey.survey.customer_id


def test_a_number_counts_only_where_the_mail_invited_to_it():
    survey = a_survey_that_invites(invites=False)

    take(a_reply(survey))

    assert not Response.objects.exists()
    assert not CustomerReply.objects.get().is_answer


def test_an_answer_that_can_change_no_more_stays(survey):
    take(a_reply(survey, "9"))
    take(a_reply(survey, "2", Message_ID="<2@mail.example>"), now=LATER + timedelta(hours=25))

    assert Response.objects.get().score == 9
    assert CustomerReply.objects.count() == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; type=x"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<a.list>"},
        {"Return_Path": "<>"},
        {"Subject": "Automatische Antwort: Wie war es?"},
        {"Subject": "Out of Office: How was it?"},
        {"Subject": "Réponse automatique : Re: Acme"},
    ],
)
def test_what_a_program_answers_is_no_reply(survey, headers):
    take(a_reply(survey, "9", **headers))

    assert not CustomerReply.objects.exists()
    assert not Response.objects.exists()


def test_two_installations_never_answer_each_other(survey):
    """Whatever we send to where replies come is left unread, and taking a reply sends nothing."""
    other = a_survey_that_invites()
    mail = Mail.objects.select_related("workspace", "customer").get(id=other.id)
    mail.recipient = reply_address(survey.id)
    assert kind_called(mail.kind).may_still_go([mail], NOW) == {}
    ours = kind_called(mail.kind).compose(mail, NOW).content
    before = Mail.objects.count()

    take(Incoming(ours), a_reply(survey, "Thanks!"))

    assert [one.text for one in CustomerReply.objects.all()] == ["Thanks!"]
    assert Mail.objects.count() == before


@pytest.mark.parametrize(
    "raw", [b"", b"\0\xff" * 1000, b"To: x\n\n9", b"In-Reply-To: <" + b"a" * 90_000 + b">\n\n9"]
)
def test_junk_is_no_reply(survey, raw):
    take(Incoming(raw), Incoming(raw, [reply_address(survey.id)]))

    assert CustomerReply.objects.count() <= 1
    assert not Response.objects.exists() or Response.objects.get().score == 9


@pytest.mark.parametrize("language", sorted(WORDS))
def test_the_mail_invites_in_the_surveys_language(language):
    survey = a_survey_that_invites(language=language)
    raw = composed(survey)

    words = WORDS[language].reply.format(lowest=0, highest=10)
    for part in ("plain", "html"):
        body = " ".join(raw.get_body((part,)).get_content().split())
        assert words in body
    assert raw["Reply-To"] == reply_address(survey.id)


def composed(survey):
    mail = Mail.objects.select_related("workspace", "customer").get(id=mail_of(survey).id)
    assert kind_called(mail.kind).may_still_go([mail], NOW) == {}
    return message_from_bytes(kind_called(mail.kind).compose(mail, NOW).content, policy=default)


def test_without_a_mailbox_or_the_switch_nobody_is_invited(settings, survey):
    assert "Reply-To" not in composed(a_survey_that_invites(invites=False))

    settings.CONFIGURATION = replace(settings.CONFIGURATION, bounce_address=None)
    raw = composed(survey)

    assert "Reply-To" not in raw
    assert "just reply" not in raw.get_body(("plain",)).get_content()


def test_it_is_not_for_anonymous_surveys():
    document = Document(subject="a", question="b", anonymous=True, reply=True)

    assert [one.place for one in problems(document, SCALES[Metric.NPS])] == ["reply"]


def test_the_timeline_shows_it(client, survey):
    take(a_reply(survey, "Call me <b>now</b>"))
    client.force_login(a_member(survey.survey.workspace).user)

    shown = client.get(f"/customers/{survey.survey.customer_id}").content.decode()

    assert "Replied by mail" in shown
    assert "Call me &lt;b&gt;now&lt;/b&gt;" in shown


@pytest.mark.django_db(transaction=True)
def test_replies_are_fetched_from_the_mailbox_of_reports_and_shown(settings, survey, client):
    with dovecot() as server:
        settings.CONFIGURATION = replace(settings.CONFIGURATION, bounce_mailbox=server.mailbox())
        server.deliver(a_reply(survey, "9").raw)

        looked_at = [collect_reports(LATER), collect_reports(LATER)]

        assert looked_at == [1, 0]
        assert server.seen() == [True]
    assert Response.objects.get().score == 9
    client.force_login(a_member(survey.survey.workspace).user)
    assert "Reply by mail" in client.get("/feedback").content.decode()
    profile = client.get(f"/customers/{survey.survey.customer_id}").content.decode()
    assert "Its number is the answer" in profile
