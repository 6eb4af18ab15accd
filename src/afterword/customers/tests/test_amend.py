from datetime import timedelta

import pytest

from afterword.customers import amend
from afterword.customers.models import Change, Company, Tag
from afterword.flow import process_events
from tests.factories import NOW, a_campaign, a_customer, a_member, a_property, a_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def ann(member):
    a_property(member.workspace, "plan")
    return a_customer(
        member.workspace,
        email="ann@example.com",
        first_name="Ann",
        tags=["vip", "beta"],
        properties={"plan": "pro"},
    )


def apply(member, customer, change, at=NOW):
    changed = amend.amend(member, customer.id, change, at)
    customer.refresh_from_db()
    return changed


def give(member, customer, value):
    ids = [customer.id]
    amend.give_value(member.workspace_id, member.user, ids, NOW, name="plan", said=value)
    customer.refresh_from_db()


def test_own_fields_are_changed_and_the_change_says_by_whom(member, ann):
    own = {"first_name": " Anna ", "last_name": "Novak", "company_name": "Initech"}

    changed = apply(member, ann, amend.fields(own))

    change = Change.objects.get()
    assert changed == {"first_name", "last_name", "company_name"}
    assert (ann.full_name, ann.company.name) == ("Anna Novak", "Initech")
    assert change.fields == ["company_name", "first_name", "last_name"]
    assert (change.by, change.source) == (member.user, "")


def test_a_company_that_is_taken_away_is_no_customers(member, ann):
    apply(member, ann, amend.fields({"company_name": "Initech"}))

    apply(member, ann, amend.fields({"company_name": ""}))

    assert ann.company is None
    assert Company.objects.count() == 1


def test_what_stays_the_same_is_no_change(member, ann):
    assert apply(member, ann, amend.fields({"first_name": "Ann"})) == set()
    assert not Change.objects.exists()


def test_a_value_is_set_and_taken_away(member, ann):
    give(member, ann, "free")
    assert ann.properties == {"plan": "free"}

    give(member, ann, None)
    assert ann.properties == {}
    assert Change.objects.count() == 2


def test_tags_are_made_assigned_and_taken_away(member, ann):
    apply(member, ann, amend.tags(["beta", "new one", "  "]))

    assert ann.tags == ["beta", "new one"]
    assert Tag.objects.filter(workspace=member.workspace, name="new one").exists()


@pytest.mark.parametrize(("days", "expected"), [(-1, "by hand"), (1, "by event")])
def test_an_older_event_does_not_undo_what_a_person_did(member, ann, days, expected):
    campaign = a_campaign(member.workspace)
    give(member, ann, "by hand")
    event_at = NOW + timedelta(days=days)

    said = {"email": ann.email, "plan": "by event"}
    a_track(campaign.workspace, properties=said, timestamp=event_at.isoformat())
    process_events(member.workspace_id, NOW + timedelta(days=2))

    ann.refresh_from_db()
    assert ann.properties["plan"] == expected


def test_resetting_the_last_survey_forgets_when_it_was(member, ann):
    ann.last_surveyed_at = NOW
    ann.save()

    assert amend.forget_last_survey(member, ann, NOW)
    assert not amend.forget_last_survey(member, ann, NOW)

    ann.refresh_from_db()
    assert ann.last_surveyed_at is None
    assert Change.objects.get().fields == ["last_surveyed_at"]
