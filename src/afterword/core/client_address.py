"""Whose request it is that proxies have passed on. Pure."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address


def client_address(
    peer: str, forwarded_for: str, trusted: Collection[IPv4Network | IPv6Network]
) -> str:
    """Return the nearest address that is no trusted proxy's.

    To `forwarded_for` (X-Forwarded-For) each proxy adds whom it was called by. So it is read from
    the right, and only as far as proxies that are trusted wrote it: the rest is anybody's word.
    """
    address = peer
    for hop in reversed(forwarded_for.split(",")):
        parsed, caller = _parsed(address), _parsed(hop)
        if parsed is None or caller is None or not any(parsed in network for network in trusted):
            break
        address = str(caller)
    return address


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, perhaps with a port: `192.0.2.1:443`, `[2001:db8::1]:443`."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
