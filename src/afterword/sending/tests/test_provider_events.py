"""What the events of each provider mean: the posts are shaped as the providers document them."""

import json
import warnings
from types import SimpleNamespace

import pytest
from django.utils.module_loading import import_string

from afterword.mail.servers.address import ProviderAccount, parse_mail_url
from afterword.mail.ways.providers import PROVIDERS, webhook_options
from afterword.sending.reports.provider_events import kind_of
from afterword.sending.reports.svix import is_genuine

ACCOUNTS = {
    "brevo": "brevo://k@?webhook_secret=a%3Ab",
    "mailersend": "mailersend://k@?webhook_signing_key=k",
    "mailgun": "mailgun://k@mg.acme.example?webhook_signing_key=k",
    "mailjet": "mailjet://k:s@?webhook_secret=a%3Ab",
    "mailtrap": "mailtrap://k@?webhook_signing_key=k",
    "postal": "postal://k@postal.acme.example?webhook_signing_key=k",
    "postmark": "postmark://k@?webhook_secret=a%3Ab",
    "sendgrid": "sendgrid://k@?webhook_secret=a%3Ab",
    "sparkpost": "sparkpost://k@?webhook_secret=a%3Ab",
    "unisender-go": "unisender-go://k@go1.unisender.ru",
}


def kinds(provider, body):
    account, path = parse_mail_url(ACCOUNTS[provider]), PROVIDERS[provider].tracking
    assert isinstance(account, ProviderAccount)
    assert path
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        view = import_string(path)(**webhook_options(account))
    request = SimpleNamespace(
        body=json.dumps(body).encode(), content_type="application/json", headers={}
    )
    return [kind_of(provider, event) for event in view.parse_events(request)]


def brevo(event, **fields):
    return {"event": event, "email": "a@example.com", "ts_epoch": 1793534400000, **fields}


def mailersend(kind, **fields):
    return {
        "type": f"activity.{kind}",
        "data": {"type": kind, "email": {}, "created_at": "2026-11-01T12:00:00Z", **fields},
    }


def mailgun(event, message="", **fields):
    return {
        "event-data": {
            "event": event,
            "timestamp": 1793534400,
            "delivery-status": {"message": message},
            **fields,
        }
    }


def mailtrap(event, response=""):
    return {
        "events": [
            {"event": event, "timestamp": 1793534400, "message_id": "m", "response": response}
        ]
    }


def postal(**payload):
    return {"timestamp": 1793534400, "uuid": "u", "payload": payload}


def sendgrid(event, **fields):
    return [{"event": event, "timestamp": 1793534400, "email": "a@example.com", **fields}]


def sparkpost(kind, **fields):
    return [{"msys": {"message_event": {"type": kind, "timestamp": "1793534400", **fields}}}]


def unisender(status, **fields):
    return {
        "event_name": "transactional_email_status",
        "status": status,
        "email": "a@example.com",
        "event_time": "2026-11-01 12:00:00",
        **fields,
    }


