"""Scores that move by more than noise, and who is told."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from afterword.feedback.models import Response
from afterword.followups.models import Delivery, ScoreMove
from afterword.insights.compared import scores_in_words
from afterword.insights.moved import has_moved
from afterword.insights.watch import note_moves
from afterword.survey_templates.metrics import Metric
from tests.factories import a_campaign
from tests.followups import a_notification, posting, read_all


@pytest.mark.parametrize(
    ("metric", "before", "after", "moved"),
    [
        (Metric.NPS, {10: 29}, {0: 29}, False),  # too few
        (Metric.NPS, {10: 30}, {0: 30}, True),
        (Metric.NPS, {10: 30}, {10: 30}, False),
        (Metric.NPS, {10: 60, 0: 40}, {10: 65, 0: 35}, False),
        (Metric.NPS, {10: 60, 0: 40}, {10: 80, 0: 20}, True),
        (Metric.CSAT, {5: 70, 1: 30}, {5: 82, 1: 18}, True),
        (Metric.CES, {7: 50, 1: 50}, {7: 55, 1: 45}, False),
        (Metric.STAR, {4: 100, 5: 50}, {4: 50, 5: 100}, True),
    ],
)
def test_what_is_more_than_noise(metric, before, after, moved):
    assert has_moved(metric, before, after) is moved


def test_where_nothing_changed_one_in_twenty_says_so():
    draw = random.Random(7)
    told = 0
    for _ in range(1000):
        two: list[dict[int, int]] = [{}, {}]
        for counts in two:
            for _ in range(60):
                score = draw.choice([0, 5, 7, 8, 9, 10, 10])
                counts[score] = counts.get(score, 0) + 1
        told += has_moved(Metric.NPS, *two)
    assert 25 <= told <= 80


def answers(campaign, ago, **counts):
    at = timezone.now() - timedelta(days=ago)
    Response.objects.bulk_create(
        Response(
            workspace_id=campaign.workspace_id,
            campaign=campaign,
            metric=campaign.metric,
            score=int(score[1:]),
            created_at=at,
            updated_at=at,
        )
        for score, count in counts.items()
        for _ in range(count)
    )


@pytest.mark.django_db(transaction=True)
def test_it_is_told_once_a_week_to_who_wants_to_know():
    campaign, quiet = a_campaign(), a_campaign()
    a_notification(campaign, events=["score_moved"])
    for one in (campaign, quiet):
        answers(one, 40, s10=30)
        answers(one, 4, s0=30)

    now = timezone.now()
    assert [note_moves(now), note_moves(now), note_moves(now + timedelta(days=5))] == [1, 0, 0]
    read_all()
    with posting() as sink:
        sink.send_due()

    [message] = sink.messages()
    assert message["Subject"] == f"NPS of {campaign.name} fell from 100 to -100"
    text = message.get_body(("plain",)).get_content()
    assert "-100 from 30 answers" in text
    assert f"/campaigns/{campaign.id}/results" in text
    assert Delivery.objects.count() == 1
    assert not ScoreMove.objects.filter(campaign=quiet).exists()


@pytest.mark.django_db
def test_a_score_is_said_beside_the_one_before():
    campaign = a_campaign()
    answers(campaign, 10, s10=1, s0=1)
    answers(campaign, 3, s10=3, s7=1)
    now = timezone.now()

    said = scores_in_words(campaign.workspace_id, campaign.id, now - timedelta(days=7), now)

    assert said == ["NPS 75 from 4 answers, 75 more than before (0 from 2)"]
