from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.mail.models import Pace
from afterword.sending import pace
from tests.factories import NOW

SERVER, DOMAIN = "smtp://mail.example.com:25", "example.net"
MINUTE = timedelta(minutes=1)


@given(
    st.floats(1, 6000),
    st.lists(st.tuples(st.floats(0, 30), st.integers(1, 200)), min_size=1, max_size=30),
)
def test_no_minute_gets_more_than_the_rate_and_a_burst(per_minute, claims):
    now, next_at, granted = NOW, None, []
    for pause, wanted in claims:
        now += timedelta(seconds=pause)
        given_ = pace.allowance(per_minute, next_at, wanted, now)
        next_at = given_.next_at
        granted.append((now, given_.now))

    burst = max(per_minute * pace.BURST / MINUTE, 1)
    for start, _ in granted:
        within = sum(count for at, count in granted if start <= at < start + MINUTE)
        assert within <= per_minute + burst + 1


def test_a_pause_is_no_licence_to_hurry():
    given_ = pace.allowance(60, NOW - timedelta(hours=1), 100, NOW)

    assert given_.now == 5
    assert given_.apart == timedelta(seconds=1)


def test_the_slowest_rate_still_lets_one_go():
    assert pace.allowance(1, None, 10, NOW).now == 1


@pytest.mark.parametrize(
    ("code", "reply", "slows"),
    [
        (421, "421 4.7.0 Try again later", True),
        (450, "450 4.2.1 The user is receiving mail too quickly", False),
        (451, "451 4.7.1 Greylisted", False),
        (452, "452 4.2.2 Mailbox full", False),
        (452, "452 4.3.1 Insufficient system storage", False),
        (454, "454 4.7.0 TLS not available", False),
        (None, "The connection broke", False),
    ],
)
def test_which_answers_are_about_how_much_is_sent(code, reply, slows):
    assert pace.asks_to_slow_down(code, reply) is slows


@pytest.mark.django_db
def test_a_domain_that_refuses_several_recipients_in_a_row_is_held():
    def refused(name, words="451 4.7.1 Greylisted for now", at=NOW):
        return pace.heed(SERVER, f"{name}@several.test", 451, words, at)

    busy = "451 4.3.0 Try again later"
    assert [refused("ann"), refused("bob"), refused("cid")] == [None] * 3  # new to each of them
    assert [refused("ann", busy), refused("ann", busy), refused("bob", busy)] == [None] * 3
    pace.note_taken(SERVER, "dan@several.test")
    assert [refused(name, busy) for name in ("ann", "bob")] == [None] * 2
    later = NOW + pace.LATELY
    assert refused("cid", busy, later) is None
    assert refused("bob", busy, later) is None
    assert refused("dan", busy, later) == later + MINUTE


@pytest.mark.django_db
def test_a_domain_that_asks_is_held_for_a_minute_and_then_slowed():
    pace.slow_down(SERVER, DOMAIN, "450 slow down", NOW)

    held = pace.allow(SERVER, [DOMAIN] * 100 + ["example.org"], NOW + MINUTE / 2)
    later = pace.allow(SERVER, [DOMAIN] * 100, NOW + 1.5 * MINUTE)

    assert held.keys() == {DOMAIN}
    assert held[DOMAIN].now == 0
    assert 0 < later[DOMAIN].now <= 10


@pytest.mark.django_db
def test_the_answers_of_one_moment_are_one_lesson_and_each_later_one_halves():
    for second in range(10):
        pace.slow_down(SERVER, DOMAIN, "450 slow down", NOW + timedelta(seconds=second))
    assert Pace.objects.get().per_minute == pace.FIRST_RATE

    pace.slow_down(SERVER, DOMAIN, "450 slow down", NOW + 2 * MINUTE)

    assert pace.FIRST_RATE / 2 <= (Pace.objects.get().per_minute or 0) < pace.FIRST_RATE


@pytest.mark.django_db
def test_what_was_learned_is_forgotten_in_time():
    pace.slow_down(SERVER, DOMAIN, "450 slow down", NOW)

    assert pace.allow(SERVER, [DOMAIN], NOW + timedelta(days=1)) == {}
    assert not Pace.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_servers_own_rate_is_kept_by_all_workers_together():
    sent = 0
    for second in range(60):
        now = NOW + timedelta(seconds=second)
        for _worker in range(3):
            given_ = pace.room(SERVER, 120, 50, now)
            pace.reserve(SERVER, 120, given_.now, now)
            sent += given_.now

    assert 110 <= sent <= 132


def test_mails_beyond_the_allowance_wait_one_after_the_other():
    allowed = {DOMAIN: pace.Allowance(1, NOW + MINUTE, timedelta(seconds=10))}

    waits = pace.waits(allowed, [DOMAIN, "example.org", DOMAIN, DOMAIN])

    assert waits == [None, None, NOW + MINUTE, NOW + MINUTE + timedelta(seconds=10)]
