from datetime import timedelta

import pytest

from afterword.core.keyset import _read, newest_first
from afterword.surveys.models import Invitation
from tests.factories import NOW, a_campaign, a_customer, a_survey

pytestmark = pytest.mark.django_db


def test_pages_follow_each_other_and_leave_nobody_out_where_instants_are_equal():
    campaign = a_campaign()
    customer = a_customer(campaign.workspace)
    for number in range(7):
        at = NOW + timedelta(hours=number // 3)
        a_survey(campaign, customer=customer, created_at=at)

    seen: list[Invitation] = []
    cursor, pages = "", 0
    while cursor or not pages:
        page = newest_first(Invitation.objects.all(), "created_at", cursor, size=3)
        seen += page.rows
        cursor, pages = page.after, pages + 1

    assert pages == 3
    assert seen == list(Invitation.objects.order_by("-created_at", "-id"))


@pytest.mark.parametrize("junk", ["junk", "_", "2026-11-23_x", "2026-11-23T00:00:00_" + "0" * 32])
def test_a_cursor_that_is_none_shows_the_first_page(junk):
    survey = a_survey()

    page = newest_first(Invitation.objects.all(), "created_at", junk)

    assert (list(page.rows), page.after) == ([survey], "")


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00"]
)
def test_an_instant_that_no_database_holds_is_junk(moment):
    cursor = f"{moment}_01890000-0000-7000-8000-000000000001"
    assert _read(cursor) is None
