"""What a campaign would have done with the events on record."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from afterword.campaigns.models import Campaign
from afterword.decisions.dry_run import rehearse
from afterword.decisions.dry_run import would_pass as passing
from afterword.decisions.models import Decision
from afterword.long_work.models import Work
from afterword.surveys.models import Survey
from afterword.workspaces.models import Member, Role
from tests import factories
from tests.long_work import work_until_done

pytestmark = pytest.mark.django_db
USA = {"match": "all", "filters": [{"field": "country", "operator": "is", "value": "USA"}]}


@pytest.fixture
def member() -> Member:
    return factories.a_member()


@pytest.fixture
def client(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def campaign(member: Member) -> Campaign:
    return factories.a_campaign(member.workspace, activated_at=None)


def came(campaign: Campaign, days_ago: float, customer: Any = None, **fields: Any) -> Any:
    """An event of somebody, so many days ago."""
    at = timezone.now() - timedelta(days=days_ago)
    return factories.an_event(
        campaign.workspace,
        customer=customer,
        email=customer.email if customer else "",
        received_at=at,
        **fields,
    )


def of(campaign: Campaign, **fields: Any) -> Any:
    return factories.a_customer(campaign.workspace, **fields)


def run(client: Client, campaign: Campaign, days: int = 30) -> dict[str, int]:
    answer = client.post(f"/campaigns/{campaign.id}/dry-run", {"days": days})
    assert answer.status_code == 302
    work_until_done()
    work = Work.objects.latest("created_at")
    assert not work.failure
    return {str(reason): number for reason, number in rehearse.totals(work.report).items()}


def said(client: Client, address: str, typed: Any = None) -> str:
    answer = client.get(address) if typed is None else client.post(address, typed)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_each_event_is_decided_and_nothing_is_done(client, campaign):
    Campaign.objects.filter(id=campaign.id).update(audience=USA)
    ann = of(campaign, country="USA", first_name="Ann", last_name="Lee")
    came(campaign, 3, ann)
    came(campaign, 2, of(campaign, country="Chile"))
    came(campaign, 1)
    came(campaign, 40, ann)  # before the period
    came(campaign, 1, ann, name="Another")

    assert run(client, campaign) == {"scheduled": 1, "outside_audience": 1, "no_email": 1}

    assert not Decision.objects.exists()
    assert not Survey.objects.exists()
    html = said(client, f"/campaigns/{campaign.id}/dry-run")
    assert "1 of 3 events would have led to a survey" in html
    assert "Ann Lee" in html
    assert "The first event on record is of" in html


def test_its_own_surveys_throttle_what_comes_later_across_batches(client, campaign, monkeypatch):
    monkeypatch.setattr(rehearse, "BATCH", 2)
    Campaign.objects.filter(id=campaign.id).update(throttle_days=5)
    ann, bob = of(campaign), of(campaign)
    for days_ago in (20, 18, 16, 14, 3):
        came(campaign, days_ago, ann)
    came(campaign, 17, bob)

    # Ann is asked on the first day, on the sixth (14 days ago), and 3 days ago.
    assert run(client, campaign) == {"scheduled": 4, "throttled": 2}
    assert Work.objects.get().cursor is None


def test_what_it_really_sent_is_left_out_and_what_others_sent_counts(client, campaign):
    ann = of(campaign)
    Campaign.objects.filter(id=campaign.id).update(throttle_days=30, throttle_scope="all")
    sent_at = timezone.now() - timedelta(days=4)
    factories.a_sent_survey(campaign, customer=ann, sent_at=sent_at)
    came(campaign, 3, ann)
    bob = of(campaign)
    other = factories.a_campaign(campaign.workspace)
    factories.a_sent_survey(other, customer=bob, sent_at=sent_at)
    came(campaign, 3, bob)
    came(campaign, 5, bob)  # before that one was sent

    assert run(client, campaign) == {"scheduled": 2, "throttled": 1}


def test_a_batch_takes_as_many_queries_for_many(
    client, campaign, django_assert_max_num_queries, member
):
    for _ in range(30):
        came(campaign, 1, of(campaign))
    client.post(f"/campaigns/{campaign.id}/dry-run", {"days": 7})
    work = Work.objects.select_related("workspace").get()

    with django_assert_max_num_queries(9):
        assert rehearse.step(work, timezone.now())
    assert work.done == work.total == 30


def test_who_would_have_passed_is_told_for_what_is_typed(client, campaign):
    came(campaign, 3, of(campaign, country="USA", email="ann@example.com"))
    came(campaign, 2, of(campaign, country="Chile", email="bob@example.com"))
    came(campaign, 31, of(campaign, country="USA"))
    typed = {"match": "all", "field": ["country"], "operator": ["is"], "value": ["USA"]}

    html = said(client, f"/campaigns/{campaign.id}/audience/events", typed)

    assert "Of the <strong>2</strong> events of the last 30 days, <strong>1</strong>" in html
    assert "ann@example.com" in html
    assert "bob@example.com" in html
    assert "Chile" in html  # why not
    campaign.refresh_from_db()
    assert campaign.audience == {}


def test_the_events_own_properties_are_as_they_were(client, campaign):
    ann = of(campaign)
    came(campaign, 3, ann, properties={"total": 100})
    came(campaign, 2, ann, properties={"total": 3})
    typed = {
        "match": "all",
        "field": ["event.total"],
        "operator": ["at least"],
        "value": ["50"],
        "type": ["number"],
    }

    html = said(client, f"/campaigns/{campaign.id}/audience/events", typed)

    assert "<strong>2</strong> events of the last 30 days, <strong>1</strong> would" in html


def test_where_there_is_no_time_the_newest_stand_for_all(client, campaign, monkeypatch):
    monkeypatch.setattr(passing, "BATCH", 2)
    monkeypatch.setattr(passing, "SECONDS", -1)
    Campaign.objects.filter(id=campaign.id).update(audience=USA)
    came(campaign, 3, of(campaign))
    came(campaign, 3, of(campaign))
    came(campaign, 2, of(campaign, country="USA"))
    came(campaign, 1, of(campaign, country="Chile"))

    html = said(client, f"/campaigns/{campaign.id}/audience/events")

    assert "About <strong>2</strong> of the <strong>4</strong> events" in html


def test_nothing_on_record_is_said(client, campaign):
    assert "None of its events came" in said(client, f"/campaigns/{campaign.id}/audience/events")
    run(client, campaign)
    assert "No event to try" in said(client, f"/campaigns/{campaign.id}/dry-run")
    Campaign.objects.filter(id=campaign.id).update(events=[])
    assert "It names no event" in said(client, f"/campaigns/{campaign.id}/dry-run")
    assert "names no event yet" in said(client, f"/campaigns/{campaign.id}/audience/events")


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.OWNER, 302), (Role.ADMIN, 302), (Role.MEMBER, 302), (Role.ANALYST, 403)],
)
def test_an_analyst_looks_and_runs_nothing(campaign, role, may):
    client = Client()
    client.force_login(factories.a_member(campaign.workspace, role).user)
    address = f"/campaigns/{campaign.id}/dry-run"

    assert client.get(address).status_code == 200
    assert client.get(f"/campaigns/{campaign.id}/audience/events").status_code == 200
    assert client.post(address, {"days": 7}).status_code == may
    assert Work.objects.exists() == (may == 302)


def test_an_outsider_finds_nothing(campaign):
    client = Client()
    client.force_login(factories.a_member().user)

    for path in ("dry-run", "audience/events"):
        assert client.get(f"/campaigns/{campaign.id}/{path}").status_code == 404
        assert client.post(f"/campaigns/{campaign.id}/{path}").status_code == 404
        assert Client().get(f"/campaigns/{campaign.id}/{path}").status_code == 302


def test_a_period_that_is_none_is_refused(client, campaign):
    assert client.post(f"/campaigns/{campaign.id}/dry-run", {"days": "x"}).status_code == 422
    assert not Work.objects.exists()


def test_a_campaign_that_was_deleted_ends_its_run(client, campaign):
    came(campaign, 3, of(campaign))
    client.post(f"/campaigns/{campaign.id}/dry-run", {"days": 7})
    campaign.delete()

    work_until_done()

    assert Work.objects.get().ended_at
