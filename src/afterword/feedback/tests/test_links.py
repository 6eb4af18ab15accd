"""A second channel, end to end: a link that is handed out, with no mail anywhere."""

import pytest
from django.core.cache import cache
from django.test import Client

from afterword.campaigns.creation import create_campaign
from afterword.campaigns.models import CampaignType, Channel
from afterword.core.signed_links import signature
from afterword.customers.models import Customer
from afterword.decisions.models import Decision
from afterword.feedback.models import Response
from afterword.feedback.tests.test_public_pages import the_form
from afterword.sending.models import Mail
from afterword.survey_templates.metrics import Metric
from afterword.surveys.models import Invitation, Survey
from afterword.surveys.outbox.status import Status, status_of
from tests.factories import NOW, a_customer, a_member, a_template, a_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_came_before():
    cache.clear()


@pytest.fixture
def visitor():
    return Client(headers={"User-Agent": "Mozilla/5.0"})


def a_link_campaign(workspace=None, activated_at=NOW, throttle_days=None, **said):
    workspace = workspace or a_workspace()
    campaign = create_campaign(workspace, "By link", Metric.NPS, CampaignType.REGULAR, Channel.LINK)
    campaign.template = a_template(workspace, **said)
    campaign.activated_at, campaign.throttle_days = activated_at, throttle_days
    campaign.save()
    return campaign


def test_who_opens_a_link_is_asked_and_answers_and_no_mail_is_made(visitor):
    campaign = a_link_campaign()
    ann = a_customer(campaign.workspace, email="ann@example.com", first_name="Ann")
    address = f"/l/{campaign.link_token}"

    assert "Who are you?" in visitor.get(address).content.decode()
    opened = visitor.post(address, {"email": " Ann@Example.com "})
    form = the_form(visitor.get(opened.url + "?score=9"))
    visitor.post(opened.url, {**form, "comment": "Neat"})

    survey, response = Survey.objects.get(), Response.objects.get()
    assert (survey.channel, survey.customer, survey.email) == ("link", ann, "ann@example.com")
    assert survey.asked_at
    assert (response.score, response.comment, response.customer) == (9, "Neat", ann)
    assert survey.facts_then.facts == {"first_name": "Ann"}
    assert not Mail.objects.exists()
    invitation = Invitation.objects.select_related("mail").get()
    assert status_of(invitation) is Status.ANSWERED
    assert Decision.objects.get().reason == "scheduled"


def test_an_address_in_the_link_is_not_asked_for_again(visitor):
    campaign = a_link_campaign()
    address = f"/l/{campaign.link_token}?email=ann@example.com&first_name=Ann"

    page = visitor.get(address).content.decode()
    visitor.post(address)

    assert "You answer as <bdi>ann@example.com</bdi>" in page
    assert Survey.objects.get().email == "ann@example.com"


def test_a_claim_makes_nobody_a_customer_and_is_marked(visitor):
    campaign = a_link_campaign()
    member = a_member(campaign.workspace)
    opened = visitor.post(f"/l/{campaign.link_token}", {"email": "stranger@example.com"})
    form = the_form(visitor.get(opened.url + "?score=2"))
    visitor.post(opened.url, form)
    owner = Client()
    owner.force_login(member.user)

    assert not Customer.objects.exists()
    assert "Claimed" in owner.get("/feedback").content.decode()


def test_fetching_a_link_asks_nobody(visitor):
    campaign = a_link_campaign()

    visitor.get(f"/l/{campaign.link_token}?email=ann@example.com")

    assert not Survey.objects.exists()


def test_an_anonymous_survey_asks_nobody_who_they_are(visitor):
    campaign = a_link_campaign(anonymous=True)
    address = f"/l/{campaign.link_token}"

    page = visitor.get(address).content.decode()
    opened = visitor.post(address)
    form = the_form(visitor.get(opened.url + "?score=9"))
    visitor.post(opened.url, form)

    assert 'name="email"' not in page
    assert (Survey.objects.get().email, Response.objects.get().email) == ("", "")


def test_who_was_asked_lately_is_told_so(visitor):
    campaign = a_link_campaign(throttle_days=30)
    a_customer(campaign.workspace, email="ann@example.com")
    address = f"/l/{campaign.link_token}"
    visitor.post(address, {"email": "ann@example.com"})

    again = visitor.post(address, {"email": "ann@example.com"})

    assert "you were asked a short while ago" in again.content.decode()
    assert Survey.objects.count() == 1
    assert set(Decision.objects.values_list("reason", flat=True)) == {"scheduled", "throttled"}


