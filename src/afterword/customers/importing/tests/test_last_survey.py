"""Regular campaigns go on where another service stopped: its last survey counts as ours."""

from datetime import UTC, datetime, timedelta

import pytest

from afterword.audience.match import Audience
from afterword.core.clock import database_now
from afterword.occasions.due_date.due import due
from tests.factories import a_campaign, a_customer, a_member
from tests.imports import counts, customer, import_all, refused

PEOPLE = """Person Email,Last Sent At
ann@example.com,{ago_90:%Y-%m-%d 10:00:00 UTC}
bob@example.com,{ago_5:%Y-%m-%d 10:00:00 UTC}
cid@example.com,
dan@example.com,some day
"""


@pytest.fixture
def member(transactional_db):
    return a_member()


def days_ago(days):
    return database_now() - timedelta(days=days)


def test_who_was_asked_elsewhere_is_due_that_long_after_it(member):
    people = PEOPLE.format(ago_90=days_ago(91), ago_5=days_ago(5))

    work = import_all(member, people)

    assert counts(work) == {"good": 3, "refused": 1, "new": 3}
    assert "Last Sent At: Expected a date" in refused(work)[5]
    campaign = a_campaign(
        member.workspace, type="regular", events=[], first_after_days=0, every_days=90
    )
    found = due(campaign, Audience(), database_now() + timedelta(seconds=1))
    assert {one.email for one in found} == {"ann@example.com", "cid@example.com"}
    assert counts(import_all(member, people)) == {"good": 3, "refused": 1, "unchanged": 3}


@pytest.mark.parametrize(
    ("ours", "said", "kept"),
    [
        (datetime(2026, 3, 1, 9, tzinfo=UTC), "2026-03-01", datetime(2026, 3, 1, 9, tzinfo=UTC)),
        (datetime(2026, 3, 1, 9, tzinfo=UTC), "2026-04-01", datetime(2026, 4, 1, tzinfo=UTC)),
        (None, "2026-04-01", datetime(2026, 4, 1, tzinfo=UTC)),
        (datetime(2026, 3, 1, 9, tzinfo=UTC), "", datetime(2026, 3, 1, 9, tzinfo=UTC)),
    ],
)
def test_the_later_one_counts(member, ours, said, kept):
    a_customer(member.workspace, email="ann@example.com", last_surveyed_at=ours)

    import_all(member, f"email,last survey date,city\nann@example.com,{said},Brno\n")

    assert customer(member, "ann@example.com").last_surveyed_at == kept


def test_a_day_to_come_is_now(member):
    import_all(member, "email,last survey\nann@example.com,2999-01-01\n")

    at = customer(member, "ann@example.com").last_surveyed_at
    assert at
    assert at <= database_now()


def test_who_is_left_alone_keeps_theirs(member):
    a_customer(member.workspace, email="ann@example.com")

    import_all(member, "email,last survey\nann@example.com,2026-01-01\n", updates=False)

    assert customer(member, "ann@example.com").last_surveyed_at is None
