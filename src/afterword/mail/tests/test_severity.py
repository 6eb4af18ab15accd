"""Which words and codes of a failure say that nobody is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.mail.ways.severity import is_hard, telling_code


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.1.1", ""),
        ("5.1.1", "550 whatever"),
        ("5.1.2", "host unknown"),
        ("5.1.3", "bad syntax"),
        ("5.1.6", "moved"),
        ("5.1.10", "null MX"),
        ("5.2.1", "mailbox disabled"),
        ("5.0.0", "550 5.1.1 no such user"),
        ("5.0.0", "550 user unknown"),
        ("", "550 No such mailbox"),
        ("", "The account does not exist"),
        ("5.4.4", "Host or domain name not found"),
        ("5.5.0", "550 5.5.0 mailbox unavailable"),
        ("5.7.17", "the owner has changed"),
        ("", "Le destinataire est inconnu"),
        ("", "Die Adresse existiert nicht"),
    ],
)
def test_nobody_is_there(status, words):
    assert is_hard(status, words)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("4.1.1", "user unknown"),
        ("4.4.7", "expired"),
        ("5.2.2", "over quota"),
        ("5.1.1", "552 mailbox full"),
        ("5.1.1", "450 unverified address"),
        ("5.0.0", "450 4.1.1 user unknown"),
        ("5.2.1", "temporarily disabled"),
        ("5.7.1", "user unknown"),
        ("5.7.26", "unauthenticated"),
        ("5.1.8", "sender's domain does not exist"),
        ("5.1.7", "bad sender"),
        ("5.1.0", "rejected by reputation"),
        ("5.3.4", "message too large"),
        ("5.4.1", "no answer from host"),
        ("5.4.6", "routing loop"),
        ("5.0.0", ""),
        ("", ""),
        ("", "Relay access denied, user unknown"),
        ("", "550 user unknown? try again later"),
        ("", "Das Postfach ist voll"),
        ("2.0.0", "delivered"),
    ],
)
def test_it_says_nothing_of_the_address(status, words):
    assert not is_hard(status, words)


@given(code=st.sampled_from(["4.0.0", "4.1.1", "4.2.2", "4.7.1"]), words=st.text(max_size=200))
def test_a_code_of_4_is_never_hard(code, words):
    assert not is_hard(code, f"{words} 550 5.1.1 user unknown")


def test_numbers_that_are_no_codes_are_passed_over():
    assert telling_code("", "Exim 4.94.2 at 10.5.1.1, qmail 1.5.1.1") == ""
    assert telling_code("5.0.0", "from 203.0.5.1.1.9 (#5.1.1)") == "5.1.1"
