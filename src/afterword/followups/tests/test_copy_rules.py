"""A duplicated campaign has the follow-ups of the other one, switched off."""

import pytest

from afterword.campaigns.duplicate import duplicate
from afterword.followups.models import Autoresponder, Notification, Webhook
from afterword.happenings.models import Listening
from tests.factories import a_campaign
from tests.followups import a_notification, a_webhook, an_autoresponder

pytestmark = pytest.mark.django_db


def test_they_are_copied_switched_off():
    campaign = a_campaign()
    webhook = a_webhook("https://crm.test", campaign=campaign, headers={"X-Key": "s3cret"})
    a_notification(campaign, members=[])
    an_autoresponder(campaign, subject="Thanks")
    Webhook.objects.update(problem="It answered 500.")
    heard = Listening.objects.count()

    copy = duplicate(campaign)

    hook = Webhook.objects.get(campaign=copy)
    notification = Notification.objects.get(campaign=copy)
    thanks = Autoresponder.objects.get(campaign=copy)
    assert not any(rule.is_enabled for rule in (hook, notification, thanks))
    assert (hook.url, hook.headers, hook.problem) == ("https://crm.test", {"X-Key": "s3cret"}, "")
    assert (hook.secret, thanks.subject) == (webhook.secret, "Thanks")
    webhook.refresh_from_db()
    assert webhook.is_enabled
    assert Listening.objects.count() == heard
