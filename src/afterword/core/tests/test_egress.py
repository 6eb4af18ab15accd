"""Where users may not direct connections, whatever they call it."""

import asyncio
import socket
from collections.abc import Iterator
from ipaddress import ip_address, ip_network

import pytest

from afterword.core import egress
from afterword.core.egress import EgressRefused, connect, connect_async, is_allowed

LOOPBACK = (ip_network("127.0.0.0/8"),)
FORBIDDEN = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 127.0.0.1 127.255.0.1 169.254.169.254
    172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.170 192.0.2.1 192.88.99.1 192.168.1.1
    192.175.48.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1
    255.255.255.255 :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1
    ::ffff:169.254.169.254 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b:1::1 100::1 2001::1
    2001:0:4136:e378::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1
    2620:4f:8000::1 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%1 2606:4700::1%1
    fec0::1 ff02::1 ff0e::1
""".split()  # noqa: SIM905
PUBLIC = """
    1.1.1.1 8.8.8.8 9.9.9.9 11.0.0.1 93.184.216.34 100.63.255.255 100.128.0.1 126.1.1.1
    128.1.1.1 169.253.1.1 172.15.1.1 172.32.1.1 192.0.1.1 192.167.1.1 193.0.0.1 198.17.1.1
    198.20.1.1 223.255.255.255 2606:4700::1111 2a00:1450::1 2001:4860:4860::8888
    64:ff9b::8.8.8.8 ::ffff:8.8.8.8
""".split()  # noqa: SIM905


@pytest.fixture
def listener() -> Iterator[tuple[socket.socket, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        yield listening, listening.getsockname()[1]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_is_not_on_the_public_internet_is_forbidden(text):
    assert not is_allowed(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_public_is_allowed(text):
    assert is_allowed(ip_address(text))


def test_the_operator_may_allow_networks_of_their_own():
    allow = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))

    assert is_allowed(ip_address("10.1.2.3"), allow)
    assert is_allowed(ip_address("::ffff:10.1.2.3"), allow)
    assert is_allowed(ip_address("fd00::1"), allow)
    assert not is_allowed(ip_address("10.2.0.1"), allow)
    assert not is_allowed(ip_address("::1"), allow)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0177.0.0.1", "0x7f.1", "2130706433", "127.1", "0", "::1", "::",
     "::ffff:127.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "LOCALHOST"],
)  # fmt: skip
def test_no_way_of_writing_an_address_leads_inside(host, listener):
    listening, port = listener

    for attempt in (
        lambda: connect(host, port, (), 1.0),
        lambda: asyncio.run(connect_async(host, port, ())),
    ):
        with pytest.raises(OSError, match=r"."):
            attempt().close()

    with pytest.raises(TimeoutError):
        listening.accept()


def test_one_forbidden_address_among_several_forbids_the_name(monkeypatch, listener):
    _, port = listener
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", port)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)

    with pytest.raises(EgressRefused, match="AFTERWORD_EGRESS_ALLOW"):
        connect("both.example", port, (), 1.0)


def test_a_name_is_asked_for_once_and_the_answer_that_was_checked_is_used(monkeypatch, listener):
    listening, port = listener
    at = ("127.0.0.1", port)
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", at)]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))

    connect("rebinding.example", port, LOOPBACK, 1.0).close()

    listening.accept()[0].close()


def test_what_is_allowed_is_connected_to_in_both_ways(listener):
    listening, port = listener

    async def connected() -> socket.socket:
        return await connect_async("127.0.0.1", port, LOOPBACK)

    for found in (connect("127.0.0.1", port, LOOPBACK, 1.0), asyncio.run(connected())):
        found.close()
        listening.accept()[0].close()


def test_a_failed_connection_leaves_nothing_open(listener):
    listening, port = listener
    listening.close()

    with pytest.raises(ConnectionRefusedError):
        connect("127.0.0.1", port, LOOPBACK, 1.0)
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(connect_async("127.0.0.1", port, LOOPBACK))


def test_a_host_that_is_no_name_is_an_error_like_any_other():
    with pytest.raises(OSError, match="no name"):
        egress.connect("a" * 64 + ".example", 25, (), 1.0)