@pytest.mark.parametrize("wrong", ["", "nobody", "a@b", "x" * 300 + "@example.com"])
def test_what_is_no_address_is_asked_for_again(visitor, wrong):
    campaign = a_link_campaign()

    answer = visitor.post(f"/l/{campaign.link_token}", {"email": wrong})

    assert answer.status_code == 400
    assert "such as ann@example.com" in answer.content.decode()


def test_a_campaign_that_is_off_has_ended(visitor):
    campaign = a_link_campaign(activated_at=None)

    ended = visitor.get(f"/l/{campaign.link_token}")

    assert ended.status_code == 410
    assert "takes no more answers" in ended.content.decode()
    assert visitor.get("/l/unknown").status_code == 404


def test_a_flood_is_slowed_down(visitor):
    campaign = a_link_campaign()
    address = f"/l/{campaign.link_token}"

    answers = [visitor.post(address, {"email": f"a{n}@example.com"}) for n in range(31)]

    assert [answer.status_code for answer in answers] == [303] * 30 + [429]


def test_the_editor_shows_the_link_and_nothing_about_mail():
    campaign = a_link_campaign()
    owner = Client()
    owner.force_login(a_member(campaign.workspace).user)

    page = owner.get(f"/campaigns/{campaign.id}/link").content.decode()

    assert f"/l/{campaign.link_token}" in page
    assert f"/campaigns/{campaign.id}/reminders" not in page


GERMAN = {"language": "en", "languages": {"de": {"question": "Würden Sie uns empfehlen?"}}}


@pytest.mark.parametrize(
    ("accepted", "is_german"),
    [
        ("de-AT, en;q=0.5", True),
        ("fr, de;q=0.8, en;q=0.5", True),
        ("en-GB, de;q=0.5", False),
        ("fr", False),
        ("", False),
    ],
)
def test_a_link_speaks_its_visitors_language_where_the_template_has_it(
    visitor, accepted, is_german
):
    campaign = a_link_campaign(**GERMAN)

    opened = visitor.post(
        f"/l/{campaign.link_token}",
        {"email": "ann@example.com"},
        headers={"Accept-Language": accepted},
    )

    assert ("empfehlen" in visitor.get(opened.url).content.decode()) is is_german


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_customers_own_language_is_for_a_link_that_is_signed(visitor, is_signed):
    """Else anybody could see by an address which language somebody speaks."""
    campaign = a_link_campaign(**GERMAN)
    a_customer(campaign.workspace, email="ann@example.com", properties={"language": "German"})
    made = signature(campaign.link_token, "ann@example.com") if is_signed else "0"

    opened = visitor.post(
        f"/l/{campaign.link_token}?email=ann@example.com&signature={made}",
        headers={"Accept-Language": "en"},
    )

    assert ("empfehlen" in visitor.get(opened.url).content.decode()) is is_signed


def test_before_its_survey_too_a_link_speaks_its_visitors_language(visitor):
    campaign = a_link_campaign(throttle_days=30, **GERMAN)
    a_customer(campaign.workspace, email="ann@example.com")
    address, german = f"/l/{campaign.link_token}", {"Accept-Language": "de-AT"}

    first = visitor.get(address, headers=german).content.decode()
    named = visitor.get(f"{address}?email=ann@example.com&first_name=<i>", headers=german)
    wrong = visitor.post(address, {"email": "nobody"}, headers=german).content.decode()
    for _ in range(2):
        lately = visitor.post(address, {"email": "ann@example.com"}, headers=german)
    campaign.activated_at = None
    campaign.save()
    ended = visitor.get(address, headers=german)

    assert 'lang="de"' in first
    assert "Wer sind Sie?" in first
    assert "Guten Tag, <bdi>&lt;i&gt;</bdi>" in named.content.decode()
    assert "Sie antworten als <bdi>ann@example.com</bdi>" in named.content.decode()
    assert "zum Beispiel ann@example.com" in wrong
    assert "erst vor Kurzem" in lately.content.decode()
    assert "keine Antworten mehr" in ended.content.decode()
