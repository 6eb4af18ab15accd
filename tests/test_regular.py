"""Regular campaigns: the rules of who is asked when, by a clock that the test moves."""

from datetime import UTC, datetime, timedelta

import pytest

from afterword.core import failpoints
from afterword.customers.models import Customer
from afterword.decisions.models import Decision
from afterword.due import ask_all_due
from afterword.occasions.due_date.due import how_many_today
from afterword.sending.models import Mail, State
from afterword.surveys.models import Survey
from tests.factories import a_campaign, a_customer, a_property, a_workspace

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def a_regular(workspace=None, **fields):
    usual = {"type": "regular", "events": [], "service": "", "first_after_days": 3}
    return a_campaign(workspace, **{**usual, **fields})


def somebody(campaign, added=MONDAY - 10 * DAY, **fields):
    customer = a_customer(campaign.workspace, **fields)
    Customer.objects.filter(id=customer.id).update(created_at=added)
    return customer


def asked() -> list[str]:
    return sorted(Survey.objects.values_list("email", flat=True))


def test_the_first_survey_is_due_days_after_somebody_was_added():
    campaign = a_regular()
    somebody(campaign, email="old@example.com")
    somebody(campaign, added=MONDAY - 2 * DAY, email="new@example.com")

    ask_all_due(MONDAY)
    assert asked() == ["old@example.com"]

    ask_all_due(MONDAY + DAY)
    assert asked() == ["new@example.com", "old@example.com"]


def test_the_first_survey_is_for_those_whom_no_campaign_ever_asked():
    campaign = a_regular()
    somebody(campaign, last_surveyed_at=MONDAY - 300 * DAY)

    assert ask_all_due(MONDAY) == 0


def test_the_next_survey_counts_from_the_last_one_of_any_campaign():
    campaign = a_regular(every_days=90)
    somebody(campaign, email="due@example.com", last_surveyed_at=MONDAY - 90 * DAY)
    somebody(campaign, email="later@example.com", last_surveyed_at=MONDAY - 89 * DAY)

    ask_all_due(MONDAY)

    assert asked() == ["due@example.com"]


def test_who_has_a_survey_waiting_is_not_asked_again():
    campaign = a_regular()
    somebody(campaign)

    assert [ask_all_due(MONDAY), ask_all_due(MONDAY), ask_all_due(MONDAY + DAY)] == [1, 0, 0]


def test_a_survey_that_was_sent_resets_the_clock_and_a_reset_starts_it_anew():
    campaign = a_regular(every_days=30)
    customer = somebody(campaign)
    ask_all_due(MONDAY)
    Mail.objects.update(state=State.SENT, sent_at=MONDAY)
    Customer.objects.filter(id=customer.id).update(last_surveyed_at=MONDAY)

    assert ask_all_due(MONDAY + 29 * DAY) == 0
    assert ask_all_due(MONDAY + 30 * DAY) == 1

    Mail.objects.update(state=State.SENT, sent_at=MONDAY)
    Customer.objects.filter(id=customer.id).update(last_surveyed_at=None)
    assert ask_all_due(MONDAY + 31 * DAY) == 1


def test_only_who_matches_is_an_occasion():
    workspace = a_workspace()
    a_property(workspace, "plan")
    pro = {"field": "plan", "operator": "is", "value": "pro"}
    campaign = a_regular(workspace, audience={"match": "all", "filters": [pro]})
    somebody(campaign, email="pro@example.com", properties={"plan": "pro"})
    somebody(campaign, email="free@example.com", properties={"plan": "free"})

    ask_all_due(MONDAY)

    assert asked() == ["pro@example.com"]
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    "stopped", ["unsubscribed_at", "hard_bounced_at", "undeliverable_at", "suppressed_at"]
)
def test_who_may_not_be_asked_is_left_out(stopped):
    campaign = a_regular()
    somebody(campaign, **{stopped: MONDAY})

    assert ask_all_due(MONDAY) == 0


def test_a_campaign_that_is_off_asks_nobody():
    campaign = a_regular(activated_at=None)
    somebody(campaign)

    assert ask_all_due(MONDAY) == 0
    assert how_many_today(campaign, MONDAY) == 1


def test_beyond_the_daily_limit_it_is_the_next_days_turn():
    campaign = a_regular(daily_limit=2)
    for _ in range(5):
        somebody(campaign)

    days = [ask_all_due(MONDAY + n * DAY) for n in (0, 0, 1, 2, 3)]

    assert days == [2, 0, 2, 1, 0]
    assert how_many_today(a_regular(campaign.workspace, daily_limit=1), MONDAY) == 0


def test_the_wave_is_spread_over_the_time_frame():
    frame = {"days": ["mon"], "from": "12:00", "to": "14:00"}
    workspace = a_workspace(time_zone="Europe/Prague")
    campaign = a_regular(workspace, time_frame=frame)
    for _ in range(20):
        somebody(campaign)

    ask_all_due(MONDAY)  # 11 o'clock in Prague

    due = sorted(Mail.objects.values_list("due_at", flat=True))
    begins = datetime(2026, 11, 2, 11, tzinfo=UTC)
    assert begins <= due[0] < due[-1] < begins + timedelta(hours=2)
    assert len(set(due)) == 20
    assert due[-1] - due[0] > timedelta(hours=1)


def test_the_wave_comes_by_each_customers_own_clocks_if_wanted():
    frame = {"days": ["mon"], "from": "12:00", "to": "13:00", "own_time": True}
    campaign = a_regular(a_workspace(time_zone="Europe/Prague"), time_frame=frame)
    for zone in ("America/New_York", "nowhere"):
        Customer.objects.filter(id=somebody(campaign).id).update(properties={"time_zone": zone})

    ask_all_due(MONDAY)

    there, here = datetime(2026, 11, 2, 17, tzinfo=UTC), datetime(2026, 11, 2, 11, tzinfo=UTC)
    due = sorted(Mail.objects.values_list("due_at", flat=True))
    assert here <= due[0] < here + timedelta(hours=1)
    assert there <= due[1] < there + timedelta(hours=1)


def test_the_number_of_queries_is_the_same_for_many(django_assert_max_num_queries):
    campaign = a_regular()
    for _ in range(30):
        somebody(campaign)

    with django_assert_max_num_queries(23):
        assert ask_all_due(MONDAY) == 30


def test_who_was_decided_and_not_committed_is_due_still(monkeypatch):
    campaign = a_regular()
    somebody(campaign)
    monkeypatch.setattr(failpoints, "_armed", "before_due_commit:exception")
    monkeypatch.setattr(failpoints, "_reached", 0)
    with pytest.raises(RuntimeError, match="failpoint"):
        ask_all_due(MONDAY)
    assert not Survey.objects.exists()
    assert not Decision.objects.exists()

    monkeypatch.setattr(failpoints, "_armed", "")

    assert ask_all_due(MONDAY) == 1
