"""Sender domains and a real DNS server: what is verified, when, and by whom it is used."""

from datetime import timedelta
from functools import cache
from itertools import cycle

import dkim
import pytest
from django.utils import timezone

from afterword.core.name_servers import NameServer
from afterword.mail.message.dkim import new_private_key, public_key
from afterword.mail.models import SenderDomain
from afterword.mail.senders import domains, find, keys
from afterword.mail.senders.domains import DomainRefused, add, check, check_all_due, remove
from afterword.mail.senders.keys import ask_for_new_key
from afterword.mail.servers.find import set_own
from afterword.workspaces.models import Role
from tests.dns_server import dns_server
from tests.factories import (
    NOW,
    a_campaign,
    a_member,
    a_sender_domain,
    a_sent_survey,
    a_workspace,
)

pytestmark = pytest.mark.django_db
PAGE = "/settings/sender-domains"
HOUR_AGO = timedelta(hours=-1)


@pytest.fixture
def server(asks):
    with dns_server({"acme.com": {"A": ["192.0.2.1"]}}) as server:
        asks(server.address)
        yield server


@cache
def keys_made_before() -> tuple[str, ...]:
    """So many that none is a domain's present and its next key."""
    return tuple(new_private_key() for _ in range(3))


@pytest.fixture(autouse=True)
def _made_before(monkeypatch):
    """Give new keys by turns: a key takes longer to make than all else that a test does."""
    turns = cycle(keys_made_before())
    monkeypatch.setattr(keys, "new_private_key", lambda: next(turns))
    monkeypatch.setattr(keys, "public_key", cache(public_key))


@pytest.fixture
def asks(settings):
    """Let DNS be asked at these servers."""
    from dataclasses import replace

    def ask(*servers: NameServer) -> None:
        settings.CONFIGURATION = replace(settings.CONFIGURATION, dns=servers)

    return ask


def publish(server, domain: SenderDomain, **others: str) -> None:
    publish_key(server, domain.name, domain.selector, domain.public_key)
    for host, value in others.items():
        server.zones[host] = {"TXT": [_split(value)]}


def publish_key(server, name: str, selector: str, key: str) -> None:
    server.zones[f"{selector}._domainkey.{name}"] = {"TXT": [_split(f"v=DKIM1; k=rsa; p={key}")]}


def publish_next(server, domain: SenderDomain) -> None:
    publish_key(server, domain.name, domain.next_selector, domain.next_public_key)


def a_domain_with_a_next_key(server, **fields) -> SenderDomain:
    """A verified domain; DNS has the record of its present key."""
    domain = a_sender_domain(a_workspace(sender_address="hello@acme.com"), **fields)
    publish(server, domain)
    assert ask_for_new_key(domain)
    domain.refresh_from_db()
    return domain


def signed_with(domain: SenderDomain) -> str | None:
    """The selector that mail is signed with now."""
    [(_, sender)] = find.senders_now([domain.workspace])
    return sender.signer.selector if sender.signer else None


def _split(value: str) -> str:
    return " ".join(f'"{value[i : i + 255]}"' for i in range(0, len(value), 255))


def statuses(domain: SenderDomain) -> dict[str, str]:
    return {kind: finding["status"] for kind, finding in domain.findings.items()}


def test_a_domain_is_verified_once_dns_has_its_key(server):
    domain = add(a_workspace(), "Acme.com")
    check(domain, NOW)
    assert (statuses(domain)["dkim"], domain.verified_at) == ("missing", None)

    publish(server, domain)
    check(domain, NOW + timedelta(minutes=1))

    domain.refresh_from_db()
    assert domain.verified_at == domain.checked_at == NOW + timedelta(minutes=1)
    assert statuses(domain) == {"dkim": "found", "spf": "missing", "dmarc": "missing"}


def test_every_record_is_looked_up(server):
    domain = add(a_workspace(), "acme.com")
    publish(server, domain)
    server.zones["acme.com"] = {"TXT": ['"v=spf1 mx ~all"', '"other"']}
    server.zones["_dmarc.acme.com"] = {"TXT": ['"v=DMARC1; p=none"']}

    check(domain, NOW)

    assert set(statuses(domain).values()) == {"found"}


