"""What a sender domain's records should say, and what is said of those that are there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.core.dns import Answer, Kind
from afterword.mail.senders.records import (
    Status,
    dkim_record,
    dmarc_hosts,
    judge_dkim,
    judge_dmarc,
    judge_spf,
    spf_record,
)
from afterword.mail.servers.address import SmtpServer

NONE, AWAY = Answer(Kind.NONE), Answer(Kind.AWAY)
HOST = "afterword-1._domainkey.acme.com"
KEY = "MIIB" + "x" * 380


def found(*values: str) -> Answer:
    return Answer(Kind.FOUND, values)


def smtp(host: str) -> SmtpServer:
    return SmtpServer(host, 587, "", "", "starttls")


# ---- DKIM


def dkim(answer: Answer, elsewhere: Answer = NONE):
    return judge_dkim(answer, KEY, elsewhere, HOST)


def test_our_own_record_is_found():
    record = dkim_record("acme.com", "afterword-1", KEY)

    assert record.host == HOST
    assert dkim(found(record.value)).status is Status.FOUND
    assert all(len(piece) <= 255 for piece in record.strings)
    assert "".join(record.strings) == record.value


@pytest.mark.parametrize(
    "value", [f"p={KEY}", f"v=DKIM1;k=rsa;t=s;p={KEY[:100]} {KEY[100:]};", f" p = {KEY} ; s=email"]
)
def test_other_ways_to_write_it_are_found_too(value):
    assert dkim(found(value)).status is Status.FOUND


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (("v=DKIM1; k=rsa; p=",), "revoked"),
        (("v=DKIM1; k=rsa; p=other",), "another key"),
        ((f"v=DKIM1; k=rsa; p={KEY[:200]}",), "cut off"),
        (("v=spf1 -all",), "no key"),
        ((f"v=DKIM1; k=ed25519; p={KEY}",), "not one for DKIM with RSA"),
        ((f"v=DKIM1; s=other; p={KEY}",), "forbids"),
        ((f"p={KEY}", "p=other"), "2 TXT records"),
        (("\x00;;;=;" + "x" * 10_000,), "no key"),
    ],
)
def test_what_is_wrong_with_a_key_is_said(values, says):
    finding = dkim(found(*values))

    assert finding.status is Status.WRONG
    assert says in finding.words
    assert max(map(len, finding.seen)) <= 301


def test_a_record_that_is_not_there_is_missing():
    assert dkim(NONE).status is Status.MISSING
    assert dkim(Answer(Kind.NO_DOMAIN)).status is Status.MISSING


def test_a_domain_that_was_added_twice_is_noticed():
    assert "Enter the host as afterword-1._domainkey." in dkim(NONE, found("p=x")).words


def test_a_key_under_test_is_noted():
    assert "t=y" in dkim(found(f"t=y; p={KEY}")).words


# ---- SPF


@pytest.mark.parametrize(
    ("server", "value"),
    [
        (smtp("smtp.acme.com"), "v=spf1 a:smtp.acme.com ~all"),
        (smtp("192.0.2.1"), "v=spf1 ip4:192.0.2.1 ~all"),
        (smtp("2001:db8::1"), "v=spf1 ip6:2001:db8::1 ~all"),
        (smtp("smtp.gmail.com"), "v=spf1 include:_spf.google.com ~all"),
        (smtp("email-smtp.eu-west-1.amazonaws.com"), "v=spf1 include:amazonses.com ~all"),
        (smtp("notgmail.com"), "v=spf1 a:notgmail.com ~all"),
        (smtp("127.0.0.1"), "v=spf1 mx a ~all"),
        (smtp("localhost"), "v=spf1 mx a ~all"),
        (None, "v=spf1 mx a ~all"),
    ],
)
def test_the_advice_names_the_mail_server(server, value):
    assert spf_record("acme.com", server).value == value
    assert judge_spf(found(value), "").status is Status.FOUND


@pytest.mark.parametrize(
    "value",
    [
        "v=spf1",
        "V=SPF1 MX -ALL",
        "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 a/24 mx:acme.com exists:%{i}.x.com ?all",
        "v=spf1 redirect=_spf.acme.com",
        "v=spf1 include:a.com exp=why.acme.com future=1 ~all",
    ],
)
def test_a_valid_record_is_found(value):
    assert judge_spf(found("google-site-verification=x", value), "").status is Status.FOUND


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (("v=spf1 mx -all", "v=spf1 a -all"), "2 SPF records"),
        (("v=spf1 includes:a.com -all",), "includes:a.com"),
        (("v=spf1 ip4:300.1.1.1 -all",), "ip4:300.1.1.1"),
        (("v=spf1 ip4:2001:db8::1 -all",), "ip4:2001:db8::1"),
        (("v=spf1 include -all",), "include"),
        (("v=spf1 +all",), "everyone"),
        (("v=spf1 " + " ".join(f"include:{n}.com" for n in range(11)),), "11 names"),
    ],
)
def test_what_is_wrong_with_spf_is_said(values, says):
    finding = judge_spf(found(*values), "")

    assert finding.status is Status.WRONG
    assert says in finding.words


@pytest.mark.parametrize("answer", [NONE, found("v=spf10 all"), found("spf2.0/pra")])
def test_spf_is_missing_where_no_text_is_one(answer):
    assert judge_spf(answer, "").status is Status.MISSING


def test_whether_the_mail_server_is_in_it_is_said():
    part = "include:_spf.google.com"

    assert "allows your mail server" in judge_spf(found(f"v=spf1 {part} ~all"), part).words
    assert f"does not have {part}" in judge_spf(found("v=spf1 mx ~all"), part).words


# ---- DMARC


def test_dmarc_is_looked_for_above_the_domain_too():
    assert dmarc_hosts("a.b.acme.com") == [
        "_dmarc.a.b.acme.com",
        "_dmarc.b.acme.com",
        "_dmarc.acme.com",
    ]
    assert dmarc_hosts("acme.com") == ["_dmarc.acme.com"]


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("v=DMARC1; p=none", Status.FOUND),
        ("v=DMARC1;p=reject;rua=mailto:x@acme.com", Status.FOUND),
        ("v=DMARC1", Status.WRONG),
        ("v=DMARC1; p=maybe", Status.WRONG),
        ("something else", Status.MISSING),
    ],
)
def test_a_dmarc_record_needs_a_policy(value, status):
    assert judge_dmarc([found(value)], ["_dmarc.acme.com"]).status is status


def test_several_dmarc_records_count_as_none():
    finding = judge_dmarc([found("v=DMARC1; p=none", "v=DMARC1; p=reject")], ["_dmarc.acme.com"])

    assert finding.status is Status.WRONG


def test_the_record_above_holds_for_a_domain_without_one():
    hosts = dmarc_hosts("news.acme.com")

    finding = judge_dmarc([NONE, found("v=DMARC1; p=reject; sp=quarantine")], hosts)

    assert finding.status is Status.FOUND
    assert "_dmarc.acme.com holds here too" in finding.words
    assert "p=quarantine" in finding.words


# ---- all


def test_where_dns_is_away_nothing_is_said():
    assert dkim(AWAY).status is Status.AWAY
    assert judge_spf(AWAY, "").status is Status.AWAY
    assert judge_dmarc([AWAY], ["_dmarc.acme.com"]).status is Status.AWAY


@given(st.lists(st.text(max_size=200), min_size=1, max_size=4))
def test_whatever_dns_has_there_is_a_verdict(values):
    for prefix in ("", "v=spf1 ", "v=DMARC1; ", "p="):
        answer = found(*(prefix + value for value in values))
        assert dkim(answer).words
        assert judge_spf(answer, "a:x.com").words
        assert judge_dmarc([answer], ["_dmarc.acme.com"]).words
