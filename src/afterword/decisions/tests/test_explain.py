from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from afterword.decisions.explain import explain
from afterword.decisions.reasons import Reason

AT = "2026-11-03T12:00:00Z"


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_even_without_detail(reason):
    sentence = explain(reason, {})

    assert sentence.endswith(".")
    assert sentence.count(" ") >= 2
    assert "?" not in sentence
    assert "None" not in sentence


@pytest.mark.parametrize(
    ("reason", "detail", "said"),
    [
        (Reason.DUPLICATE, {"first_received_at": AT}, "came before, on 3 Nov 2026, 12:00"),
        (Reason.NO_EMAIL, {"user_id": "u1", "anonymous_id": ""}, "whose userId “u1” is"),
        (Reason.NO_EMAIL, {"user_id": "u1", "anonymous_id": "a1"}, "or anonymousId “a1” is"),
        (Reason.INVALID_EMAIL, {"email": "ann@"}, "“ann@” is not an e-mail address"),
        (Reason.TOO_OLD, {"occurred_at": AT, "max_days": 7}, "older than 7 days"),
        (Reason.UNSUBSCRIBED, {"since": AT}, "unsubscribed on 3 Nov 2026, 12:00."),
        (Reason.UNSUBSCRIBED, {"since": AT, "from": "campaign"}, "of this campaign on 3 Nov 2026"),
        (Reason.SUPPRESSED, {"since": AT}, "put on the suppression list on 3 Nov"),
        (
            Reason.SUPPRESSED,
            {"since": AT, "pattern": "*.example.com", "note": "Staff"},
            "*.example.com is on the suppression list since 3 Nov 2026, 12:00 (“Staff”).",
        ),
        (Reason.HARD_BOUNCED, {"since": AT}, "bounced for good on 3 Nov"),
        (Reason.UNTRUSTED_SOURCE, {"email": "ann@a.test"}, "ann@a.test is not known"),
        (
            Reason.SAMPLED_OUT,
            {"draw": 73.1, "rate": 20.0},
            "draw was 73.1, the campaign asks 20\u00a0%",
        ),
        (
            Reason.THROTTLED,
            {"surveyed_at": AT, "until": "2026-12-03T12:00:00Z", "days": 30},
            "sent on 3 Nov 2026, 12:00; the next may follow after 30 days (from 3 Dec 2026, 12:00)",
        ),
        (Reason.THROTTLED, {"due_at": AT, "days": 30}, "is waiting to be sent on 3 Nov"),
        (Reason.CAPPED, {"mails": 3, "limit": 3, "hours": 24}, "3 survey mails in 24 hours"),
        (Reason.SCHEDULED, {"due_at": AT}, "scheduled for 3 Nov 2026, 12:00."),
        (Reason.SCHEDULED, {"due_at": AT, "draw": 1.5, "rate": 20}, "draw was 1.5"),
    ],
)
def test_the_detail_is_in_the_sentence(reason, detail, said):
    assert said in explain(reason, detail)


def test_a_filter_and_what_it_saw_are_told():
    detail = {"field": "country", "operator": "is", "value": "USA", "seen": "Chile"}

    assert explain(Reason.OUTSIDE_AUDIENCE, detail) == (
        "A filter did not hold: country is “USA” (it was “Chile”)."
    )


def test_a_property_is_told_by_its_name_and_nothing_as_empty():
    detail = {"field": "properties.order_total", "operator": "more than", "value": 5, "seen": None}

    assert "order total more than 5 (it was empty)" in explain(Reason.OUTSIDE_AUDIENCE, detail)


def test_all_filters_are_told_where_any_would_have_done():
    first = {"field": "country", "operator": "is", "value": "USA", "seen": "Chile"}
    other = {"field": "tags", "operator": "contains", "value": ["vip"], "seen": ["new", "old"]}

    said = explain(Reason.OUTSIDE_AUDIENCE, {**first, "others": [other]})

    assert "country is “USA” (it was “Chile”)" in said
    assert "tags contains “vip” (it was “new”, “old”)" in said


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ((None, None), "None of the filters held: "),
        ((2, 2), "None of the filters of a group held: "),
        ((None, 2), "None of the filters and groups held: "),
    ],
)
def test_a_group_is_told_where_one_of_it_would_have_done(groups, said):
    first, other = (
        {"field": "country", "operator": "is", "value": "USA", "seen": "Chile", "group": group}
        for group in groups
    )

    assert explain(Reason.OUTSIDE_AUDIENCE, {**first, "others": [other]}).startswith(said)


def test_a_filter_that_cannot_be_used_says_so():
    detail = {"field": "plan", "operator": "is", "value": 1, "seen": 2, "problem": "No such field"}

    assert "cannot be used (No such field)" in explain(Reason.OUTSIDE_AUDIENCE, detail)


def test_instants_are_told_in_the_zone_of_the_reader():
    at = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

    said = explain(Reason.UNSUBSCRIBED, {"since": at}, ZoneInfo("Europe/Prague"))

    assert "24 Nov 2026, 00:30" in said