def test_where_dns_is_away_what_was_found_stands(server, asks):
    domain = add(a_workspace(), "acme.com")
    publish(server, domain)
    check(domain, NOW)

    asks()
    check(domain, NOW + timedelta(days=1))

    domain.refresh_from_db()
    assert domain.verified_at == NOW
    assert domain.checked_at == NOW
    assert statuses(domain)["dkim"] == "found"
    assert domain.findings["dkim"]["away"]


def test_a_closed_network_that_denies_every_name_is_not_believed(asks):
    domain = a_sender_domain(a_workspace())

    with dns_server({}) as closed:
        asks(closed.address)
        check(domain, NOW + timedelta(days=1))

    assert domain.verified_at == NOW
    assert statuses(domain)["dkim"] == "away"


def test_a_key_that_is_gone_verifies_no_more(server):
    domain = add(a_workspace(), "acme.com")
    publish(server, domain)
    check(domain, NOW)

    del server.zones[f"{domain.selector}._domainkey.acme.com"]
    check(domain, NOW + timedelta(days=1))

    assert (statuses(domain)["dkim"], domain.verified_at) == ("missing", None)


@pytest.mark.parametrize(
    "trouble", ["silent", "SERVFAIL", "garbage", {"CNAME": ["b.com."]}, {"TXT": ['"\\000\\255"']}]
)
def test_trouble_at_the_key_verifies_nothing(server, trouble):
    domain = add(a_workspace(), "acme.com")
    server.zones[f"{domain.selector}._domainkey.acme.com"] = trouble
    server.zones["b.com"] = {"CNAME": [f"{domain.selector}._domainkey.acme.com."]}

    check(domain, NOW)

    domain.refresh_from_db()
    assert domain.verified_at is None


def test_huge_and_many_texts_are_read(server):
    domain = add(a_workspace(), "acme.com")
    publish(server, domain)
    junk = " ".join(['"' + "x" * 250 + '"'] * 30)
    server.zones["acme.com"] = {"TXT": [junk, '"v=spf1 mx ~all"', *(f'"t{n}"' for n in range(90))]}

    check(domain, NOW)

    assert statuses(domain)["spf"] == "found"


@pytest.mark.slow
def test_by_the_clock_each_is_checked_once_a_day(server, django_assert_max_num_queries):
    names = [f"acme{n}.com" for n in range(30)]
    for name in names:
        domain = a_sender_domain(a_workspace(), name, checked_at=NOW, verified_at=None)
        publish(server, domain)

    assert check_all_due(NOW + timedelta(hours=23)) == 0
    with django_assert_max_num_queries(6):  # domains, servers, and an update in its transaction
        assert check_all_due(NOW + timedelta(hours=24)) == 30
    assert check_all_due(NOW + timedelta(hours=25)) == 0
    assert not SenderDomain.objects.filter(verified_at=None).exists()


def test_a_key_of_another_workspace_verifies_nothing(server):
    theirs = add(a_workspace(), "acme.com")
    publish(server, theirs)
    ours = add(a_workspace(), "acme.com")

    check(ours, NOW)

    assert ours.verified_at is None


# ---- a new key


def test_a_next_key_takes_over_once_dns_has_it_and_no_mail_goes_unsigned(server):
    domain = a_domain_with_a_next_key(server)
    old, following = domain.selector, domain.next_selector

    check(domain, NOW)
    assert statuses(domain)["next_dkim"] == "missing"
    assert signed_with(domain) == old != following

    publish_next(server, domain)
    check(domain, NOW + timedelta(hours=1))

    domain.refresh_from_db()
    assert signed_with(domain) == domain.selector == following
    assert (domain.old_selector, domain.key_changed_at) == (old, NOW + timedelta(hours=1))
    assert (domain.next_selector, domain.next_sealed_private_key) == ("", "")
    assert statuses(domain) == {"dkim": "found", "spf": "missing", "dmarc": "missing"}
    del server.zones[f"{old}._domainkey.acme.com"]
    check(domain, NOW + timedelta(days=8))
    assert domain.verified_at == NOW


