"""Whoever started a piece of work watches it, calls it off and reads what became of it."""

import pytest
from django.test import Client
from django.urls import reverse

from afterword.long_work.models import State
from afterword.long_work.turn import work_once
from afterword.workspaces.models import Role
from tests.factories import a_member
from tests.long_work import some_work, stored, work_until_done

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def page_of(work):
    return reverse("long_work:work", args=[work.id])


def test_the_page_says_how_far_it_is_and_looks_again_until_it_ends():
    member = a_member()
    work = some_work(member, tags=7)
    client = signed_in(member)
    assert "It begins in a moment." in client.get(page_of(work)).text

    work_once()
    shown = client.get(page_of(work), headers=HTMX).text
    assert "3 of 7 tags · 42 %" in shown
    assert 'value="42" max="100"' in shown
    assert 'hx-trigger="every 1s"' in shown
    assert "<html" not in shown

    work_until_done()
    assert client.get(page_of(work), headers=HTMX).headers["HX-Refresh"] == "true"
    ended = client.get(page_of(work)).text
    assert "Done" in ended
    assert "hx-trigger" not in ended
    assert "Cancel" not in ended
    assert "To the tags" in ended


def test_a_member_cancels_and_is_told_when_it_is_too_late():
    member = a_member(role=Role.MEMBER)
    work = some_work(member)
    client = signed_in(member)

    answer = client.post(f"{page_of(work)}/cancel", follow=True).text
    assert "What was done until now stays." in answer
    assert stored(work).state == State.CANCELLED

    assert "too late" in client.post(f"{page_of(work)}/cancel", follow=True).text


@pytest.mark.parametrize("role", Role)
def test_every_member_sees_it_and_an_analyst_cancels_nothing(role):
    member = a_member(role=role)
    work = some_work(member)
    client = signed_in(member)

    assert client.get(page_of(work)).status_code == 200
    assert (client.post(f"{page_of(work)}/cancel").status_code == 403) == (role == Role.ANALYST)
    assert ("/cancel" in client.get(page_of(some_work(member))).text) == (role != Role.ANALYST)


def test_an_outsider_finds_nothing():
    work = some_work(a_member())
    outsider = signed_in(a_member())

    assert outsider.get(page_of(work)).status_code == 404
    assert outsider.post(f"{page_of(work)}/cancel").status_code == 404
    assert Client().get(page_of(work)).status_code == 302
    assert stored(work).state == State.WAITING


def test_it_is_never_cancelled_by_a_link():
    member = a_member()
    assert signed_in(member).get(f"{page_of(some_work(member))}/cancel").status_code == 405
