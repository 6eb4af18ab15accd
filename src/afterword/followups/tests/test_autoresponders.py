"""Autoresponders over real SMTP; their waits by mails whose time the tests move."""

from datetime import timedelta

import pytest
from django.utils import timezone

from afterword.campaigns.activation import deactivate
from afterword.feedback.answering.anonymous import record_anonymous
from afterword.feedback.answering.answer import More, record_answer
from afterword.feedback.stopping.unsubscribe import unsubscribe
from afterword.followups.autoresponders.models import LONGEST, SHORTEST, Autoresponder
from afterword.followups.autoresponders.moment import moment
from afterword.followups.autoresponders.section import offers
from afterword.followups.autoresponders.write import html_of, text_of
from afterword.followups.models import Delivery
from afterword.followups.rules import save
from afterword.insights.campaign_figures import campaign_figures
from afterword.mail.models import SenderDomain
from afterword.profiles.timeline import timeline_of
from afterword.sending.models import Mail, State
from afterword.surveys.models import Survey
from afterword.workspaces.models import Role
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_member,
    a_sender_domain,
    a_sent_survey,
)
from tests.followups import an_autoresponder, answer, fast_forward, posting, read_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink():
    with posting() as sink:
        yield sink


@pytest.fixture
def campaign():
    return a_campaign()


def run(sink, later=LONGEST):
    """Let so much time pass, after what happened was read."""
    read_all()
    fast_forward(later)
    sink.send_due()


def test_it_goes_once_between_5_and_60_minutes_after_the_answer(sink, campaign):
    an_autoresponder(campaign, sender_name="Eva of Acme", reply_to="eva@acme.test")
    survey, response = answer(campaign, 10, "Great", submitted=True)
    read_all()
    sink.send_due()
    assert sink.received == []
    waits = Mail.objects.get(kind="autoresponder").due_at - response.created_at
    assert SHORTEST <= waits <= LONGEST

    record_answer(survey, 9, "Really great", timezone.now(), submitted=True)
    run(sink)
    run(sink)

    [message] = sink.messages()
    assert message["Subject"] == "Thank you, Ann"
    assert (message["Reply-To"], "Eva of Acme" in message["From"]) == ("eva@acme.test", True)
    assert message["Auto-Submitted"] == "auto-generated"
    assert "/u/" in message["List-Unsubscribe"]
    assert "You gave us 9." in message.get_body(("plain",)).get_content()


def test_the_moments_are_spread_evenly():
    minutes = [
        (moment(NOW, SHORTEST, LONGEST, draw / 1000) - NOW).total_seconds() / 60
        for draw in range(1000)
    ]

    assert (min(minutes), round(max(minutes))) == (5, 60)
    quarters = [sum(5 + q * 13.75 <= m < 5 + (q + 1) * 13.75 for m in minutes) for q in range(4)]
    assert max(quarters) - min(quarters) <= 2


def test_moments_are_drawn_anew_for_each_answer(campaign):
    an_autoresponder(campaign)
    for _ in range(12):
        answer(campaign, 9)
    read_all()

    waits = [one.due_at - one.happened_at for one in Delivery.objects.all()]
    assert all(SHORTEST - timedelta(seconds=5) <= wait <= LONGEST for wait in waits)
    assert len({round(wait.total_seconds()) for wait in waits}) > 6


def test_a_comment_that_comes_meanwhile_turns_the_request_for_one_off(sink, campaign):
    an_autoresponder(campaign, events=["feedback_without_comment"])
    silent, _ = answer(campaign, 8)
    speaking, _ = answer(campaign, 8)
    read_all()
    record_answer(speaking, 8, "I forgot to say", timezone.now(), submitted=True)

    run(sink)

    assert sink.recipients == [silent.survey.email]
    assert Mail.objects.filter(state=State.CANCELLED).count() == 1


def test_it_goes_while_the_campaign_is_off(sink, campaign):
    an_autoresponder(campaign)
    answer(campaign, 9)
    deactivate(campaign)

    run(sink)

    assert len(sink.received) == 1