def test_what_is_signed_with_the_next_key_verifies_by_its_record(server):
    domain = a_domain_with_a_next_key(server)
    publish_next(server, domain)
    record = f"v=DKIM1; k=rsa; p={domain.next_public_key}".encode()

    check(domain, NOW)

    [(_, sender)] = find.senders_now([domain.workspace])
    assert sender.signer
    signed = sender.signer.sign(b"From: hello@acme.com\r\n\r\nx\r\n")
    assert dkim.verify(signed, dnsfunc=lambda name, timeout=5: record)


def test_by_the_clock_the_next_key_takes_over_too(server):
    domain = a_domain_with_a_next_key(server, checked_at=NOW)
    publish_next(server, domain)

    assert check_all_due(NOW + timedelta(days=1)) == 1

    assert signed_with(domain) == domain.next_selector


@pytest.mark.parametrize("trouble", ["silent", "SERVFAIL", {"TXT": ['"v=DKIM1; p=other"']}])
def test_the_present_key_signs_while_dns_has_no_next_one(server, trouble):
    domain = a_domain_with_a_next_key(server)
    server.zones[f"{domain.next_selector}._domainkey.acme.com"] = trouble

    check(domain, NOW)

    assert signed_with(domain) == domain.selector
    assert domain.verified_at


def test_a_domain_that_lost_its_record_comes_back_with_the_next_key(server):
    domain = a_domain_with_a_next_key(server, verified_at=None)
    server.zones.pop(f"{domain.selector}._domainkey.acme.com")
    publish_next(server, domain)

    check(domain, NOW)

    domain.refresh_from_db()
    assert signed_with(domain) == domain.selector
    assert domain.verified_at == NOW


def test_a_next_key_that_waits_is_kept_when_another_is_asked_for(server):
    domain = a_domain_with_a_next_key(server)

    assert not ask_for_new_key(domain)

    following = domain.next_selector
    domain.refresh_from_db()
    assert domain.next_selector == following


def test_two_who_find_the_next_key_at_once_change_it_once(server):
    domain = a_domain_with_a_next_key(server)
    publish_next(server, domain)
    other = SenderDomain.objects.get()
    old = domain.selector

    check(domain, NOW)
    check(other, NOW)

    assert (other.selector, other.old_selector) == (domain.selector, old)
    assert signed_with(domain) == domain.selector != old


def test_a_domain_that_is_removed_meanwhile_stays_so(server):
    domain = a_domain_with_a_next_key(server)
    publish_next(server, domain)
    SenderDomain.objects.all().delete()

    check(domain, NOW)

    assert not SenderDomain.objects.exists()


def test_a_check_that_began_before_leaves_a_next_key_alone(server):
    earlier = a_sender_domain(a_workspace())
    ask_for_new_key(SenderDomain.objects.get())

    check(earlier, NOW)

    assert SenderDomain.objects.get().next_selector


# ---- what can be added


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ACME.com.", "acme.com"),
        ("surveys@acme.com", "acme.com"),
        ("@acme.com", "acme.com"),
        ("https://acme.com/shop", "acme.com"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("ask.acme.co.uk", "ask.acme.co.uk"),
    ],
)
def test_a_domain_is_read_as_people_write_it(text, name):
    assert add(a_workspace(), text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acme",
        "acme..com",
        "-acme.com",
        "192.0.2.1",
        "a" * 64 + ".com",
        ".".join(["label"] * 50),  # 299 characters
        ".".join(["a" * 60] * 3) + "." + "b" * 50 + ".com",  # no room for the selector
        "acme com",
        "<script>",
        "acme.com\x00",
        "\ud800.com",
    ],
)
def test_what_is_no_domain_is_refused(text):
    with pytest.raises(DomainRefused):
        add(a_workspace(), text)