@pytest.mark.parametrize(
    ("provider", "body", "kind"),
    [
        ("brevo", brevo("hard_bounce", reason="550 5.1.1 unknown"), "hard_bounced"),
        ("brevo", brevo("hard_bounce", reason="550 5.7.1 blocked by policy"), "soft_bounced"),
        ("brevo", brevo("soft_bounce", reason="550 5.1.1 unknown"), "soft_bounced"),
        ("brevo", brevo("invalid_email"), "hard_bounced"),
        ("brevo", brevo("blocked"), "soft_bounced"),
        ("brevo", brevo("deferred"), "delayed"),
        ("brevo", brevo("spam"), "complained"),
        ("brevo", brevo("unsubscribe"), "unsubscribed"),
        ("brevo", brevo("request"), None),
        ("mailersend", mailersend("hard_bounced"), "hard_bounced"),
        ("mailersend", mailersend("soft_bounced"), "soft_bounced"),
        ("mailersend", mailersend("spam_complaint"), "complained"),
        (
            "mailgun",
            mailgun("failed", "550 5.1.1 no such user", severity="permanent"),
            "hard_bounced",
        ),
        ("mailgun", mailgun("failed", "550 5.7.1 spam", severity="permanent"), "soft_bounced"),
        ("mailgun", mailgun("failed", "552 5.2.2 full", severity="permanent"), "soft_bounced"),
        ("mailgun", mailgun("failed", "450 4.1.1 wait", severity="temporary"), "delayed"),
        ("mailgun", mailgun("unsubscribed"), "unsubscribed"),
        (
            "mailjet",
            {"event": "bounce", "hard_bounce": True, "error": "user unknown"},
            "hard_bounced",
        ),
        (
            "mailjet",
            {"event": "bounce", "hard_bounce": False, "error": "quota exceeded"},
            "soft_bounced",
        ),
        ("mailjet", {"event": "blocked", "error": "spam reporter"}, "complained"),
        ("mailjet", {"event": "blocked", "error": "preblocked"}, "soft_bounced"),
        ("mailjet", {"event": "unsub"}, "unsubscribed"),
        ("mailtrap", mailtrap("bounce", "550 5.1.1 unknown"), "hard_bounced"),
        ("mailtrap", mailtrap("bounce", "552 5.2.2 full"), "soft_bounced"),
        ("mailtrap", mailtrap("soft bounce"), "delayed"),
        (
            "postal",
            postal(status="HardFail", output="550 5.1.1 unknown", message={}),
            "hard_bounced",
        ),
        ("postal", postal(status="HardFail", output="554 5.7.1 spam", message={}), "soft_bounced"),
        ("postal", postal(status="SoftFail", message={}), "delayed"),
        ("postal", postal(status="Sent", message={}), "delivered"),
        ("postal", postal(bounce={}, original_message={}), "soft_bounced"),
        ("postmark", {"RecordType": "Bounce", "Type": "HardBounce"}, "hard_bounced"),
        ("postmark", {"RecordType": "Bounce", "Type": "BadEmailAddress"}, "hard_bounced"),
        ("postmark", {"RecordType": "Bounce", "Type": "SoftBounce"}, "soft_bounced"),
        ("postmark", {"RecordType": "Bounce", "Type": "Blocked"}, "soft_bounced"),
        ("postmark", {"RecordType": "Bounce", "Type": "Transient"}, "delayed"),
        ("postmark", {"RecordType": "Bounce", "Type": "AutoResponder"}, None),
        ("postmark", {"RecordType": "Bounce", "Type": "ChallengeVerification"}, None),
        ("postmark", {"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, "complained"),
        (
            "postmark",
            {
                "RecordType": "SubscriptionChange",
                "SuppressSending": True,
                "SuppressionReason": "ManualSuppression",
            },
            "unsubscribed",
        ),
        (
            "sendgrid",
            sendgrid("bounce", type="bounce", status="5.1.1", reason="no user"),
            "hard_bounced",
        ),
        (
            "sendgrid",
            sendgrid("bounce", type="blocked", status="5.7.1", reason="spam"),
            "soft_bounced",
        ),
        (
            "sendgrid",
            sendgrid("bounce", type="bounce", status="5.0.0", reason="500 who knows"),
            "soft_bounced",
        ),
        ("sendgrid", sendgrid("dropped", reason="Bounced Address"), "hard_bounced"),
        ("sendgrid", sendgrid("dropped", reason="Unsubscribed Address"), "unsubscribed"),
        ("sendgrid", sendgrid("dropped", reason="Spam Content"), "soft_bounced"),
        ("sendgrid", sendgrid("deferred"), "delayed"),
        ("sendgrid", sendgrid("spamreport"), "complained"),
        ("sendgrid", sendgrid("group_resubscribe"), None),
        (
            "sparkpost",
            sparkpost("bounce", bounce_class="10", raw_reason="550 5.1.1 no"),
            "hard_bounced",
        ),
        (
            "sparkpost",
            sparkpost("bounce", bounce_class="22", raw_reason="552 5.2.2 full"),
            "soft_bounced",
        ),
        (
            "sparkpost",
            sparkpost("bounce", bounce_class="51", raw_reason="554 spam"),
            "soft_bounced",
        ),
        ("sparkpost", sparkpost("delay", bounce_class="20"), "delayed"),
        ("sparkpost", sparkpost("bounce", bounce_class="60"), None),
        ("sparkpost", sparkpost("list_unsubscribe"), "unsubscribed"),
        ("unisender-go", unisender("hard_bounced"), "hard_bounced"),
        ("unisender-go", unisender("soft_bounced"), "delayed"),
        ("unisender-go", unisender("spam"), "complained"),
    ],
)
def test_each_event_means_what_the_provider_says_but_no_policy_is_hard(provider, body, kind):
    assert kinds(provider, body) == [kind]


# docs.svix.com/receiving/verifying-payloads/how-manual
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
POSTED = {
    "svix-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "svix-timestamp": "1614265330",
    "svix-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_the_documented_signature_is_right():
    assert is_genuine(SECRET, POSTED, BODY, 1614265330.0)
    assert is_genuine(SECRET, POSTED, BODY, 1614265330.0 + 299)


@pytest.mark.parametrize(
    "changed",
    [
        {"svix-id": "msg_x"},
        {"svix-id": ""},
        {"svix-timestamp": "1614265331"},
        {"svix-timestamp": "x"},
        {"svix-timestamp": "٣"},
        {"svix-timestamp": "9" * 400},
        {"svix-signature": "v1,"},
        {"svix-signature": "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"svix-signature": "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"svix-signature": ""},
    ],
)
def test_a_wrong_one_is_not(changed):
    assert not is_genuine(SECRET, POSTED | changed, BODY, 1614265330.0)
    assert not is_genuine(SECRET, POSTED, BODY + b" ", 1614265330.0)
    assert not is_genuine(SECRET, POSTED, BODY, 1614265330.0 + 301)
