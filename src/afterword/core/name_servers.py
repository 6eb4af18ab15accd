"""Where to ask DNS, as a setting gives it."""

from dataclasses import dataclass
from ipaddress import ip_address

from afterword.core.environment import integer, list_of


@dataclass(frozen=True)
class NameServer:
    """A DNS server, by its IP address."""

    address: str
    port: int = 53


def parse_name_servers(text: str) -> tuple[NameServer, ...]:
    """Return the servers; none where DNS is `off`. Raises ValueError that says what is right."""
    return () if text == "off" else list_of(_name_server)(text)


def _name_server(text: str) -> NameServer:
    address, port = text, "53"
    if text.startswith("[") or text.count(":") == 1:  # more colons are an IPv6 address alone
        address, _, port = text.rpartition(":")
    try:
        return NameServer(
            str(ip_address(address.removeprefix("[").removesuffix("]"))), integer(1, 65535)(port)
        )
    except ValueError:
        raise ValueError(
            f"{text!r} is not the IP address of a DNS server, such as 10.0.0.2 or "
            "127.0.0.1:5353, nor off."
        ) from None
