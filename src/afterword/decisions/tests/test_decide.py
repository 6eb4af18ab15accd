"""The rules, one by one and in their order."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.audience.definition import compile_audience
from afterword.campaigns.time_frame import TimeFrame
from afterword.customers.values import PropertyType
from afterword.decisions.decide import decide, why_not_now
from afterword.decisions.how_often import draw_sample
from afterword.decisions.reasons import Reason
from afterword.decisions.terms import Facts, Fatigue, PastSurvey, Person, Rules
from afterword.occasions.occasion import Kind, Occasion, Rule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CAMPAIGN = UUID("01890000-0000-7000-8000-000000000001")
EVERYONE = Rules(
    campaign_id=CAMPAIGN,
    is_active=True,
    goes_by_mail=True,
    audience=compile_audience({}, {}),
    sample_percent=100,
    delay=timedelta(0),
    throttle=None,
    throttle_spans_campaigns=False,
    max_mails_per_day=3,
    max_event_age=7 * DAY,
)
ORDER = Occasion(
    kind=Kind.EVENT, id=uuid4(), draw="m1", occurred_at=NOW, received_at=NOW, is_trusted=True
)
ADDRESS = Person(email="ann@example.com")
ANN = Facts(is_known=True, person=ADDRESS, fields={"country": "USA"})
SATURDAYS = TimeFrame(frozenset({5}), time(9), time(17), ZoneInfo("UTC"))
AMERICANS = compile_audience(
    {"match": "all", "filters": [{"field": "country", "operator": "is", "value": "USA"}]}, {}
)


def a_past_survey(**changes) -> PastSurvey:
    return replace(PastSurvey(uuid4(), CAMPAIGN, NOW - DAY, is_waiting=False), **changes)


def reason(event=ORDER, rules=EVERYONE, facts=ANN) -> Reason:
    return decide(event, rules, facts, NOW).reason


def test_without_a_reason_against_it_the_survey_is_scheduled_from_the_receipt():
    event = replace(ORDER, received_at=NOW - timedelta(minutes=5))
    verdict = decide(event, replace(EVERYONE, delay=2 * DAY), ANN, NOW)
    assert verdict.reason is Reason.SCHEDULED
    assert verdict.due_at == event.received_at + 2 * DAY


def test_an_address_is_needed_where_a_mail_is_meant():
    nobody = replace(ANN, person=Person(user_id="u1"))
    assert reason(facts=nobody) is Reason.NO_EMAIL
    assert reason(rules=replace(EVERYONE, goes_by_mail=False), facts=nobody) is Reason.SCHEDULED


def test_an_address_that_may_still_come_is_waited_for():
    until = NOW + timedelta(minutes=5)
    facts = replace(ANN, person=Person(user_id="u1", waits_until=until))
    verdict = decide(ORDER, EVERYONE, facts, NOW)
    assert verdict.reason is Reason.WAITING_FOR_ADDRESS
    assert verdict.detail == {"user_id": "u1", "anonymous_id": "", "until": until}


def test_an_impossible_address_is_shown():
    facts = replace(ANN, person=Person(refused_email="x@"))
    verdict = decide(ORDER, EVERYONE, facts, NOW)
    assert (verdict.reason, verdict.detail) == (Reason.INVALID_EMAIL, {"email": "x@"})


def test_what_stops_mail_stops_no_survey_on_a_page():
    on_a_page = replace(EVERYONE, goes_by_mail=False)
    assert reason(rules=on_a_page, facts=replace(ANN, hard_bounced_at=NOW)) is Reason.SCHEDULED
    assert reason(rules=on_a_page, facts=replace(ANN, unsubscribed_at=NOW)) is Reason.UNSUBSCRIBED


@pytest.mark.parametrize("pattern", ["ann@example.com", "example.com"])
@pytest.mark.parametrize("kind", [Kind.EVENT, Kind.CALL, Kind.HOOK, Kind.HAND, Kind.DUE_DATE])
def test_our_own_people_are_never_asked(kind, pattern):
    rules = replace(EVERYONE, own_people=frozenset({pattern, "other.example"}))

    verdict = decide(replace(ORDER, kind=kind), rules, ANN, NOW)

    assert (verdict.reason, verdict.detail) == (Reason.OUR_OWN_PEOPLE, {"pattern": pattern})
    assert why_not_now(rules, ANN, NOW) == verdict
    assert reason(rules=replace(rules, own_people=frozenset({"*.example.com"}))) is Reason.SCHEDULED


def test_who_works_here_may_speak_by_a_link():
    rules = replace(EVERYONE, own_people=frozenset({"example.com"}), goes_by_mail=False)

    assert reason(replace(ORDER, kind=Kind.PAGE), rules) is Reason.SCHEDULED


@pytest.mark.parametrize(
    ("changes", "waits_for"),
    [
        ({}, None),
        ({"delay": 2 * DAY}, "delay"),
        ({"time_frame": SATURDAYS}, "time_frame"),
    ],
)
def test_a_decision_says_what_puts_its_survey_off(changes, waits_for):
    verdict = decide(ORDER, replace(EVERYONE, **changes), ANN, NOW)

    assert verdict.detail.get("waits_for") == waits_for


def test_a_time_frame_may_be_by_the_customers_own_clocks():
    rules = replace(EVERYONE, time_frame=replace(SATURDAYS, own_time=True))
    there = replace(ANN, fields={**ANN.fields, "time_zone": "Pacific/Auckland"})

    here_due = decide(ORDER, rules, ANN, NOW).due_at
    there_due = decide(ORDER, rules, there, NOW).due_at

    assert here_due
    assert there_due
    assert timedelta(hours=11) <= here_due - there_due <= timedelta(hours=13)


def test_an_occasions_own_delay_stands_for_the_campaigns():
    call = replace(ORDER, kind=Kind.CALL, delay=DAY)
    rules = replace(EVERYONE, delay=2 * DAY, time_frame=SATURDAYS)

    verdict = decide(call, rules, ANN, NOW)

    assert (verdict.due_at, verdict.detail["waits_for"]) == (NOW + DAY, "delay")


def test_a_person_who_asks_by_hand_skips_what_they_have_looked_at():
    by_hand = replace(ORDER, kind=Kind.HAND, occurred_at=NOW - 100 * DAY)
    rules = replace(
        EVERYONE,
        is_active=False,
        audience=AMERICANS,
        sample_percent=0,
        delay=2 * DAY,
        throttle=30 * DAY,
    )
    facts = replace(ANN, fields={}, surveys=[a_past_survey(at=NOW - 2 * DAY)])
    verdict = decide(by_hand, rules, facts, NOW)
    assert (verdict.reason, verdict.due_at) == (Reason.SCHEDULED, NOW)
    assert reason(by_hand, rules, replace(facts, unsubscribed_at=NOW)) is Reason.UNSUBSCRIBED


def test_a_campaign_that_is_off_asks_nobody():
    assert reason(rules=replace(EVERYONE, is_active=False)) is Reason.CAMPAIGN_OFF


def test_a_replayed_event_surveys_nobody():
    assert reason(replace(ORDER, occurred_at=NOW - 8 * DAY)) is Reason.TOO_OLD
    assert reason(replace(ORDER, occurred_at=NOW - 7 * DAY)) is Reason.SCHEDULED


def test_an_address_that_must_not_be_mailed_is_not_asked():
    for field, expected, detail in (
        ("unsubscribed_at", Reason.UNSUBSCRIBED, {"from": "all"}),
        ("hard_bounced_at", Reason.HARD_BOUNCED, {}),
        ("undeliverable_at", Reason.UNDELIVERABLE, {}),
        ("suppressed_at", Reason.SUPPRESSED, {"pattern": "*.example.com", "note": "Staff"}),
    ):
        changes: dict[str, Any] = {field: NOW - DAY, "pattern": "*.example.com", "note": "Staff"}
        verdict = decide(ORDER, EVERYONE, replace(ANN, **changes), NOW)
        assert (verdict.reason, verdict.detail) == (expected, {"since": NOW - DAY, **detail})


def test_who_unsubscribed_from_one_campaign_is_asked_by_the_others():
    facts = replace(ANN, campaigns={CAMPAIGN: NOW - DAY})
    for verdict in (decide(ORDER, EVERYONE, facts, NOW), why_not_now(EVERYONE, facts, NOW)):
        assert verdict
        assert verdict.reason is Reason.UNSUBSCRIBED
        assert verdict.detail == {"since": NOW - DAY, "from": "campaign"}
    assert reason(rules=replace(EVERYONE, campaign_id=uuid4()), facts=facts) is Reason.SCHEDULED


def test_an_untrusted_source_surveys_only_known_customers():
    event = replace(ORDER, is_trusted=False)
    assert reason(event, facts=Facts(person=ADDRESS)) is Reason.UNTRUSTED_SOURCE
    assert reason(event) is Reason.SCHEDULED


def test_who_is_outside_the_audience_learns_which_filter_and_what_it_saw():
    canadian = replace(ANN, fields={"country": "Canada"})
    verdict = decide(ORDER, replace(EVERYONE, audience=AMERICANS), canadian, NOW)
    assert verdict.reason is Reason.OUTSIDE_AUDIENCE
    assert verdict.detail["field"] == "country"
    assert verdict.detail["seen"] == "Canada"


def test_a_filter_on_a_property_sees_its_type():
    audience = compile_audience(
        {"filters": [{"field": "seats", "operator": "greater than", "value": 10}]},
        {"seats": PropertyType.NUMBER},
    )
    rules = replace(EVERYONE, audience=audience)
    assert reason(rules=rules, facts=replace(ANN, fields={"seats": 9})) is Reason.OUTSIDE_AUDIENCE
    assert reason(rules=rules, facts=replace(ANN, fields={"seats": 11})) is Reason.SCHEDULED


def test_a_survey_in_the_last_days_throttles_with_the_time_it_ends():
    past = a_past_survey()
    rules = replace(EVERYONE, throttle=7 * DAY)
    verdict = decide(ORDER, rules, replace(ANN, surveys=[past]), NOW)
    assert verdict.reason is Reason.THROTTLED
    assert verdict.detail["survey_id"] == past.id
    assert verdict.detail["until"] == past.at + 7 * DAY


def test_a_throttle_ends_after_its_days():
    rules = replace(EVERYONE, throttle=7 * DAY)
    past = a_past_survey(at=NOW - 7 * DAY)
    assert reason(rules=rules, facts=replace(ANN, surveys=[past])) is Reason.SCHEDULED


def test_a_survey_that_waits_throttles_whenever_it_is_due():
    rules = replace(EVERYONE, throttle=DAY)
    past = a_past_survey(at=NOW + 30 * DAY, is_waiting=True)
    assert reason(rules=rules, facts=replace(ANN, surveys=[past])) is Reason.THROTTLED


def test_another_campaigns_survey_throttles_only_across_campaigns():
    past = a_past_survey(campaign_id=uuid4())
    rules = replace(EVERYONE, throttle=7 * DAY)
    facts = replace(ANN, surveys=[past])
    assert reason(rules=rules, facts=facts) is Reason.SCHEDULED
    assert (
        reason(rules=replace(rules, throttle_spans_campaigns=True), facts=facts) is Reason.THROTTLED
    )


def test_three_mails_in_a_day_are_enough():
    surveys = [a_past_survey(campaign_id=uuid4(), at=NOW - timedelta(hours=h)) for h in (1, 2, 23)]
    assert reason(facts=replace(ANN, surveys=surveys)) is Reason.CAPPED
    assert reason(facts=replace(ANN, surveys=surveys[:2])) is Reason.SCHEDULED
    older = [replace(surveys[0], at=NOW - DAY), *surveys[1:]]
    assert reason(facts=replace(ANN, surveys=older)) is Reason.SCHEDULED


def test_a_mail_that_waits_for_the_same_day_counts_too():
    surveys = [
        a_past_survey(campaign_id=uuid4(), at=NOW + timedelta(hours=h), is_waiting=True)
        for h in (0, 1, 23)
    ]
    assert reason(facts=replace(ANN, surveys=surveys)) is Reason.CAPPED
    later = [replace(surveys[0], at=NOW + DAY), *surveys[1:]]
    assert reason(facts=replace(ANN, surveys=later)) is Reason.SCHEDULED


def test_just_before_sending_it_is_asked_again():
    rules = replace(EVERYONE, throttle=7 * DAY)
    assert why_not_now(rules, ANN, NOW) is None
    off = why_not_now(replace(rules, is_active=False), ANN, NOW)
    assert off
    assert off.reason is Reason.CAMPAIGN_OFF
    throttled = why_not_now(rules, replace(ANN, surveys=[a_past_survey()]), NOW)
    assert throttled
    assert throttled.reason is Reason.THROTTLED


def test_a_sample_of_nothing_asks_nobody_and_says_the_draw():
    verdict = decide(ORDER, replace(EVERYONE, sample_percent=0), ANN, NOW)
    assert verdict.reason is Reason.SAMPLED_OUT
    assert verdict.detail["rate"] == 0
    assert 0 <= verdict.detail["draw"] < 100


def test_a_sample_takes_its_share_and_differs_between_campaigns():
    draws = [draw_sample(CAMPAIGN, f"message {n}") for n in range(4000)]
    assert 0.22 < sum(draw < 25 for draw in draws) / len(draws) < 0.28
    assert draw_sample(CAMPAIGN, "m") != draw_sample(uuid4(), "m")


@given(st.text(), st.uuids())
def test_a_draw_is_a_percentage_and_a_retry_draws_the_same(message_id: str, campaign: UUID):
    draw = draw_sample(campaign, message_id)
    assert 0 <= draw < 100
    assert draw == draw_sample(campaign, message_id)


instants = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
facts = st.builds(
    Facts,
    is_known=st.booleans(),
    person=st.builds(
        Person,
        email=st.none() | st.just("ann@example.com"),
        refused_email=st.none() | st.just("x@"),
        waits_until=st.none() | instants,
    ),
    fields=st.just({"country": "USA"}) | st.just({}),
    unsubscribed_at=st.none() | instants,
    hard_bounced_at=st.none() | instants,
    undeliverable_at=st.none() | instants,
    suppressed_at=st.none() | instants,
    surveys=st.lists(
        st.builds(PastSurvey, st.uuids(), st.just(CAMPAIGN) | st.uuids(), instants, st.booleans()),
        max_size=4,
    ),
)
events = st.builds(
    Occasion,
    kind=st.sampled_from(Kind),
    id=st.uuids(),
    draw=st.text(min_size=1),
    occurred_at=instants,
    received_at=instants,
    is_trusted=st.booleans(),
)
rules = st.builds(
    Rules,
    campaign_id=st.just(CAMPAIGN),
    is_active=st.booleans(),
    goes_by_mail=st.booleans(),
    audience=st.sampled_from([EVERYONE.audience, AMERICANS]),
    sample_percent=st.floats(0, 100),
    delay=st.timedeltas(timedelta(0), 10 * DAY),
    throttle=st.none() | st.timedeltas(DAY, 100 * DAY),
    throttle_spans_campaigns=st.booleans(),
    max_mails_per_day=st.integers(1, 5),
    max_event_age=st.just(7 * DAY),
    own_people=st.sampled_from([frozenset(), frozenset({"example.com"})]),
)
ORDER_OF_REASONS = list(Reason)


@given(events, rules, facts)
def test_every_event_gets_one_reason_and_only_scheduled_ones_a_time(event, rules, facts):
    verdict = decide(event, rules, facts, NOW)
    assert (verdict.due_at is not None) == (verdict.reason is Reason.SCHEDULED)


@given(events, rules, facts)
def test_whoever_is_asked_may_be_mailed(event, rules, facts):
    if decide(event, rules, facts, NOW).reason is Reason.SCHEDULED:
        assert facts.person.email or not rules.goes_by_mail
        assert event.is_trusted or facts.is_known or event.skips(Rule.SOURCE)
        assert not facts.unsubscribed_at
        assert not (facts.hard_bounced_at and rules.goes_by_mail)


@given(events, rules, facts)
def test_an_unsubscribe_never_lets_a_later_rule_speak(event, rules, facts):
    verdict = decide(event, rules, replace(facts, unsubscribed_at=NOW), NOW)
    assert ORDER_OF_REASONS.index(verdict.reason) <= ORDER_OF_REASONS.index(Reason.UNSUBSCRIBED)


# ---- the fatigue budget

BUDGET = replace(EVERYONE, fatigue=Fatigue(2, 30 * DAY), max_mails_per_day=100)


def asked(days_ago: float, priority: int = 1, **changes: Any) -> PastSurvey:
    """A survey of another campaign; one of the future waits."""
    other = {"id": uuid4(), "campaign_id": uuid4(), "at": NOW - days_ago * DAY}
    waits = {"is_waiting": days_ago < 0, "priority": priority}
    return a_past_survey(**{**other, **waits, **changes})


def with_surveys(*surveys: PastSurvey) -> Facts:
    return replace(ANN, surveys=surveys)


def test_the_budget_counts_the_surveys_of_all_campaigns_within_its_days():
    assert reason(rules=BUDGET, facts=with_surveys(asked(1), asked(29))) is Reason.FATIGUE_BUDGET
    assert reason(rules=BUDGET, facts=with_surveys(asked(1), asked(31))) is Reason.SCHEDULED
    assert reason(facts=with_surveys(asked(1), asked(29))) is Reason.SCHEDULED


def test_the_budget_is_that_of_the_day_on_which_the_survey_is_due():
    late = replace(BUDGET, delay=40 * DAY)

    assert reason(rules=late, facts=with_surveys(asked(1), asked(29))) is Reason.SCHEDULED
    assert reason(rules=late, facts=with_surveys(asked(-39), asked(-41))) is Reason.FATIGUE_BUDGET


def test_reminders_are_no_surveys_of_their_own():
    reminded = with_surveys(asked(1), asked(0.5, is_reminder=True))

    assert reason(rules=BUDGET, facts=reminded) is Reason.SCHEDULED


def test_what_waits_with_a_lower_priority_gives_way():
    waiting = with_surveys(asked(1, priority=9), asked(-2, priority=1))

    assert reason(rules=replace(BUDGET, priority=2), facts=waiting) is Reason.SCHEDULED
    assert reason(rules=BUDGET, facts=waiting) is Reason.FATIGUE_BUDGET


def test_what_waits_with_a_higher_priority_outranks():
    important = asked(-2, priority=3)

    verdict = decide(ORDER, BUDGET, with_surveys(asked(1), important), NOW)

    assert verdict.reason is Reason.OUTRANKED
    assert verdict.detail["survey_id"] == important.id
    assert verdict.detail["by_priority"] == 3


def test_before_it_goes_a_survey_yields_only_to_what_is_more_important():
    equal, higher = asked(-2), asked(-2, priority=2)

    assert why_not_now(BUDGET, with_surveys(asked(1), equal), NOW) is None
    yields = why_not_now(BUDGET, with_surveys(asked(1), higher), NOW)
    assert yields
    assert yields.reason is Reason.OUTRANKED


def test_a_person_who_asks_by_hand_has_looked():
    by_hand = replace(ORDER, kind=Kind.HAND)

    assert reason(by_hand, BUDGET, with_surveys(asked(1), asked(2))) is Reason.SCHEDULED
