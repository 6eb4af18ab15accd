"""Links on a tablet, and links that a company's own server has signed."""

import hashlib
import hmac

import pytest
from django.core.cache import cache
from django.test import Client

from afterword.core.signed_links import key_of, signature
from afterword.feedback.models import Response
from afterword.feedback.tests.test_links import a_link_campaign
from afterword.feedback.tests.test_public_pages import the_form
from afterword.surveys.models import Survey
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_customer, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_came_before():
    cache.clear()


@pytest.fixture
def visitor():
    return Client(headers={"User-Agent": "Mozilla/5.0"})


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def text_of(answer):
    return answer.content.decode()


def test_a_signed_link_answers_for_a_known_customer_unmarked(visitor):
    campaign = a_link_campaign()
    ann = a_customer(campaign.workspace, email="ann@example.com")
    key = key_of(campaign.link_token).encode()
    made = hmac.new(key, b"ann@example.com", hashlib.sha256).hexdigest()  # as docs say
    address = f"/l/{campaign.link_token}?email=Ann@example.com&signature={made}"

    assert 'name="email"' not in text_of(visitor.get(address))
    opened = visitor.post(address, {"email": "eve@example.com"})
    visitor.post(opened.url, the_form(visitor.get(opened.url + "?score=9")))

    assert Survey.objects.get().detail == {"claimed": False}
    assert Response.objects.get().customer == ann
    member = a_member(campaign.workspace)
    assert "Claimed" not in text_of(signed_in(member).get("/feedback"))


@pytest.mark.parametrize("wrong", ["0" * 64, "", "ü", "x" * 5000])
def test_a_wrong_signature_is_a_claim_like_any(visitor, wrong):
    campaign = a_link_campaign()
    a_customer(campaign.workspace, email="ann@example.com")

    visitor.post(f"/l/{campaign.link_token}?email=ann@example.com&signature={wrong}")

    assert Survey.objects.get().detail == {"claimed": True}


def test_a_signature_is_for_one_address_and_one_link(visitor):
    campaign, other = a_link_campaign(), a_link_campaign()
    for one in (campaign, other):
        a_customer(one.workspace, email="ann@example.com")
    anns = signature(campaign.link_token, "ann@example.com")

    visitor.post(f"/l/{campaign.link_token}?email=bob@example.com&signature={anns}")
    visitor.post(f"/l/{other.link_token}?email=ann@example.com&signature={anns}")

    assert [each.detail["claimed"] for each in Survey.objects.all()] == [True, True]


def test_who_is_no_customer_stays_a_claim_though_signed(visitor):
    campaign = a_link_campaign()
    made = signature(campaign.link_token, "new@example.com")

    visitor.post(f"/l/{campaign.link_token}?email=new@example.com&signature={made}")

    assert Survey.objects.get().detail == {"claimed": True}


def test_a_kiosk_goes_back_to_its_first_page(visitor):
    campaign = a_link_campaign(anonymous=True)
    address = f"/l/{campaign.link_token}?kiosk=20"
    back = f'data-seconds="20" data-address="{address}"'

    opened = visitor.post(address)
    form = visitor.get(opened.url + "?score=9")
    thanks = visitor.post(opened.url, {**the_form(form), "sign": "person"}, follow=True)

    assert back in text_of(form)
    assert back in text_of(thanks)
    assert "data-seconds" not in text_of(visitor.get(address))  # it is there already


def test_who_was_asked_lately_leaves_a_kiosk_to_the_next(visitor):
    campaign = a_link_campaign(throttle_days=30)
    a_customer(campaign.workspace, email="ann@example.com")
    address = f"/l/{campaign.link_token}?kiosk=20"
    visitor.post(address, {"email": "ann@example.com"})

    answer = visitor.post(address, {"email": "ann@example.com"})

    assert "asked a short while ago" in text_of(answer)
    assert f'data-address="{address}"' in text_of(answer)


@pytest.mark.parametrize(
    ("said", "seconds"), [("1", 5), ("9999999", None), ("x", None), ("", None), ("9999", 600)]
)
def test_a_kiosks_time_is_a_sensible_one(visitor, said, seconds):
    campaign = a_link_campaign(anonymous=True)

    visitor.post(f"/l/{campaign.link_token}?kiosk={said}")

    assert Survey.objects.get().detail.get("kiosk") == seconds


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_link_is_downloaded_as_a_qr_code(kind):
    campaign = a_link_campaign()
    client = signed_in(a_member(campaign.workspace, Role.ANALYST))

    answer = client.get(f"/campaigns/{campaign.id}/link.{kind}?download")

    assert answer["Content-Disposition"] == f'attachment; filename="{campaign.key}.{kind}"'
    assert answer.content.startswith(b"<svg" if kind == "svg" else b"\x89PNG")


def test_only_a_link_campaign_of_ones_own_has_a_qr_code():
    campaign = a_link_campaign()
    member = a_member(campaign.workspace)
    client = signed_in(member)

    assert client.get(f"/campaigns/{campaign.id}/link.exe").status_code == 404
    by_mail = a_campaign(member.workspace)
    assert client.get(f"/campaigns/{by_mail.id}/link.svg").status_code == 404
    assert signed_in(a_member()).get(f"/campaigns/{campaign.id}/link.svg").status_code == 404


def test_who_only_reads_sees_no_key():
    campaign = a_link_campaign()
    key = key_of(campaign.link_token)

    def shown(role):
        member = a_member(campaign.workspace, role)
        return text_of(signed_in(member).get(f"/campaigns/{campaign.id}/link"))

    assert key in shown(Role.MEMBER)
    assert key not in shown(Role.ANALYST)
    assert "kiosk=20" in shown(Role.ANALYST)