def test_answers_of_before_it_was_on_get_none(sink, campaign):
    survey, _ = answer(campaign, 9)
    an_autoresponder(campaign)
    record_answer(survey, 10, "Still good", timezone.now(), submitted=True)

    run(sink)

    assert sink.received == []


def test_anonymous_answers_get_none(campaign):
    an_autoresponder(campaign)
    survey = a_sent_survey(campaign)
    record_anonymous(survey, 10, "", More({}), timezone.now())
    read_all()

    assert not Mail.objects.filter(kind="autoresponder").exists()


def test_an_address_that_is_only_claimed_gets_one_a_day(sink, campaign):
    an_autoresponder(campaign)
    customer = a_customer(campaign.workspace, first_name="Ann")
    for _ in range(3):
        survey, _ = answer(campaign, 10, customer=customer)
        Survey.objects.filter(id=survey.survey_id).update(detail={"claimed": True})

    run(sink)
    run(sink)

    assert len(sink.messages()) == 1
    needless = Mail.objects.filter(kind="autoresponder", state=State.CANCELLED)
    assert [mail.detail for mail in needless] == [{"claimed": "again"}] * 2


def test_who_is_known_gets_one_for_each_answer(sink, campaign):
    an_autoresponder(campaign)
    customer = a_customer(campaign.workspace, first_name="Ann")
    for _ in range(2):
        answer(campaign, 10, customer=customer)

    run(sink)

    assert len(sink.messages()) == 2


def test_whoever_unsubscribed_meanwhile_gets_none(sink, campaign):
    an_autoresponder(campaign)
    survey, _ = answer(campaign, 9)
    read_all()
    unsubscribe(survey, timezone.now(), how="link")

    run(sink)

    assert sink.received == []
    assert Mail.objects.get(kind="autoresponder").reason == "unsubscribed"


def test_whoever_left_this_campaign_alone_gets_none_of_it(sink, campaign):
    an_autoresponder(campaign)
    survey, _ = answer(campaign, 9)
    read_all()
    unsubscribe(survey, timezone.now(), how="link", only_like_this=True)

    run(sink)

    assert sink.received == []


def test_switched_off_or_deleted_nothing_more_goes(sink, campaign):
    rule = an_autoresponder(campaign)
    other = an_autoresponder(campaign)
    answer(campaign, 9)
    read_all()
    save(rule, timezone.now(), enabled=False)
    other.delete()

    run(sink)

    assert sink.received == []


def test_it_is_no_survey_and_throttles_none(sink, campaign):
    an_autoresponder(campaign)
    customer = a_customer(campaign.workspace)
    answer(campaign, 9, customer=customer)
    run(sink)
    assert len(sink.received) == 1

    customer.refresh_from_db()
    assert customer.last_surveyed_at is None


def test_what_is_known_of_a_person_is_neither_markup_nor_a_link():
    person = {"first_name": '<a href="https://evil.example">x</a> www.evil.example'}
    comment = "<script> www.wicked.example https://wicked.example/"
    own = {"score": 3, "comment": comment, "survey_link": "https://ask.acme.test/s/1"}
    body = 'Hi {{ first_name }}\n\n{{ comment }} <a href="{{ survey_link }}" onclick="x">more</a>'

    html = html_of(body + "<script>alert(1)</script>", person, own)

    assert "<script" not in html
    assert "onclick" not in html
    assert html.count("<a ") == 1
    assert "www.evil" not in html
    assert "www.wicked" not in html
    assert "://wicked" not in html
    assert "more: https://ask.acme.test/s/1" in " ".join(text_of(html, []).split())


def test_what_is_offered_greets_somebody_without_a_name(campaign):
    [offered, *_] = offers(campaign)
    own = {"score": 0, "comment": "", "survey_link": "https://ask.acme.test/s/1"}
    body = "{% if comment %}You said{% endif %}{% if score %}{{ score }}{% endif %}"

    html = html_of(f"{offered['body']}\n\n{body}", {"first_name": ""}, own)

    assert "<p>Hello,</p>" in html
    assert "<p>0</p>" in html


