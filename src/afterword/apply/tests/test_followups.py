"""What a file says about notifications, autoresponders and webhooks."""

from datetime import timedelta
from pathlib import Path

import pytest

from afterword.apply.apply import apply_path
from afterword.apply.problems import FileRefused
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.notifications.models import Notification
from afterword.followups.webhooks.models import Webhook
from afterword.happenings.models import Listening, Reader

pytestmark = pytest.mark.django_db

SHOP = """\
workspace: {name: Acme, time_zone: Europe/Prague}
campaigns:
  - key: orders
    name: Orders
    metric: nps
"""
ALL = """\
    autoresponders:
      - when: no_comment
        subject: "Why, {{ first_name }}?"
        body: "Tell us more."
        delay: {min: 5 minutes, max: 1 hour}
      - {when: score_range, score: {max: 3}, subject: Sorry, body: We are., active: false,
         buttons: [{label: Call us, url: "https://acme.test/call"}]}
    notifications:
      - {events: [new_feedback], frequency: daily, channel: email, to: team@acme.test}
      - {events: [detractor, sending_paused], channel: slack, slack_url: "https://hooks.example/x"}
    webhooks:
      - {url: "https://crm.test/hook", events: [feedback, bounced, unsubscribed],
         headers: {X-Key: s3cret}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tmp_path / "shop.yaml"


def applied(path: Path, rules: str) -> list[str]:
    path.write_text(SHOP + rules)
    return [line for line in apply_path(path).lines if "orders" in line]


def refusals(path: Path, rules: str) -> list[str]:
    path.write_text(SHOP + rules)
    with pytest.raises(FileRefused) as refused:
        apply_path(path)
    return [each.partition("campaigns[0].")[2] for each in refused.value.problems]


def test_all_kinds_are_made_and_on(shop):
    lines = applied(shop, ALL)

    webhook = Webhook.objects.get()
    assert lines == [
        "created campaign orders",
        f"created webhook https://crm.test/hook of orders: {webhook.secret}",
    ]
    assert webhook.is_enabled
    assert webhook.events == ["feedback", "bounced", "unsubscribed"]
    assert webhook.headers == {"X-Key": "s3cret"}
    first, second = Autoresponder.objects.order_by("created_at")
    assert (first.events, first.is_enabled) == (["feedback_without_comment"], True)
    assert (first.delay_min, first.delay_max) == (timedelta(minutes=5), timedelta(hours=1))
    assert (second.score_max, second.is_enabled) == (3, False)
    daily, slack = Notification.objects.order_by("created_at")
    assert (daily.events, daily.addresses) == (["feedback"], ["team@acme.test"])
    assert (daily.digest_at is None, slack.slack_url) == (False, "https://hooks.example/x")
    heard = set(Listening.objects.values_list("kind", flat=True))
    assert heard >= {"feedback.new", "survey.bounced", "sending.paused"}
    assert Reader.objects.count() == 1


def test_applying_again_changes_nothing(shop):
    applied(shop, ALL)
    models = (Webhook, Notification, Autoresponder)
    before = [list(model.objects.order_by("id").values()) for model in models]

    assert applied(shop, ALL) == ["unchanged campaign orders"]

    assert [list(model.objects.order_by("id").values()) for model in models] == before


def test_what_stays_the_same_keeps_its_secret_and_the_rest_goes(shop):
    applied(shop, ALL)
    secret = Webhook.objects.get().secret

    lines = applied(
        shop,
        '    webhooks: [{url: "https://crm.test/hook", events: [feedback], active: false}]\n'
        "    notifications: []\n",
    )

    assert lines == ["changed campaign orders: notifications, webhooks"]
    webhook = Webhook.objects.get()
    assert (webhook.secret, webhook.headers, webhook.is_enabled) == (secret, {}, False)
    assert not Notification.objects.exists()
    assert Autoresponder.objects.count() == 2  # the file says nothing of them


def test_secrets_stand_in_files_beside_it(shop):
    secret = "whsec_" + "A" * 32
    for name, content in (("key", "s3cret\n"), ("hook", secret), ("slack", "xoxb-1")):
        (shop.parent / name).write_text(content)
    rules = (
        '    webhooks: [{url: "https://crm.test/hook", headers: {X-Key: {file: key}}, '
        "secret: {file: hook}}]\n"
        '    notifications: [{channel: slack, slack_channel: "#all", '
        "slack_token: {file: slack}}]\n"
    )

    lines = applied(shop, rules)

    webhook, notification = Webhook.objects.get(), Notification.objects.get()
    assert (webhook.headers, webhook.secret) == ({"X-Key": "s3cret"}, secret)
    assert (notification.slack_channel, notification.slack_token) == ("#all", "xoxb-1")
    assert lines == ["created campaign orders"]
    assert applied(shop, rules) == ["unchanged campaign orders"]


def test_a_secret_that_cannot_be_read_is_refused(shop):
    [refusal] = refusals(
        shop,
        '    webhooks: [{url: "https://crm.test/hook", secret: {file: nowhere}}]',
    )

    assert refusal.startswith("webhooks[0].secret: ")
    assert "cannot be read" in refusal


def test_texts_that_can_only_fail_later_are_refused(shop):
    text = "{% if score == 3 %}{{ 1 | divided_by: 0 }}{% endif %}"
    of_mail = f'{{when: detractor, subject: "{text}", body: "{text}"}}'
    of_webhook = f'{{url: "https://crm.test/hook", body: \'{{"a": "{text}"}}\'}}'

    found = refusals(shop, f"    autoresponders: [{of_mail}]\n    webhooks: [{of_webhook}]\n")

    assert [one.split(": ")[0] for one in sorted(found)] == [
        "autoresponders[0].body", "autoresponders[0].subject", "webhooks[0].body",
    ]  # fmt: skip
    assert all("at a score of 3." in one for one in found)


def test_a_rule_may_follow_some_customers_alone(shop):
    rules = (
        '    webhooks: [{url: "https://crm.test/hook", '
        "audience: {filters: [{field: tags, operator: includes, value: vip}]}}]\n"
    )
    applied(shop, rules)

    [found] = Webhook.objects.get().audience["filters"]
    assert found == {"field": "tags", "operator": "includes", "value": "vip"}
    assert applied(shop, rules) == ["unchanged campaign orders"]


@pytest.mark.parametrize(
    ("rules", "refusal"),
    [
        (
            '    webhooks: [{url: "https://me:s3cret@crm.test/hook"}]',
            "webhooks[0].url: Leave the name and the password out",
        ),
        ('    webhooks: [{url: "https://[crm.test/hook"}]', "webhooks[0].url: This is no address"),
        (
            '    webhooks: [{url: "https://x.test", '
            "audience: {filters: [{field: email, operator: is, value: a}]}}]",
            "webhooks[0].audience.filters[0].field: Answers cannot be filtered by email.",
        ),
        ("    webhooks: [{events: [feedback]}]", "webhooks[0].url: This is needed."),
        (
            '    webhooks: [{url: "ftp://x"}]',
            "webhooks[0].url: Write an address that begins with https:// or http://.",
        ),
        (
            '    webhooks: [{url: "https://x.test", body: "{"}]',
            "webhooks[0].body: It is not JSON: line 1, Expecting property name enclosed in "
            "double quotes.",
        ),
        (
            '    webhooks: [{url: "https://x.test", headers: {Host: evil}}]',
            "webhooks[0].headers.Host: Host is set by Afterword: leave it out.",
        ),
        (
            '    webhooks: [{url: "https://x.test"}, {url: "https://x.test"}]',
            "webhooks[1].name: There is one like this already: give it another name.",
        ),
        (
            "    notifications: [{events: [bounced]}]",
            "notifications[0].to: This is needed: one address, or a list.",
        ),
        (
            "    notifications: [{to: nobody}]",
            "notifications[0].to: 'nobody' is no e-mail address.",
        ),
        (
            "    notifications: [{channel: slack}]",
            "notifications[0].slack_url: This is needed: the address of Slack's incoming webhook; ",
        ),
        (
            "    notifications: [{to: a@b.test, events: [score_range]}]",
            "notifications[0].score: This is needed for a range: {min: 0, max: 6}.",
        ),
        (
            '    autoresponders: [{when: promoter, subject: "{{ x", body: y}]',
            "autoresponders[0].subject: This has a mistake",
        ),
        (
            "    autoresponders: [{when: promoter, subject: x, body: y, "
            "delay: {min: 2 hours, max: 1 hour}}]",
            "autoresponders[0].delay.max: This is less than min.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(shop, rules, refusal):
    found = refusals(shop, rules + "\n")

    assert any(each.startswith(refusal) for each in found), found
