"""Keeps connections that users may direct out of the operator's own networks.

A name is resolved once, every address it has must be allowed, and the connection is made to an
address that was checked: a name that answers differently the next time gains nothing. Never
match names or the text of addresses: the system reads 0x7f.1 and many others as 127.0.0.1.
"""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Special-purpose ranges by IANA's registries (RFC 6890) that some versions of Python's
# `is_global` let through, and those in which an IPv4 address is embedded.
_FORBIDDEN = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared address space
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible, with :: and ::1
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",
        "2001::/23",  # Teredo and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",  # site-local, once
        "ff00::/8",
    )
)
_NAT64 = ip_network("64:ff9b::/96")


class EgressRefused(OSError):
    """An address that may not be connected to; its text is safe to show."""


class _Target(NamedTuple):
    """An address as the socket module wants it."""

    family: int
    at: tuple[str, int] | tuple[str, int, int, int]


def is_allowed(address: Address, allow: Sequence[Network] = ()) -> bool:
    """Whether it is on the public internet, or in a network of `allow`."""
    if isinstance(address, IPv6Address):
        if inner := address.ipv4_mapped:
            return is_allowed(inner, allow)
        if address.scope_id is not None:
            return False
    if any(address.version == network.version and address in network for network in allow):
        return True
    if isinstance(address, IPv6Address) and address in _NAT64:
        return is_allowed(IPv4Address(address.packed[-4:]), allow)
    return address.is_global and not any(
        address.version == network.version and address in network for network in _FORBIDDEN
    )


def connect(host: str, port: int, allow: Sequence[Network], timeout: float) -> socket.socket:
    """Return a connected socket, which keeps `timeout` seconds for each of its operations.

    Raise EgressRefused, or another OSError.
    """
    failure: OSError = OSError(f"{host} has no address")
    for family, at in _checked(host, _resolve(host, port), allow):
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout)
            connection.connect(at)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


async def connect_async(host: str, port: int, allow: Sequence[Network]) -> socket.socket:
    """The same for an event loop: the socket never blocks. The caller limits the time."""
    loop = asyncio.get_running_loop()
    targets = await asyncio.to_thread(_resolve, host, port)
    failure: OSError = OSError(f"{host} has no address")
    for family, at in _checked(host, targets, allow):
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            await loop.sock_connect(connection, at)
        except OSError as error:
            connection.close()
            failure = error
        except asyncio.CancelledError:  # the caller's time is up
            connection.close()
            raise
        else:
            return connection
    raise failure


def _resolve(host: str, port: int) -> list[_Target]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a label that is empty or too long
        raise OSError(f"{host!r} is no name of a host") from None
    return [_Target(family, at) for family, _, _, _, at in found if isinstance(at[0], str)]


def _checked(host: str, targets: Sequence[_Target], allow: Sequence[Network]) -> Sequence[_Target]:
    """Return `targets` if all are allowed: one that is not shows what the name is for."""
    for target in targets:
        address: Address | None = None
        with suppress(ValueError):
            address = ip_address(target.at[0])
        if address is None or not is_allowed(address, allow):
            raise EgressRefused(
                f"{host} is on a private network, where Afterword does not connect to by itself. "
                "If it should, add the network to AFTERWORD_EGRESS_ALLOW."
            )
    return targets
