"""Sender domains and a real DNS server: what is verified, when, and by whom it is used."""

from datetime import timedelta

import pytest

from afterword.core.name_servers import NameServer
from afterword.mail import sender_domains, senders
from afterword.mail.models import SenderDomain
from afterword.mail.sender_domains import DomainRefused, add, check, check_all_due, remove
from afterword.workspaces.models import Role
from tests.dns_server import dns_server
from tests.factories import NOW, a_member, a_sender_domain, a_workspace

pytestmark = pytest.mark.django_db
PAGE = "/settings/sender-domains"


@pytest.fixture
def server(asks):
    with dns_server({"acme.com": {"A": ["192.0.2.1"]}}) as server:
        asks(server.address)
        yield server


@pytest.fixture
def asks(settings):
    """Let DNS be asked at these servers."""
    from dataclasses import replace

    def ask(*servers: NameServer) -> None:
        settings.CONFIGURATION = replace(settings.CONFIGURATION, dns=servers)

    return ask


def publish(server, domain: SenderDomain, **others: str) -> None:
    server.zones[f"{domain.selector}._domainkey.{domain.name}"] = {
        "TXT": [_split(f"v=DKIM1; k=rsa; p={domain.public_key}")]
    }
    for host, value in others.items():
        server.zones[host] = {"TXT": [_split(value)]}


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
    assert senders._signer(domain.name, domain.selector, domain.sealed_private_key)


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
    for action in ("check", "removal"):
        assert client.post(f"{PAGE}/{domain.id}/{action}").status_code == 403
    assert client.post("/settings/sender-address", {"local": "x"}).status_code == 403


def test_outsiders_find_no_domain_of_others(client):
    domain = a_sender_domain(a_workspace(), "theirs.com")
    client.force_login(a_member(role=Role.ADMIN).user)

    assert "theirs.com" not in client.get(PAGE).content.decode()
    for action in ("check", "removal"):
        assert client.post(f"{PAGE}/{domain.id}/{action}").status_code == 404
    assert SenderDomain.objects.exists()


def test_at_most_so_many_domains_are_added(monkeypatch):
    monkeypatch.setattr(sender_domains, "MOST", 1)
    workspace = a_workspace()
    a_sender_domain(workspace)

    with pytest.raises(DomainRefused, match="at most 1"):
        add(workspace, "b.com")
