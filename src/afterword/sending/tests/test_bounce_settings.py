"""Where bounces go and are fetched from, as settings say it."""

import pytest

from afterword.configuration import SettingError, read_configuration
from afterword.sending.reports.bounce_settings import (
    ImapMailbox,
    parse_bounce_address,
    parse_bounce_url,
)


def test_nothing_is_set_by_default():
    found = read_configuration({})

    assert (found.bounce_address, found.bounce_mailbox) == (None, None)


def test_both_are_read_and_the_password_is_not_shown():
    found = read_configuration(
        {
            "AFTERWORD_BOUNCE_ADDRESS": "Bounces@Mail.Example.com",
            "AFTERWORD_BOUNCE_URL": "imaps://ann%40example.com:s%3Acret@imap.example.com/Reports",
        }
    )

    assert found.bounce_address == "bounces@mail.example.com"
    assert found.bounce_mailbox == ImapMailbox(
        "imap.example.com", 993, "ann@example.com", "s:cret", "tls", "Reports"
    )
    assert "s:cret" not in repr(found)
    assert found.bounce_mailbox.name == "imap://imap.example.com:993/Reports"


@pytest.mark.parametrize(
    ("text", "port", "tls"),
    [
        ("imaps://a:b@host", 993, "tls"),
        ("imaps://a:b@host?tls=tls", 993, "tls"),
        ("imap://a:b@host", 143, "starttls"),
        ("imap://a:b@host:1430?tls=starttls", 1430, "starttls"),
        ("imap://a:b@[::1]:1430/INBOX?tls=none", 1430, "none"),
    ],
)
def test_a_mailbox_is_encrypted_unless_it_says_otherwise(text, port, tls):
    found = parse_bounce_url(text)

    assert (found.port, found.tls, found.folder) == (port, tls, "INBOX")


@pytest.mark.parametrize(
    "text",
    [
        "pop3://a:hunter2@host",
        "imaps://host",
        "imaps://a@host",
        "imaps://a:hunter2@",
        "imaps://a:hunter2@host?tls=none",
        "imap://a:hunter2@host?tls=maybe",
        "imap://a:hunter2@host?ssl=1",
        "imaps://a:hunter2%0D%0A@host",
        "imaps://a:hunter2@host/Pošta",
        "imaps://a:hunter2@host:x",
        "imaps://a:hunter2@host/INBOX#x",
        "hunter2",
    ],
)
def test_a_wrong_mailbox_is_refused_without_repeating_its_password(text):
    with pytest.raises(SettingError) as refused:
        read_configuration(
            {
                "AFTERWORD_BOUNCE_ADDRESS": "bounces@example.com",
                "AFTERWORD_BOUNCE_URL": text,
            }
        )

    [problem] = refused.value.problems
    assert problem.startswith("AFTERWORD_BOUNCE_URL: ")
    assert "hunter2" not in problem


def test_a_mailbox_without_the_address_that_leads_to_it_is_refused():
    with pytest.raises(SettingError, match="set AFTERWORD_BOUNCE_ADDRESS too"):
        read_configuration({"AFTERWORD_BOUNCE_URL": "imaps://a:b@host"})


def test_the_address_leaves_room_for_a_survey():
    assert parse_bounce_address("a" * 23 + "@example.com")
    for wrong in ("a" * 24 + "@example.com", "a+b@example.com", "example.com", "jörg@example.com"):
        with pytest.raises(ValueError, match=r"bounces\+id|bounces@mail"):
            parse_bounce_address(wrong)
