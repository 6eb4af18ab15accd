"""Answer targets: how large a part is drawn."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from afterword.decisions.decide import decide
from afterword.decisions.explain import explain
from afterword.decisions.how_often import draw_sample
from afterword.decisions.reasons import Reason
from afterword.decisions.targets import aim
from afterword.decisions.terms import Tally, Target
from afterword.decisions.tests.test_decide import ANN, EVERYONE, NOW, ORDER

DAY, WEEK = timedelta(days=1), timedelta(days=7)
THIRTY = Target(30)
HALF_ANSWER = Tally(occasions=600, asked=60, asked_before=980, answered_of_those=496)


def test_the_rate_asks_as_many_as_it_takes():
    aimed = aim(THIRTY, replace(HALF_ANSWER, asked=40), 100)

    assert (aimed.needed, round(aimed.response_rate, 2)) == (60, 0.5)
    assert aimed.rate == pytest.approx(100 * 60 / 600 * 60 / 40)


def test_a_new_campaign_supposes_that_a_fifth_answers():
    assert aim(THIRTY, Tally(), 100).needed == 150


def test_where_nobody_answers_not_everybody_is_asked():
    assert aim(THIRTY, Tally(asked_before=10_000), 100).needed == 600


def test_where_a_week_brings_too_few_all_are_asked_but_for_the_sample():
    assert aim(THIRTY, Tally(occasions=20), 100).rate == 100
    assert aim(THIRTY, Tally(occasions=20), 40).rate == 40
    assert aim(THIRTY, Tally(), 40).rate == 40


@pytest.mark.parametrize(
    ("tally", "held_by"),
    [
        (replace(HALF_ANSWER, answered=30), "answers"),
        (replace(HALF_ANSWER, asked=60), "asked"),
        (replace(HALF_ANSWER, asked=20, asked_today=12), "day"),
        (replace(HALF_ANSWER, asked=20, asked_today=11), ""),
    ],
)
def test_nobody_more_is_asked_than_it_takes(tally, held_by):
    aimed = aim(THIRTY, tally, 100)

    assert aimed.held_by == held_by
    assert (aimed.rate == 0) == bool(held_by)


def test_a_decision_says_draw_and_rate_and_why():
    rules = replace(EVERYONE, target=Target(30, "plan"))
    facts = replace(ANN, tally=replace(HALF_ANSWER, value="pro", asked=40, answered=30))

    verdict = decide(ORDER, rules, facts, NOW)

    assert verdict.reason is Reason.SAMPLED_OUT
    assert verdict.detail["draw"] == round(draw_sample(rules.campaign_id, ORDER.draw), 3)
    said = explain(verdict.reason, verdict.detail)
    assert "the campaign asks 0\u00a0%: 30 answers a week are wanted where plan is “pro”" in said
    assert "About 50\u00a0% answer, so 60 are to be asked, and 40 were. That is enough" in said


def test_without_a_tally_the_sample_alone_counts():
    assert decide(ORDER, replace(EVERYONE, target=THIRTY), ANN, NOW).reason is Reason.SCHEDULED


def test_the_target_is_met_week_by_week_and_never_asks_too_many():
    target, a_week = Target(10), 150  # of whom 3 in 10 answer
    rules = replace(EVERYONE, target=target)
    asked: list[datetime] = []
    answered: list[datetime] = []
    weeks = []
    for number in range(6 * a_week):
        now = NOW + WEEK * number / a_week
        tally = _tally(now, number, a_week, asked, answered)
        occasion = replace(ORDER, id=uuid4(), draw=f"m{number}", occurred_at=now, received_at=now)
        if decide(occasion, rules, replace(ANN, tally=tally), now).due_at:
            assert tally.asked < aim(target, tally, 100).needed
            asked.append(now)
            answered += [now] if len(asked) % 10 in {0, 3, 6} else []
        if number % a_week == a_week - 1:
            weeks.append(sum(now - at < WEEK for at in answered))

    assert all(8 <= week <= 12 for week in weeks[1:]), weeks


def _tally(now, number, a_week, asked, answered) -> Tally:
    def since(times, days):
        return sum(now - at < days * DAY for at in times)

    return Tally(
        answered=since(answered, 7),
        asked=since(asked, 7),
        asked_today=since(asked, 1),
        occasions=a_week if number else 0,
        asked_before=since(asked, 28) - since(asked, 2),
        answered_of_those=since(answered, 28) - since(answered, 2),
    )
