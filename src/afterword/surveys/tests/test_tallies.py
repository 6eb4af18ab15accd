"""Answer targets over real rows: what was asked and answered, and one batch after another."""

from datetime import timedelta

import pytest

from afterword import flow
from afterword.decisions.models import Decision
from afterword.surveys.models import Survey
from tests.factories import NOW, a_campaign, a_property, a_track, a_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    workspace = a_workspace()
    a_property(workspace, "plan")
    return workspace


def events(workspace, number, now=NOW, start=0, **properties):
    for each in range(start, start + number):
        address = f"c{each}-{properties.get('plan', '')}@example.com"
        a_track(workspace, address, received_at=now, occurred_at=now, properties=properties)
    flow.process_events(workspace.id, now)


def test_one_batch_asks_no_more_than_a_day_may(workspace):
    a_campaign(workspace, target_answers=2)  # 10 to be asked in a week, 2 in a day

    events(workspace, 30)

    assert Survey.objects.count() == 2
    said = Decision.objects.filter(reason="sampled_out").latest("id").detail
    assert (said["asked"], said["needed"], said["held_by"]) == (2, 10, "day")


def test_the_next_batch_knows_of_the_one_before_and_of_the_answers(workspace):
    a_campaign(workspace, target_answers=2)
    events(workspace, 30)
    Survey.objects.update(answered_at=NOW)

    events(workspace, 30, NOW + timedelta(days=2), start=30)

    assert Survey.objects.count() == 2
    said = Decision.objects.latest("id").detail
    assert (said["answered"], said["held_by"]) == (2, "answers")


def test_each_value_has_a_target_of_its_own(workspace):
    a_campaign(workspace, target_answers=1, target_property="plan")

    events(workspace, 10, plan="pro")
    events(workspace, 10, plan="free")
    events(workspace, 10)

    values = Survey.objects.values_list("facts_then__facts__properties__plan", flat=True)
    assert sorted(map(str, values)) == ["None", "free", "pro"]
    assert Decision.objects.filter(detail__of_value="pro").count() == 10


def test_occasions_of_a_week_lower_the_rate(workspace):
    a_campaign(workspace, target_answers=2)
    for day in range(7):
        events(workspace, 60, NOW + timedelta(days=day), start=60 * day)

    said = [one.detail for one in Decision.objects.order_by("id")]
    assert Survey.objects.count() <= said[-1]["needed"]
    assert said[0]["rate"] == 100
    assert max(each["rate"] for each in said[-60:]) < 15


def test_two_queries_read_all_targets(workspace, django_assert_max_num_queries):
    for number in range(3):
        a_campaign(workspace, target_answers=2, target_property="plan" if number else "")
    for each in range(20):
        a_track(workspace, f"c{each}@example.com")

    with django_assert_max_num_queries(24):
        flow.process_events(workspace.id, NOW)
