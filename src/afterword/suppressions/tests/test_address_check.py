"""Addresses before their first survey, with a real DNS server to ask."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from afterword.suppressions import mail_domains
from afterword.suppressions.address_check import (
    FINE,
    UNKNOWN,
    Outcome,
    check,
    check_again,
    check_before_first_survey,
    is_disposable,
    undeliverable,
)
from afterword.suppressions.models import MailDomain, Suppression, SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.workspaces.models import Role
from tests.dns_server import Zones, dns_server, silent_server
from tests.factories import NOW, a_customer, a_member, a_workspace

pytestmark = pytest.mark.django_db
BOUNCED = SuppressionReason.HARD_BOUNCED
ZONES: Zones = {
    "acme.com": {"MX": ["10 mx.acme.com."]},
    "bare.com": {"A": ["192.0.2.1"]},
    "six.com": {"AAAA": ["2001:db8::1"]},
    "null.com": {"MX": ["0 ."]},
    "web.com": {"TXT": ['"nothing but words"']},
    "xn--bcher-kva.com": {"MX": ["10 mx.acme.com."]},
    "broken.com": "SERVFAIL",
    "garbled.com": "garbage",
    "round.com": {"CNAME": ["ring.com."]},
    "ring.com": {"CNAME": ["round.com."]},
}


@pytest.fixture
def asks(settings):
    """Let DNS be asked at these servers."""

    def ask(*servers):
        settings.CONFIGURATION = replace(settings.CONFIGURATION, dns=servers)

    return ask


@pytest.fixture
def dns(asks):
    with dns_server(ZONES) as server:
        asks(server.address)
        yield server


@pytest.fixture(autouse=True)
def _nothing_is_quiet():
    mail_domains._quiet_until.clear()
    yield
    mail_domains._quiet_until.clear()


# ---- one address


@pytest.mark.parametrize(
    "email", ["ann@acme.com", "ann@bare.com", "ann@six.com", "ann@bücher.com", "jörg@acme.com"]
)
def test_an_address_whose_domain_takes_mail_is_fine(dns, email):
    assert check([email], NOW) == {email: FINE}


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("ann@gone.com", "There is no domain gone.com."),
        ("ann@gmail.con", "There is no domain gmail.con."),
        ("ann@null.com", "null.com says that it takes no mail."),
        ("ann@web.com", "web.com has no mail server."),
        ("ann@mailinator.com", "mailinator.com gives out throw-away mailboxes."),
        ("ann@x.mailinator.com", "x.mailinator.com gives out throw-away mailboxes."),
        ("ann", "It is not an e-mail address."),
        ("ann@" + "x" * 300 + ".com", "It is not an e-mail address."),
        ("ann@@acme.com", "It is not an e-mail address."),
    ],
)
def test_an_address_that_mail_cannot_reach_is_told_why(dns, email, words):
    assert undeliverable([email], NOW) == {email: words}


@pytest.mark.parametrize("email", ["ann@broken.com", "ann@garbled.com"])
def test_where_dns_is_in_trouble_there_is_no_verdict(dns, email):
    assert check([email], NOW) == {email: UNKNOWN}
    assert not MailDomain.objects.exists()


def test_aliases_that_go_round_are_held_against_nobody_for_long(dns):
    [finding] = check(["ann@round.com"], NOW).values()

    assert finding.outcome is not Outcome.FINE


@pytest.mark.parametrize(
    "email",
    [
        "ann@example.com", "ann@mail.example.org", "ann@acme.test", "ann@printer.local",
        "ann@x.invalid", "ann@shop.localhost", "ann@acme.example",
    ],
)  # fmt: skip
def test_names_to_try_things_out_with_are_not_judged(dns, email):
    assert check([email], NOW) == {email: FINE}
    assert dns.asked == []


def test_a_closed_network_that_denies_every_name_is_not_believed(asks):
    with dns_server({}) as closed:
        asks(closed.address)

        assert check(["ann@acme.com"], NOW) == {"ann@acme.com": UNKNOWN}


def test_the_list_of_throw_away_domains_has_no_domain_that_people_live_at():
    people = ["gmail.com", "outlook.com", "yahoo.com", "icloud.com", "gmx.de", "seznam.cz",
              "proton.me", "qq.com", "mail.ru", "web.de", "example.com"]  # fmt: skip

    assert not [domain for domain in people if is_disposable(domain)]
    assert is_disposable("guerrillamail.com")


# ---- what is remembered


def test_a_domain_is_asked_about_once_a_day(dns, django_assert_num_queries):
    check(["ann@acme.com"], NOW)
    asked = len(dns.asked)

    with django_assert_num_queries(1):
        check(["bob@acme.com"], NOW + timedelta(hours=23))
    assert len(dns.asked) == asked
    check(["bob@acme.com"], NOW + timedelta(hours=24))
    assert len(dns.asked) > asked
    assert MailDomain.objects.get().checked_at == NOW + timedelta(hours=24)


def test_a_domain_that_takes_no_mail_is_asked_about_after_an_hour(dns):
    assert undeliverable(["ann@late.com"], NOW)

    dns.zones["late.com"] = {"MX": ["10 mx.acme.com."]}

    assert undeliverable(["ann@late.com"], NOW + timedelta(minutes=59))
    assert not undeliverable(["ann@late.com"], NOW + timedelta(minutes=60))


def test_a_hundred_addresses_cost_two_queries(dns, django_assert_num_queries):
    for n in range(100):
        dns.zones[f"c{n}.com"] = {"MX": ["10 mx.acme.com."]}
    emails = [f"ann@c{n}.com" for n in range(100)]

    with django_assert_num_queries(2):
        found = check(emails, NOW)

    assert set(found.values()) == {FINE}


def test_a_dead_dns_costs_seconds_once(asks, django_assert_num_queries):
    with silent_server() as address:
        asks(address)
        began = time.monotonic()
        assert check([f"ann@c{n}.com" for n in range(200)], NOW)["ann@c1.com"] == UNKNOWN
        assert time.monotonic() - began < 10

        began = time.monotonic()
        with django_assert_num_queries(1):
            assert check(["ann@other.com"], NOW) == {"ann@other.com": UNKNOWN}
        assert time.monotonic() - began < 1.5


def test_dns_is_asked_again_after_a_minute(dns):
    check(["ann@broken.com"], NOW)
    assert check(["ann@acme.com"], NOW) == {"ann@acme.com": UNKNOWN}

    for name in mail_domains._quiet_until:
        mail_domains._quiet_until[name] -= mail_domains._QUIET_FOR

    assert check(["ann@acme.com"], NOW) == {"ann@acme.com": FINE}


def test_a_domain_in_trouble_does_not_keep_the_others(dns):
    assert undeliverable(["ann@broken.com", "bob@acme.com", "cid@gone.com"], NOW) == {
        "cid@gone.com": "There is no domain gone.com."
    }
    assert check(["dan@bare.com"], NOW) == {"dan@bare.com": FINE}


# ---- before the first survey


def test_before_the_first_survey_bad_addresses_are_suppressed(dns):
    workspace = a_workspace()
    good = a_customer(workspace, email="ann@acme.com")
    bad = a_customer(workspace, email="bob@gone.com")
    unknown = a_customer(workspace, email="cid@broken.com")

    found = check_before_first_survey([good, bad, unknown], NOW)

    assert found == {bad.id: "There is no domain gone.com."}
    for customer in (good, bad, unknown):
        customer.refresh_from_db()
    assert good.address_checked_at == bad.address_checked_at == bad.undeliverable_at == NOW
    assert (unknown.address_checked_at, good.undeliverable_at) == (None, None)
    [suppression] = Suppression.objects.all()
    assert (suppression.pattern, suppression.reason) == ("bob@gone.com", "undeliverable")
    assert suppression.note == "There is no domain gone.com."
    assert suppression.how == "address check"


def test_an_address_is_checked_once(dns):
    customer = a_customer(a_workspace(), email="bob@gone.com", address_checked_at=NOW)

    assert check_before_first_survey([customer], NOW) == {}
    assert dns.asked == []


@pytest.mark.parametrize("count", [1, 40])
def test_its_queries_do_not_depend_on_how_many(dns, count, django_assert_max_num_queries):
    workspace = a_workspace()
    good = [a_customer(workspace, email=f"a{n}@acme.com") for n in range(count)]
    bad = [a_customer(workspace, email=f"b{n}@gone.com") for n in range(count)]

    with django_assert_max_num_queries(11):
        found = check_before_first_survey([*good, *bad], NOW)

    assert set(found) == {customer.id for customer in bad}


def test_checking_twice_changes_nothing(dns):
    customer = a_customer(a_workspace(), email="bob@gone.com")

    for _ in range(2):
        assert check_before_first_survey([customer], NOW)

    assert Suppression.objects.count() == 1


def test_no_customers_cost_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert check_before_first_survey([], NOW) == {}


# ---- by hand


def test_by_hand_an_address_that_is_fine_by_now_is_let_go(dns):
    customer = a_customer(a_workspace(), email="bob@late.com")
    check_before_first_survey([customer], NOW)
    dns.zones["late.com"] = {"MX": ["10 mx.acme.com."]}

    finding = check_again(customer, NOW + timedelta(minutes=1))

    customer.refresh_from_db()
    assert finding == FINE
    assert customer.undeliverable_at is None
    assert customer.address_checked_at == NOW + timedelta(minutes=1)
    assert not Suppression.objects.filter(ended_at=None).exists()


def test_by_hand_only_what_the_check_had_found_is_let_go(dns):
    customer = a_customer(a_workspace(), email="ann@acme.com")
    suppress(customer.workspace_id, customer.address, BOUNCED, how="bounce", now=NOW)

    check_again(customer, NOW)

    customer.refresh_from_db()
    assert customer.hard_bounced_at == NOW


def test_by_hand_with_dns_away_nothing_changes(asks):
    asks()
    customer = a_customer(a_workspace(), email="bob@gone.com")

    assert check_again(customer, NOW) == UNKNOWN

    customer.refresh_from_db()
    assert customer.address_checked_at is None


@pytest.mark.parametrize(
    ("email", "says"),
    [
        ("ann@acme.com", "Mail to ann@acme.com can be delivered."),
        ("ann@gone.com", "cannot be delivered: There is no domain gone.com."),
        ("ann@broken.com", "nothing has changed"),
    ],
)
def test_the_button_says_what_was_found(client, dns, email, says):
    member = a_member(role=Role.MEMBER)
    client.force_login(member.user)
    customer = a_customer(member.workspace, email=email)
    profile = client.get(f"/customers/{customer.id}").content.decode()
    assert "Check the address again" in profile

    html = client.post(f"/customers/{customer.id}/address-check", follow=True).content.decode()

    assert says in html


def test_analysts_and_outsiders_cannot_check(client, dns):
    customer = a_customer(a_workspace(), email="bob@gone.com")
    address = f"/customers/{customer.id}/address-check"

    client.force_login(a_member(customer.workspace, Role.ANALYST).user)
    assert client.post(address).status_code == 403
    assert "Check the address" not in client.get(f"/customers/{customer.id}").content.decode()
    client.force_login(a_member(role=Role.OWNER).user)
    assert client.post(address).status_code == 404
    assert not Suppression.objects.exists()
