"""Lanes: what each takes, in which order, how many at once, and what that costs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from afterword.core import failpoints
from afterword.core.clock import database_now
from afterword.feedback.answering.answer import record_answer
from afterword.followups.engine import deliver as deliver_module
from afterword.followups.engine.claim import claim
from afterword.followups.engine.deliver import compose, deliver, read, record, record_all
from afterword.followups.engine.lanes import Lanes
from afterword.followups.engine.post import Line, Reply, Request
from afterword.followups.engine.settle import settle
from afterword.followups.models import Attempt, Delivery, State
from afterword.followups.rooms import room_of
from afterword.followups.webhooks import request
from afterword.followups.webhooks.body import fill
from tests.factories import a_campaign
from tests.followups import a_webhook, allow_loopback, answer, read_all
from tests.http_script import Answer, scripted_http
from tests.running_afterword import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def loopback(settings):
    allow_loopback(settings)


@pytest.fixture
def web():
    with scripted_http(Answer(200, "ok")) as web:
        yield web


def test_no_more_are_claimed_than_asked_for_however_the_planner_joins(web):
    """While it believes that there is one alone, it may look for the next again and again."""
    campaign = a_campaign()
    webhook = a_webhook(web.url, campaign=campaign)
    for score in (7, 8, 9):
        answer(campaign, score, "Good", submitted=True)
        read_all()
        with connection.cursor() as cursor:
            if score == 7:
                cursor.execute("ANALYZE followups_delivery")

    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("hashjoin", "mergejoin", "indexscan", "bitmapscan", "material"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        assert len(claim({webhook.id: 2}, database_now())) == 2

    assert Delivery.objects.filter(state=State.SENDING).count() == 2


def test_a_claim_takes_from_each_lane_what_it_has_room_for_in_order(web):
    campaign = a_campaign()
    first, second, third = (a_webhook(web.url, campaign=campaign) for _ in range(3))
    told = [answer(campaign)[1].id for _ in range(4)]
    read_all()

    claimed = claim({first.id: 3, second.id: 1}, database_now())

    of = {
        lane: [one.subject_id for one in claimed if one.lane == lane.id] for lane in (first, second)
    }
    assert of == {first: told[:3], second: told[:1]}
    assert Delivery.objects.filter(lane=third.id, state=State.WAITING).count() == 4


def test_what_is_told_of_one_answer_is_told_in_order(web):
    webhook = a_webhook(web.url, campaign=(campaign := a_campaign()))
    survey, _ = answer(campaign, 9)
    read_all()
    record_answer(survey, 3, "Oh no", timezone.now(), submitted=True)
    read_all()

    [first] = claim({webhook.id: 9}, database_now())
    assert claim({webhook.id: 9}, database_now()) == []
    deliver(first, database_now())
    [second] = claim({webhook.id: 9}, database_now())

    assert (first.kind, second.kind) == ("feedback.new", "feedback.changed")


def test_a_dead_endpoint_delays_no_other(web):
    with scripted_http(Answer(200, wait=60)) as dead:
        campaign = a_campaign()
        a_webhook(dead.url, campaign=campaign)
        a_webhook(web.url, campaign=campaign)
        for _ in range(5):
            answer(campaign)
        read_all()
        lanes = Lanes()
        lanes.wake()

        # Before it is given up for the first time, however slow this machine is.
        eventually(lambda: len(web.asked) == 5 or len(dead.asked) > 1, seconds=60)
        assert len(web.asked) == 5
        dead.stopping.set()
        lanes.close()


def test_a_receiver_that_takes_requests_gets_several_at_once():
    hangs = Answer(200, wait=60)
    with scripted_http(Answer(200), Answer(200), Answer(200), hangs) as web:
        a_webhook(web.url, campaign=(campaign := a_campaign()))
        for _ in range(12):
            answer(campaign)
        read_all()
        lanes = Lanes()
        lanes.wake()

        eventually(lambda: len(web.asked) == 3 + 8, seconds=60)
        web.stopping.set()
        eventually(lambda: Delivery.objects.filter(state=State.DELIVERED).count() == 12)
        lanes.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_lanes_that_failed_as_none_may_go_on_when_they_are_woken(web, monkeypatch):
    a_webhook(web.url, campaign=(campaign := a_campaign()))
    answer(campaign)
    read_all()
    monkeypatch.setattr(failpoints, "_armed", "after_delivery_claim:exception")
    monkeypatch.setattr(failpoints, "_reached", 0)
    lanes = Lanes()
    lanes.wake()
    eventually(lambda: Delivery.objects.filter(state=State.SENDING).exists())
    monkeypatch.setattr(failpoints, "_armed", "")
    Delivery.objects.update(state=State.WAITING, lease_until=None)

    def is_told() -> bool:
        lanes.wake()
        return bool(web.asked)

    eventually(is_told)
    lanes.close()


def test_one_that_nobody_can_make_fails_by_itself_and_the_others_go(web, monkeypatch):
    campaign = a_campaign()
    a_webhook(web.url, campaign=campaign)
    for comment in ("Fine", "poison", "Good"):
        answer(campaign, 9, comment, submitted=True)
    read_all()

    def fill_or_fail(source, values):
        if values["comment"] == "poison":
            raise RuntimeError
        return fill(source, values)

    monkeypatch.setattr(request, "fill", fill_or_fail)
    lanes = Lanes()
    lanes.wake()
    eventually(lambda: not Delivery.objects.filter(settled_at=None).exists())
    lanes.close()

    assert len(web.asked) == 2
    failed = Delivery.objects.get(state=State.FAILED)
    assert failed.words == "It cannot be made here: the log says why."


def test_an_answer_that_nobody_can_read_is_taken_by_its_status(web, monkeypatch):
    a_webhook(web.url, campaign=(campaign := a_campaign()))
    answer(campaign)
    read_all()

    def fail(*_):
        raise RuntimeError

    def room_or_fail(one):
        return replace(room_of(one), read=fail)

    monkeypatch.setattr(deliver_module, "room_of", room_or_fail)
    lanes = Lanes()
    lanes.wake()
    eventually(lambda: Delivery.objects.filter(state=State.DELIVERED).exists())
    lanes.close()

    assert len(web.asked) == 1


def test_a_post_that_fails_as_none_may_is_noted(web, monkeypatch):
    a_webhook(web.url, campaign=(campaign := a_campaign()))
    answer(campaign)
    read_all()

    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(Line, "post", fail)
    lanes = Lanes()
    lanes.wake()
    eventually(Attempt.objects.exists)
    lanes.close()

    assert Attempt.objects.get().error == "It failed here; the log says why."


def test_a_try_that_nobody_can_note_leaves_the_others_noted(web, monkeypatch):
    campaign = a_campaign()
    webhook = a_webhook(web.url, campaign=campaign)
    for _ in range(3):
        answer(campaign)
    read_all()
    composed = compose(claim({webhook.id: 9}, database_now()), database_now())
    taken = Reply(200, "ok", "", 3)
    tried = [read(delivery, made, taken) for delivery, made in composed]
    poisoned = tried[1].delivery.id

    def settle_or_fail(some, now):
        if any(one.delivery.id == poisoned for one in some):
            raise RuntimeError
        settle(some, now)

    monkeypatch.setattr(deliver_module, "settle", settle_or_fail)
    record_all(tried, database_now())

    assert Delivery.objects.get(state=State.SENDING).id == poisoned
    assert Delivery.objects.filter(state=State.DELIVERED).count() == 2


def test_a_database_that_is_away_is_passed_on(web, monkeypatch):
    def away(*_):
        raise OperationalError

    monkeypatch.setattr(deliver_module, "settle", away)

    with pytest.raises(OperationalError):
        record_all([], database_now())


def test_many_deliveries_cost_as_many_queries_as_a_few(web):
    webhook = a_webhook(web.url, campaign=(campaign := a_campaign()))
    for _ in range(23):
        answer(campaign)
    read_all()

    def queries(most: int) -> int:
        with CaptureQueriesContext(connection) as made:
            composed = compose(claim({webhook.id: most}, database_now()), database_now())
            taken = Reply(200, "ok", "", 3)
            record([read(*one, taken) for one in composed], database_now())
        assert len(composed) == most
        return len(made)

    assert queries(20) == queries(3) <= 12
    assert Attempt.objects.count() == 23


def test_a_try_whose_commit_went_unheard_is_noted_once(web):
    webhook = a_webhook(web.url, campaign=(campaign := a_campaign()))
    answer(campaign)
    read_all()
    [(delivery, request)] = compose(claim({webhook.id: 1}, database_now()), database_now())
    tried = [read(delivery, request, Reply(500, "no", "", 3))]

    for _ in range(2):
        record(tried, database_now())

    assert Attempt.objects.get().number == 1
    assert Delivery.objects.get().state == State.WAITING


def test_a_connection_serves_several_requests_and_keeps_no_cookie():
    with scripted_http(Answer(200, "ok", headers={"Set-Cookie": "a=1"})) as web:
        line, request = Line(), Request(web.url, b"{}", {})
        assert [line.post(request).status for _ in range(3)] == [200] * 3
        line.close()

    assert len({one.port for one in web.asked}) == 1
    assert not any("Cookie" in one.headers for one in web.asked)


def test_who_dies_over_a_delivery_loses_nothing(web):
    webhook = a_webhook(web.url, campaign=(campaign := a_campaign()))
    answer(campaign)
    read_all()
    [died_with] = claim({webhook.id: 1}, database_now())
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    lanes = Lanes()
    lanes.wake()

    eventually(lambda: web.asked)
    lanes.close()
    assert web.asked[0].headers["webhook-id"] == str(died_with.id)
