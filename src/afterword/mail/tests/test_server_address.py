"""Addresses of mail servers: what they mean, and how a wrong one says how to mend it."""

import warnings
from contextlib import suppress

import pytest
from anymail.exceptions import AnymailWarning
from django.utils.module_loading import import_string
from hypothesis import given
from hypothesis import strategies as st

from afterword.mail.servers.address import ProviderAccount, SmtpServer, parse_mail_url
from afterword.mail.ways.providers import PROVIDERS, TRACKING_VIEWS, webhook_options

ADDRESSES = {
    "brevo": "brevo://k%40y@",
    "mailersend": "mailersend://key@",
    "mailgun": "mailgun://key@mg.example.com?region=eu",
    "mailjet": "mailjet://key:secret@",
    "mailtrap": "mailtrap://key@?sandbox_id=12",
    "mandrill": "mandrill://key@",
    "postal": "postal://key@postal.example.com:8443",
    "postmark": "postmark://key@?message_stream=surveys",
    "resend": "resend://key@",
    "scaleway": "scaleway://key@?project_id=p1&region=nl-ams",
    "sendgrid": "sendgrid://key@",
    "sparkpost": "sparkpost://key@?region=eu&subaccount=7",
    "unisender-go": "unisender-go://key@go1.unisender.ru",
}


def account(text: str) -> ProviderAccount:
    found = parse_mail_url(text)
    assert isinstance(found, ProviderAccount)
    return found


@pytest.mark.parametrize(
    ("text", "server"),
    [
        (
            "smtp://ann:p%40ss@mail.example:2525?tls=tls",
            SmtpServer("mail.example", 2525, "ann", "p@ss", "tls"),
        ),
        (
            "smtp://mail.example?connections=3&per_minute=600",
            SmtpServer("mail.example", 587, "", "", "starttls", 3, 600),
        ),
        ("smtp://127.0.0.1:1025", SmtpServer("127.0.0.1", 1025, "", "", "none")),
        ("mailbox:", None),
    ],
)
def test_a_server(text, server):
    assert parse_mail_url(text) == server


def test_there_is_an_address_for_each_provider():
    assert set(ADDRESSES) == set(PROVIDERS)


@pytest.mark.parametrize("name", PROVIDERS)
def test_anymail_understands_the_account(name):
    found = account(ADDRESSES[name])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AnymailWarning)  # it no longer tests with SendGrid
        backend = import_string(PROVIDERS[name].backend)(**dict(found.settings))

    assert backend.api_url.startswith("https://")
    assert (found.provider, found.name) == (name, name)


def test_parts_of_an_address_are_the_providers_settings():
    assert dict(account(ADDRESSES["brevo"]).settings) == {"api_key": "k@y"}
    assert dict(account(ADDRESSES["mailgun"]).settings) == {
        "api_key": "key",
        "sender_domain": "mg.example.com",
        "api_url": "https://api.eu.mailgun.net/v3",
    }
    assert dict(account(ADDRESSES["mailjet"]).settings)["secret_key"] == "secret"
    assert dict(account(ADDRESSES["postal"]).settings)["api_url"] == (
        "https://postal.example.com:8443"
    )
    local = account("postmark://key@?api_url=http%3A%2F%2F127.0.0.1%3A9&connections=2")
    assert dict(local.settings)["api_url"] == "http://127.0.0.1:9"
    assert local.connections == 2


def test_what_verifies_a_report_is_told_as_anymail_has_it():
    assert webhook_options(account("postmark://k@?webhook_secret=u:p")) == {"webhook_secret": "u:p"}
    assert webhook_options(account("mailgun://k@d.example?webhook_signing_key=s")) == {
        "webhook_signing_key": "s"
    }
    assert webhook_options(account("mailtrap://k@?webhook_signing_key=s")) == {
        "tracking_secret": "s"
    }
    assert webhook_options(account("unisender-go://k@go1.unisender.ru")) == {"api_key": "k"}
    assert webhook_options(account("mailgun://k@d.example")) == {}
    assert webhook_options(account(ADDRESSES["scaleway"])) == {}
    assert TRACKING_VIEWS["scaleway"] is None


@pytest.mark.parametrize("name", [name for name, view in TRACKING_VIEWS.items() if view])
def test_anymails_webhook_takes_what_verifies_a_report(name):
    key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEoBMZaIpxbXU7Q2AcrNxe8MgwTCj5jmjWk/0tbnFQkpzfNSzIQZBV"
    key += "XXQlrqzbCtEWFMhyQ2rJ8Z6U4B9ZJ4q9Jg=="
    extra = "webhook_secret=u:p"
    if PROVIDERS[name].signing_key and name not in ("resend", "sendgrid"):
        extra += f"&webhook_signing_key={key.replace('+', '%2B')}"
    joined = "&" if "?" in ADDRESSES[name] else "?"
    options = webhook_options(account(f"{ADDRESSES[name]}{joined}{extra}"))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AnymailWarning)
        view = import_string(TRACKING_VIEWS[name] or "")(**options)

    assert view.basic_auth == ["u:p"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x", "postmark://SERVER_TOKEN@"),
        ("smtp://", "host is missing"),
        ("smtp://a/b", "more follows"),
        ("smtp://:hush@a", "no user name"),
        ("smtp://a?tls=maybe", "starttls, tls and none"),
        ("smtp://a?tsl=tls", "Did you mean tls?"),
        ("smtp://a?connections=65", "from 1 to 64"),
        ("smtp://a?connections=0", "from 1 to 64"),
        ("smtp://a?per_minute=many", "whole number"),
        ("smtp://a?tls=tls&tls=none", "given twice"),
        ("smtp://ann:hush/hush@a", "%2F"),
        ("smtp://ann:hush?hush@a", "%3F"),
        ("smpt://a", "Did you mean smtp://?"),
        ("amazon_ses://a", "smtp://SMTP_USER"),
        ("ses://a", "smtp://SMTP_USER"),
        ("unisender_go://hush@go1.unisender.ru", "unisender-go://"),
        ("postmark://hush", "goes before an @"),
        ("postmark://hush:hush@", "one key and no colon"),
        ("postmark://hush@example.com", "nothing but options"),
        ("postmark://hush@?region=eu", "none of api_url"),
        ("postmark://hush@?webhook_secret=hush", "with a colon"),
        ("postmark://hush@?api_url=hush", "https://api.example.com"),
        ("mailjet://hush@", "a key, a colon and a secret"),
        ("mailgun://hush@", "a host after the @"),
        ("mailgun://hush@mg.example.com?region=mars", "us and eu"),
        ("scaleway://hush@", "needs project_id="),
    ],
)
def test_a_wrong_address_says_how_to_mend_it_and_repeats_no_secret(text, hint):
    with pytest.raises(ValueError, match=r".") as caught:
        parse_mail_url(text)

    assert hint in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("text", ["smtp://ann:hush@mail.example", "mailjet://hush:hush@"])
def test_secrets_are_not_shown(text):
    found = parse_mail_url(text)

    assert found
    assert "hush" not in repr(found) + found.name


@given(st.text(), st.sampled_from(["", "smtp://", "mailgun://", "postmark://"]))
def test_any_text_is_understood_or_refused(text, scheme):
    with suppress(ValueError):
        parse_mail_url(scheme + text)
