"""A real DNS server for tests, on UDP and TCP: it has the zones it is given, and their faults."""

import socket
import socketserver
import threading
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import ClassVar

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from afterword.core.name_servers import NameServer

# name: {type: values as zone files have them}; a name with a fault has the fault's name instead.
Zones = Mapping[str, Mapping[str, Iterable[str]] | str]
OUTSIDE: Zones = {"com": {"NS": ["a.gtld-servers.net."]}}  # what every resolver of the world knows
FAULTS = ("silent", "garbage", "SERVFAIL", "REFUSED")


class DnsServer:
    """Answers from `zones`, which may be changed while it runs; NXDOMAIN for all the rest."""

    def __init__(self, zones: Zones, port: int) -> None:
        self.zones = dict(zones)
        self.asked: list[tuple[str, str]] = []
        self.over_tcp: list[str] = []
        self.address = NameServer("127.0.0.1", port)

    def answer(self, query: bytes, limit: int) -> bytes | None:
        """The answer in at most `limit` octets; None to stay silent."""
        message = dns.message.from_wire(query)
        name = message.question[0].name.to_text(omit_final_dot=True).lower()
        type_ = dns.rdatatype.to_text(message.question[0].rdtype)
        self.asked.append((name, type_))
        response = dns.message.make_response(message)
        response.flags |= dns.flags.RA
        match self.zones.get(name):
            case "silent":
                return None
            case "garbage":
                return query[:2] + b"\xff" * 40
            case "SERVFAIL" | "REFUSED" as code:
                response.set_rcode(dns.rcode.from_text(code))
            case None if not self._has_below(name):
                response.set_rcode(dns.rcode.NXDOMAIN)
            case _:
                self._add_records(response, name, type_)
        room = min(limit, max(message.payload, 512)) if limit else 65535
        wire = response.to_wire(max_size=65535)
        return wire if len(wire) <= room else _truncated(response)

    def _add_records(self, response: dns.message.Message, name: str, type_: str) -> None:
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            records = self.zones.get(name, {})
            assert isinstance(records, Mapping)
            if values := list(records.get(type_, ())):
                _add(response, name, type_, values)
            if not (alias := list(records.get("CNAME", ()))):
                return
            _add(response, name, "CNAME", alias)
            name = alias[0].rstrip(".")

    def _has_below(self, name: str) -> bool:
        return any(known.endswith(f".{name}") for known in self.zones)


def _add(response: dns.message.Message, name: str, type_: str, values: list[str]) -> None:
    response.answer.append(dns.rrset.from_text_list(f"{name}.", 60, "IN", type_, values))


def _truncated(response: dns.message.Message) -> bytes:
    response.answer.clear()
    response.flags |= dns.flags.TC
    return response.to_wire()


class _Udp(socketserver.BaseRequestHandler):
    server: "_UdpServer"

    def handle(self) -> None:
        query, port = self.request
        if answer := self.server.dns.answer(query, limit=1232):
            port.sendto(answer, self.client_address)


class _Tcp(socketserver.StreamRequestHandler):
    server: "_TcpServer"

    def handle(self) -> None:
        length = int.from_bytes(self.rfile.read(2))
        query = self.rfile.read(length)
        self.server.dns.over_tcp.append(query.hex())
        if answer := self.server.dns.answer(query, limit=0):
            self.wfile.write(len(answer).to_bytes(2) + answer)


class _UdpServer(socketserver.ThreadingUDPServer):
    dns: DnsServer
    daemon_threads: ClassVar[bool] = True  # type: ignore[misc]


class _TcpServer(socketserver.ThreadingTCPServer):
    dns: DnsServer
    allow_reuse_address: ClassVar[bool] = True  # type: ignore[misc]
    daemon_threads: ClassVar[bool] = True  # type: ignore[misc]


@contextmanager
def dns_server(zones: Zones | None = None) -> Generator[DnsServer]:
    """Run one on a free port of both protocols; it knows .com beside its zones, unless {}."""
    known = {} if zones == {} else {**OUTSIDE, **(zones or {})}
    with _on_a_free_port() as (udp, tcp):
        udp.dns = tcp.dns = server = DnsServer(known, udp.server_address[1])
        threads = [threading.Thread(target=one.serve_forever, args=(0.05,)) for one in (udp, tcp)]
        for thread in threads:
            thread.start()
        try:
            yield server
        finally:
            udp.shutdown()
            tcp.shutdown()
            for thread in threads:
                thread.join()


@contextmanager
def _on_a_free_port() -> Generator[tuple[_UdpServer, _TcpServer]]:
    while True:
        with _UdpServer(("127.0.0.1", 0), _Udp) as udp:
            try:
                tcp = _TcpServer(udp.server_address, _Tcp)
            except OSError:  # someone has that port of TCP
                continue
            with tcp:
                yield udp, tcp
            return


@contextmanager
def silent_server() -> Generator[NameServer]:
    """An address where nobody ever answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        yield NameServer(*taken.getsockname())
