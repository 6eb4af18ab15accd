"""Erase and export in the actions menu, and receipts: who may, and what is asked first."""

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from afterword.customers.models import Customer
from afterword.privacy.models import Erasure
from afterword.sending.models import Mail, State
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_customer, a_member, a_sent_survey

pytestmark = pytest.mark.django_db

EMAIL = "ann@example.com"


@pytest.fixture
def member():
    return a_member(role=Role.MEMBER)


@pytest.fixture
def customer(member):
    return a_customer(member.workspace, email=EMAIL, first_name="Ann")


def browser_of(member):
    client = Client()
    client.force_login(member.user)
    return client


def erasing(browser, customer, written, **fields):
    return browser.post(f"/customers/{customer.id}/erasure", {"written": written, **fields})


def exported(member, customer) -> tuple[Any, bytes]:
    """Ask for the file as a browser does; return the response and what is in it."""

    async def ask() -> tuple[Any, bytes]:
        browser = AsyncClient()
        await browser.aforce_login(member.user)
        answer: Any = await browser.get(f"/customers/{customer.id}/export")
        return answer, b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(ask)()


def test_the_menu_leads_to_both(member, customer):
    page = browser_of(member).get(f"/customers/{customer.id}").content.decode()

    assert f"/customers/{customer.id}/erasure" in page
    assert f"/customers/{customer.id}/export" in page


def test_the_address_is_asked_for_and_a_receipt_is_shown(member, customer):
    browser = browser_of(member)
    assert b"Write their address" in browser.get(f"/customers/{customer.id}/erasure").content

    answer = erasing(browser, customer, " ANN@example.com ")

    receipt = Erasure.objects.get()
    assert answer["Location"] == f"/settings/erasures/{receipt.id}"
    assert (receipt.by, receipt.keeps_scores) == (member.user, False)
    assert not Customer.objects.exists()
    page = browser.get(answer["Location"]).content.decode()
    assert "Customers" in page
    assert EMAIL not in page
    assert str(receipt.id) in browser.get("/settings/erasures").content.decode()


@pytest.mark.parametrize("written", ["", "bob@example.com", "Ann", "\0"])
def test_another_word_erases_nobody(member, customer, written):
    answer = erasing(browser_of(member), customer, written)

    assert answer.status_code == 422
    assert answer.context["form"].errors["written"]
    assert Customer.objects.exists()


def test_who_has_no_address_is_known_by_the_name(member):
    customer = a_customer(member.workspace, email=None, first_name="Ann")

    assert erasing(browser_of(member), customer, "Ann").status_code == 302
    assert not Customer.objects.exists()


def test_it_waits_for_a_mail_that_is_on_its_way(member, customer):
    survey = a_sent_survey(a_campaign(member.workspace), customer=customer)
    Mail.objects.filter(id=survey.id).update(
        state=State.HANDING_OVER, lease_until="2100-01-01T00:00Z"
    )

    answer = erasing(browser_of(member), customer, EMAIL)

    assert answer.status_code == 409
    assert "Try again in a minute" in answer.content.decode()
    assert Customer.objects.exists()


def test_an_analyst_exports_and_erases_nobody(member, customer):
    reader = a_member(member.workspace, Role.ANALYST)
    analyst = browser_of(reader)
    assert json.loads(exported(reader, customer)[1])["addresses"] == [EMAIL]

    assert analyst.get(f"/customers/{customer.id}/erasure").status_code == 403
    assert erasing(analyst, customer, EMAIL).status_code == 403
    assert analyst.get("/settings/erasures").status_code == 200
    assert Customer.objects.exists()


def test_outsiders_find_nothing(member, customer):
    outsider = browser_of(a_member())
    erasing(
        browser_of(member), a_customer(member.workspace, email="x@example.com"), "x@example.com"
    )
    receipt = Erasure.objects.get()

    for path in ("erasure", "export"):
        assert outsider.get(f"/customers/{customer.id}/{path}").status_code == 404
    assert erasing(outsider, customer, EMAIL).status_code == 404
    assert outsider.get(f"/settings/erasures/{receipt.id}").status_code == 404
    assert str(receipt.id).encode() not in outsider.get("/settings/erasures").content
    assert Client().get(f"/customers/{customer.id}/export").status_code == 302
    assert Customer.objects.get() == customer


def test_the_export_is_a_file_whose_name_tells_nothing(member, customer):
    answer, content = exported(member, customer)

    assert json.loads(content)["customers"][0]["email"] == EMAIL
    assert answer["Content-Disposition"] == f'attachment; filename="customer-{customer.id}.json"'
    assert "no-store" in answer["Cache-Control"]