def test_a_domain_is_added_once_to_a_workspace():
    workspace = a_workspace()
    add(workspace, "acme.com")

    with pytest.raises(DomainRefused, match="already"):
        add(workspace, "ACME.com")


def test_the_private_key_is_stored_sealed():
    domain = add(a_workspace(), "acme.com")

    assert "PRIVATE" not in domain.sealed_private_key
    assert find._signer(domain.name, domain.selector, domain.sealed_private_key)


def test_removing_a_domain_gives_up_its_address():
    workspace = a_workspace(sender_address="hello@acme.com")
    domain = a_sender_domain(workspace)

    remove(domain)

    workspace.refresh_from_db()
    assert workspace.sender_address == ""
    assert not workspace.sender_domains.exists()


# ---- the page


def test_the_page_shows_the_records_to_publish(client):
    member = a_member()
    client.force_login(member.user)

    response = client.post(PAGE, {"name": "acme.com"}, follow=True)

    html = response.content.decode()
    domain = SenderDomain.objects.get()
    assert f'value="{domain.selector}._domainkey.acme.com"' in html
    assert f'value="v=DKIM1; k=rsa; p={domain.public_key}"' in html
    assert 'value="v=spf1 mx a ~all"' in html
    assert 'value="v=DMARC1; p=none"' in html
    assert "Not verified" in html
    assert domain.sealed_private_key not in html


@pytest.mark.parametrize(
    ("signed", "sent_at", "is_told"),
    [(False, HOUR_AGO, True), (True, HOUR_AGO, False), (False, 25 * HOUR_AGO, False)],
)
def test_whoever_sends_much_unsigned_is_told_what_receivers_do(
    client, monkeypatch, signed, sent_at, is_told
):
    monkeypatch.setattr("afterword.sending.templatetags.bulk.BULK", 2)
    member = a_member(a_workspace(sender_address="hello@acme.com" if signed else ""))
    set_own(member.workspace, "smtp://mail.acme.com")
    if signed:
        a_sender_domain(member.workspace)
    campaign = a_campaign(member.workspace)
    for _ in range(2):
        a_sent_survey(campaign, sent_at=timezone.now() + sent_at)
    client.force_login(member.user)

    page = client.get(PAGE).content.decode()

    assert ("Gmail, Yahoo and Outlook refuse" in page) == is_told


def test_check_now_says_what_was_found(client, server, asks):
    member = a_member()
    client.force_login(member.user)
    domain = add(member.workspace, "acme.com")
    address = f"{PAGE}/{domain.id}/check"

    assert "is not verified yet" in client.post(address, follow=True).content.decode()
    publish(server, domain)
    assert "is verified: its mail is signed" in client.post(address, follow=True).content.decode()
    asks()
    html = client.post(address, follow=True).content.decode()
    assert "could not be asked about acme.com" in html
    assert "this is what was found before" in html
    assert ">Verified<" in html


def test_a_new_key_is_asked_for_and_followed_on_the_page(client, server):
    member = a_member()
    client.force_login(member.user)
    domain = a_sender_domain(member.workspace)
    publish(server, domain)
    old = f"{domain.selector}._domainkey.acme.com"

    html = client.post(f"{PAGE}/{domain.id}/new-key", follow=True).content.decode()

    domain.refresh_from_db()
    assert "acme.com has a next key. Publish its record" in html
    assert f'value="{old}"' in html
    assert f'value="{domain.next_selector}._domainkey.acme.com"' in html
    assert f'value="v=DKIM1; k=rsa; p={domain.next_public_key}"' in html
    assert domain.next_sealed_private_key not in html
    assert "New key for acme.com" not in html
    html = client.post(f"{PAGE}/{domain.id}/new-key", follow=True).content.decode()
    assert "has a next key already" in html

    publish_next(server, domain)
    html = client.post(f"{PAGE}/{domain.id}/check", follow=True).content.decode()

    assert "acme.com has its new key" in html
    assert "Keep the old record" in html
    assert old in html
    for days, words in ((8, "You may remove the old record now"), (31, "")):
        SenderDomain.objects.update(key_changed_at=timezone.now() - timedelta(days=days))
        html = client.get(PAGE).content.decode()
        assert "Keep the old record" not in html
        assert (old in html) == bool(words)
        assert words in html


