from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from afterword.core.links import open_link
from afterword.core.signed_ids import sign
from afterword.feedback.hits.opens import PICTURE
from afterword.sending.models import DeliveryEvent, Mail
from tests.factories import a_campaign, a_sent_survey, a_workspace, reload

pytestmark = pytest.mark.django_db

READER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
PROXIES = [
    "Mozilla/5.0",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    "",
]


def a_mail(**workspace):
    campaign = a_campaign(a_workspace(**{"tracks_opens": True, **workspace}))
    return a_sent_survey(campaign, sent_at=timezone.now() - timedelta(hours=1))


def fetch(survey, agent=READER, method="get"):
    address = open_link(survey.id)
    path = address[address.index("/o/") :]
    return getattr(Client(), method)(path, headers={"user-agent": agent})


def test_a_reader_opens_the_mail():
    survey = a_mail()

    answer = fetch(survey)

    survey = reload(survey)
    assert survey.opened_at
    assert not survey.machine_opened_at
    event = DeliveryEvent.objects.get()
    assert (event.kind, event.source, event.words) == ("opened", "pixel", "")
    assert (answer.content, len(answer.content)) == (PICTURE, 43)
    assert answer["Content-Type"] == "image/gif"
    assert answer["Cache-Control"] == "no-store, private"
    assert not answer.cookies


@pytest.mark.parametrize("fetches", [50, pytest.param(1_000, marks=pytest.mark.prove)])
def test_many_proxies_are_no_reader(fetches):
    survey = a_mail()

    for number in range(fetches):
        fetch(survey, PROXIES[number % len(PROXIES)])

    survey = reload(survey)
    assert survey.opened_at is None
    assert survey.machine_opened_at
    assert DeliveryEvent.objects.count() == 1


def test_the_first_opening_of_each_kind_counts(django_assert_max_num_queries):
    survey = a_mail()
    fetch(survey)
    fetch(survey, "Mozilla/5.0")
    survey = reload(survey)
    first = survey.opened_at, survey.machine_opened_at

    with django_assert_max_num_queries(1):
        fetch(survey)

    survey = reload(survey)
    assert (survey.opened_at, survey.machine_opened_at) == first
    assert DeliveryEvent.objects.count() == 2


def test_an_opening_within_seconds_of_sending_is_a_machines():
    survey = a_mail()
    Mail.objects.filter(id=survey.id).update(sent_at=timezone.now())

    fetch(survey)

    survey = reload(survey)
    assert (survey.opened_at, bool(survey.machine_opened_at)) == (None, True)


def test_nothing_is_noted_while_opens_are_not_tracked():
    survey = a_mail(tracks_opens=False)

    answer = fetch(survey)

    survey = reload(survey)
    assert (survey.opened_at, answer.content) == (None, PICTURE)


def test_switching_it_off_silences_mails_already_sent():
    survey = a_mail()
    survey.workspace.tracks_opens = False
    survey.workspace.save()

    fetch(survey)

    assert not DeliveryEvent.objects.exists()


def test_head_changes_nothing():
    survey = a_mail()

    assert fetch(survey, method="head").status_code == 200

    assert not DeliveryEvent.objects.exists()


def test_post_is_refused():
    assert fetch(a_mail(), method="post").status_code == 405


NOBODY = UUID("01900000-0000-7000-8000-000000000000")


@pytest.mark.parametrize(
    "token", ["nothing", "a" * 40, sign("bounce", NOBODY), sign("open", NOBODY), "é\x00"]
)
def test_an_unknown_token_gets_the_same_picture(token):
    answer = Client().get(f"/o/{token}.gif")

    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert not DeliveryEvent.objects.exists()