def test_three_are_offered_and_off_until_they_are_saved(client, campaign):
    client.force_login(a_member(campaign.workspace, role=Role.MEMBER).user)
    root = f"/campaigns/{campaign.id}/autoresponders"
    page = client.get(root).content.decode()
    assert page.count("?offer=") == 3
    assert not Autoresponder.objects.exists()

    form = client.get(f"{root}/new?offer=1")
    assert "We are sorry" in form.content.decode()
    given = {name: form.context["form"][name].value() for name in form.context["form"].fields}
    given = {name: "" if value is None else value for name, value in given.items()}
    given["buttons_text"] = "Write a review | https://reviews.example/acme"
    assert client.post(f"{root}/new", given).status_code == 302

    made = Autoresponder.objects.get()
    assert (made.events, made.is_enabled) == (["detractor"], True)
    assert (made.delay_min, made.delay_max) == (SHORTEST, LONGEST)
    left = client.get(root).content.decode()
    assert [f"?offer={number}" in left for number in range(3)] == [True, False, True]
    assert made.buttons == [{"label": "Write a review", "url": "https://reviews.example/acme"}]
    assert client.get(f"{root}/{made.id}").status_code == 200
    assert client.get(f"{root}/{made.id}/log").status_code == 200
    for wrong in (
        {"delay_from": 90},
        {"body": "{{ first_name"},
        {"buttons_text": "Only words"},
        {"buttons_text": f"Review | https://a.example/{chr(10) * 11_000}x | https://b.example/"},
        {"reply_to": "nobody"},
        {"when": "score_range"},
    ):
        assert client.post(f"{root}/{made.id}", {**given, **wrong}).status_code == 422, wrong


def test_an_example_goes_to_whoever_asks(sink, client, campaign):
    member = a_member(campaign.workspace)
    rule = an_autoresponder(campaign)
    client.force_login(member.user)

    client.post(f"/campaigns/{campaign.id}/autoresponders/{rule.id}/trial")
    sink.send_due()

    assert sink.recipients == [member.user.email]
    assert sink.messages()[0]["Subject"] == "Test: Thank you, Ann"


def test_the_sections_stand_in_their_order(client, campaign):
    client.force_login(a_member(campaign.workspace).user)
    page = client.get(f"/campaigns/{campaign.id}").content.decode()
    page = page[page.index("Sections of the campaign") :]
    names = ["Template", "Audience", "Schedule", "Reminders", "Notifications", "Autoresponders"]
    places = [page.index(f"<span>{name}</span>") for name in [*names, "Webhooks", "Setup"]]

    assert places == sorted(places)


def test_an_analyst_reads_and_changes_nothing(client, campaign):
    client.force_login(a_member(campaign.workspace, role=Role.ANALYST).user)
    rule = an_autoresponder(campaign)
    root = f"/campaigns/{campaign.id}/autoresponders"

    for page in ("", f"/{rule.id}", f"/{rule.id}/log"):
        assert client.get(f"{root}{page}").status_code == 200, page
    for page in ("/new", f"/{rule.id}", f"/{rule.id}/switch", f"/{rule.id}/removal"):
        assert client.post(f"{root}{page}", {}).status_code == 403, page


def test_an_outsider_finds_nothing(client, campaign):
    client.force_login(a_member().user)
    rule = an_autoresponder(campaign)
    root = f"/campaigns/{campaign.id}/autoresponders"

    for page in ("", f"/{rule.id}", f"/{rule.id}/log"):
        assert client.get(f"{root}{page}").status_code == 404, page
    for page in ("/new", f"/{rule.id}", f"/{rule.id}/switch", f"/{rule.id}/removal"):
        assert client.post(f"{root}{page}", {}).status_code == 404, page


def test_it_comes_from_an_address_of_its_own_as_long_as_that_is_signed(sink, campaign):
    domain = a_sender_domain(campaign.workspace)
    an_autoresponder(campaign, sender_address=f"eva@{domain.name}")
    answer(campaign, 10)
    run(sink)
    SenderDomain.objects.update(verified_at=None)
    answer(campaign, 10)
    run(sink)

    first, second = sink.messages()
    assert f"eva@{domain.name}" in first["From"]
    assert f"d={domain.name}" in first["DKIM-Signature"]
    assert domain.name not in second["From"]