def test_what_dns_holds_is_shown_as_text(client, server):
    member = a_member()
    client.force_login(member.user)
    add(member.workspace, "acme.com")
    server.zones["acme.com"] = {"TXT": ['"v=spf1 <script>alert(1)</script>"']}

    html = client.post(f"{PAGE}/{SenderDomain.objects.get().id}/check", follow=True).content

    assert b"<script>alert" not in html
    assert b"&lt;script&gt;alert" in html


def test_the_address_is_chosen_at_a_verified_domain(client):
    member = a_member()
    client.force_login(member.user)
    a_sender_domain(member.workspace)

    html = client.post(
        "/settings/sender-address", {"local": "hello", "domain": "acme.com"}, follow=True
    ).content.decode()

    member.workspace.refresh_from_db()
    assert member.workspace.sender_address == "hello@acme.com"
    assert "Survey mails come from hello@acme.com" in html
    client.post("/settings/sender-address", {"local": "", "domain": "acme.com"})
    member.workspace.refresh_from_db()
    assert member.workspace.sender_address == ""


@pytest.mark.parametrize(
    "given",
    [
        {"local": "hello", "domain": "unverified.com"},
        {"local": "hello", "domain": "theirs.com"},
        {"local": "hello", "domain": ""},
        {"local": "hello", "domain": "acme.com\r\nBcc: x"},
        {"local": "he llo", "domain": "acme.com"},
        {"local": "héllo", "domain": "acme.com"},
        {"local": "x@evil.com,a", "domain": "acme.com"},
        {"local": "a" * 65, "domain": "acme.com"},
        {"local": "a\x00", "domain": "acme.com"},
    ],
)
def test_no_other_address_can_be_chosen(client, given):
    member = a_member()
    client.force_login(member.user)
    a_sender_domain(member.workspace)
    a_sender_domain(member.workspace, "unverified.com", verified_at=None)
    a_sender_domain(a_workspace(), "theirs.com")

    response = client.post("/settings/sender-address", given)

    member.workspace.refresh_from_db()
    assert response.status_code == 422
    assert member.workspace.sender_address == ""


def test_a_wrong_domain_is_explained(client):
    client.force_login(a_member().user)

    response = client.post(PAGE, {"name": "not a domain"})

    assert response.status_code == 422
    assert "This is not a domain" in response.content.decode()


def test_a_domain_is_removed_after_a_question(client):
    member = a_member()
    client.force_login(member.user)
    domain = a_sender_domain(member.workspace)
    address = f"{PAGE}/{domain.id}/removal"

    assert "Remove acme.com?" in client.get(address).content.decode()
    assert SenderDomain.objects.exists()
    client.post(address)
    assert not SenderDomain.objects.exists()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ANALYST])
def test_only_administrators_see_the_page(client, role):
    member = a_member(role=role)
    domain = a_sender_domain(member.workspace)
    client.force_login(member.user)

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"name": "b.com"}).status_code == 403
    for action in ("check", "new-key", "removal"):
        assert client.post(f"{PAGE}/{domain.id}/{action}").status_code == 403
    assert client.post("/settings/sender-address", {"local": "x"}).status_code == 403


def test_outsiders_find_no_domain_of_others(client):
    domain = a_sender_domain(a_workspace(), "theirs.com")
    client.force_login(a_member(role=Role.ADMIN).user)

    assert "theirs.com" not in client.get(PAGE).content.decode()
    for action in ("check", "new-key", "removal"):
        assert client.post(f"{PAGE}/{domain.id}/{action}").status_code == 404
    assert SenderDomain.objects.get().next_selector == ""


def test_at_most_so_many_domains_are_added(monkeypatch):
    monkeypatch.setattr(domains, "MOST", 1)
    workspace = a_workspace()
    a_sender_domain(workspace)

    with pytest.raises(DomainRefused, match="at most 1"):
        add(workspace, "b.com")
