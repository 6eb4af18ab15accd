"""Whoever dies at a line of following up loses nothing: it is done again, under the same id."""

from datetime import timedelta

import pytest
from django.utils import timezone

from afterword.core import failpoints
from afterword.core.clock import database_now
from afterword.followups.engine.claim import recover
from afterword.followups.engine.follow import follow
from afterword.followups.models import Delivery, State
from afterword.followups.notifications.digest import make_digests
from afterword.happenings.read import is_behind
from afterword.sending.models import Mail
from tests.factories import a_campaign
from tests.followups import (
    a_notification,
    a_webhook,
    allow_loopback,
    answer,
    deliver_next,
    read_all,
)
from tests.http_script import Answer, scripted_http
from tests.running_afterword import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def die(monkeypatch):
    """Arm a failpoint of this process."""

    def arm(name):
        monkeypatch.setattr(failpoints, "_armed", f"{name}:exception" if name else "")
        monkeypatch.setattr(failpoints, "_reached", 0)

    yield arm
    arm("")


def test_before_the_commit_nothing_was_read(die):
    campaign = a_campaign()
    webhook = a_webhook("https://crm.example", campaign=campaign)
    a_notification(campaign)
    answer(campaign, submitted=True)
    die("before_follow_commit")
    with pytest.raises(RuntimeError, match="failpoint"):
        eventually(lambda: follow(database_now()))
    assert (Delivery.objects.count(), Mail.objects.filter(kind="notification").count()) == (0, 0)
    assert is_behind("followups")

    die("")
    read_all()

    assert Delivery.objects.filter(webhook=webhook).count() == 1
    assert Mail.objects.filter(kind="notification").count() == 1


@pytest.mark.parametrize(
    ("line", "posts"),
    [("after_delivery_claim", 1), ("after_post", 2), ("before_delivery_settled", 2)],
)
def test_a_delivery_in_hand_is_brought_again(die, settings, line, posts):
    allow_loopback(settings)
    campaign = a_campaign()
    with scripted_http(Answer(200, "ok")) as web:
        webhook = a_webhook(web.url, campaign=campaign)
        answer(campaign)
        read_all()
        die(line)
        with pytest.raises(RuntimeError, match="failpoint"):
            deliver_next(webhook.id)
        die("")
        assert not deliver_next(webhook.id)  # somebody may still be at it

        later = timezone.now() + timedelta(minutes=2)
        assert recover(later) == 1
        assert deliver_next(webhook.id)

    assert Delivery.objects.get().state == State.DELIVERED
    assert len(web.asked) == posts
    assert len({one.headers["webhook-id"] for one in web.asked}) == 1


def test_after_the_commit_nothing_is_read_twice(die):
    webhook = a_webhook("https://crm.example", campaign=(campaign := a_campaign()))
    answer(campaign)
    die("after_follow_commit")
    with pytest.raises(RuntimeError, match="failpoint"):
        eventually(lambda: follow(database_now()))

    die("")
    read_all()

    assert Delivery.objects.filter(webhook=webhook).count() == 1


def test_a_digest_that_was_not_committed_is_made_once_more(die):
    campaign = a_campaign()
    a_notification(campaign, frequency="daily")
    answer(campaign, submitted=True)
    read_all()
    tomorrow = timezone.now() + timedelta(days=1)
    die("before_digest_commit")
    with pytest.raises(RuntimeError, match="failpoint"):
        make_digests(tomorrow)
    assert not Mail.objects.filter(kind="notification").exists()

    die("")
    make_digests(tomorrow)

    assert Mail.objects.filter(kind="notification").count() == 1