def test_it_is_on_the_timeline_and_in_no_figure(sink, campaign):
    member = a_member(campaign.workspace)
    an_autoresponder(campaign)
    _, response = answer(campaign, 10)
    before = campaign_figures(member)

    run(sink)

    assert len(sink.received) == 1
    assert campaign_figures(member) == before
    [entry] = [one for one in timeline_of(response.customer).entries if one.kind == "autoresponse"]
    assert entry.row.subject == "Thank you, Ann"


def typed(campaign, **fields):
    return {
        "when": "promoter",
        "delay_from": 5,
        "delay_to": 60,
        "subject": "Thank you, {{ first_name }}",
        "body": "You gave us {{ score }}.",
        "buttons_text": "Write a review | https://reviews.test/acme",
        **fields,
    }


def test_an_address_whose_mail_cannot_be_signed_is_refused(client, campaign):
    domain = a_sender_domain(campaign.workspace)
    client.force_login(a_member(campaign.workspace).user)
    address = f"/campaigns/{campaign.id}/autoresponders/new"

    refused = client.post(address, typed(campaign, sender_address="eva@elsewhere.test"))
    client.post(address, typed(campaign, sender_address=f"eva@{domain.name}"))

    assert "cannot be signed" in refused.content.decode()
    assert Autoresponder.objects.get().sender_address == f"eva@{domain.name}"


@pytest.mark.parametrize(
    ("when", "text", "said"),
    [
        ("detractor", "{{ 100 | divided_by: score }}", "line 1: divided_by: can't divide by 0, at"),
        (
            "detractor",
            "Hello\n{% if score == 3 %}{{ '99999999999999999999' | date: '%Y' }}{% endif %}",
            "This has a mistake on line 2: a number is out of range, at a score of 3.",
        ),
        (
            "promoter",
            "{{ 100 | divided_by: first_name.size }}",
            "for somebody of whom only the address is known, at a score of 9.",
        ),
        ("promoter", "{{ 100 | divided_by: score }}", None),
        ("promoter", "{{ 100 | divided_by: comment.size }}", "at a score of 9 without a comment."),
        ("promoter", "{% if score == 3 %}{{ 1 | divided_by: 0 }}{% endif %}", None),
    ],
)
def test_what_can_only_fail_later_is_refused_where_it_stands(client, campaign, when, text, said):
    client.force_login(a_member(campaign.workspace).user)
    address = f"/campaigns/{campaign.id}/autoresponders/new"

    answer = client.post(address, typed(campaign, when=when, subject=text[:250], body=text))

    assert Autoresponder.objects.exists() is (said is None)
    if said:
        errors = answer.context["form"].errors
        assert [*errors] == ["subject", "body"]
        assert said in errors["body"][0]


def test_what_is_typed_is_shown_beside_it(client, campaign):
    client.force_login(a_member(campaign.workspace, role=Role.ANALYST).user)
    address = f"/campaigns/{campaign.id}/autoresponders/preview"
    rule = an_autoresponder(campaign)
    form = client.get(f"/campaigns/{campaign.id}/autoresponders/{rule.id}").content.decode()
    assert f'data-preview="{address}"' in form

    shown = client.post(address, typed(campaign))
    text = client.post(address, typed(campaign, show="text")).content.decode()
    broken = client.post(address, typed(campaign, body="{{ oh"))

    assert "Thank you, Ann" in shown.content.decode()
    assert 'href="https://reviews.test/acme"' in shown.content.decode()
    assert "sandbox" in shown["Content-Security-Policy"]
    assert "Write a review: https://reviews.test/acme" in text
    assert broken.status_code == 200
    assert "<p style" in broken.content.decode()
    client.force_login(a_member().user)
    assert client.post(address, typed(campaign)).status_code == 404
