"""The settings that Afterword reads from its environment, typed and checked together."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from afterword.core.environment import Environment, SettingError, integer, list_of
from afterword.core.folders import make_data_folder
from afterword.core.name_servers import NameServer, parse_name_servers
from afterword.core.url import split_url
from afterword.mail.servers.address import MailServer, parse_mail_url
from afterword.sending.reports.bounce_settings import (
    ImapMailbox,
    parse_bounce_address,
    parse_bounce_url,
)

__all__ = [
    "Bind",
    "Configuration",
    "SettingError",
    "configuration",
    "read_configuration",
]

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True)
class Bind:
    """Where the web process listens."""

    host: str = "127.0.0.1"
    port: int = 8000

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def reachable(self) -> "Bind":
        """The address to reach it at from this machine: a wildcard becomes the loopback one."""
        return Bind({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host), self.port)  # noqa: S104


@dataclass(frozen=True)
class Configuration:
    """Every setting; `database_url` is None for the embedded PostgreSQL, `mail` for the mailbox."""

    data: Path
    database_url: str | None = field(repr=False)
    bind: Bind
    url: str
    mail: MailServer | None
    given_secret_key: str | None = field(repr=False)
    web_processes: int
    worker_processes: int
    # How long a request may take to arrive, its header and its body each.
    request_seconds: int
    egress_allow: tuple[IPv4Network | IPv6Network, ...]
    # Whose word about the client's address counts.
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    workspace: str
    # None for the system's own; none at all where DNS is not to be asked.
    dns: tuple[NameServer, ...] | None
    # Where bounces go (`bounces@…`, with each survey's id added), and are fetched from.
    bounce_address: str | None
    bounce_mailbox: ImapMailbox | None

    @property
    def hosts(self) -> list[str]:
        """The names that pages are called by: of the public address, of this machine alone, and
        of where we listen.
        """
        public = urlsplit(self.url).hostname or ""
        if not public.isascii():  # as browsers send it
            public = public.encode("idna").decode()
        names = [public, "localhost", "127.0.0.1", "::1", self.bind.host]
        return [f"[{name}]" if ":" in name else name for name in dict.fromkeys(names)]

    @cached_property
    def secret_key(self) -> str:
        """The key of signatures and sessions: the one given, else one made once and kept."""
        return self.given_secret_key or kept_secret(self.data / "secret-key")


@cache
def configuration() -> Configuration:
    """Return the configuration of this process; raises SettingError."""
    return read_configuration(os.environ)


def read_configuration(environ: Mapping[str, str]) -> Configuration:
    """Return the settings in `environ`; raises SettingError that names every wrong one."""
    env = Environment(environ, "AFTERWORD_")
    bind = env.read("BIND", parse_bind, Bind())
    found = Configuration(
        data=env.read("DATA", parse_folder, default_data()),
        database_url=env.read("DATABASE_URL", parse_database_url, None),
        bind=bind,
        url=env.read("URL", parse_url, f"http://{bind.reachable}"),
        mail=env.read("MAIL_URL", parse_mail_url, None),
        given_secret_key=env.read("SECRET_KEY", parse_secret_key, None),
        web_processes=env.read("WEB_PROCESSES", integer(1, 64), 1),
        worker_processes=env.read("WORKER_PROCESSES", integer(1, 64), 1),
        request_seconds=env.read("REQUEST_SECONDS", integer(1, 600), 30),
        egress_allow=env.read("EGRESS_ALLOW", list_of(parse_network), ()),
        trusted_proxies=env.read("TRUSTED_PROXIES", parse_proxies, LOOPBACK),
        workspace=env.read("WORKSPACE", parse_name, "Demo"),
        dns=env.read("DNS", parse_name_servers, None),
        bounce_address=env.read("BOUNCE_ADDRESS", parse_bounce_address, None),
        bounce_mailbox=env.read("BOUNCE_URL", parse_bounce_url, None),
    )
    env.finish()
    if found.bounce_mailbox and not found.bounce_address:
        raise SettingError(
            [
                "AFTERWORD_BOUNCE_URL: set AFTERWORD_BOUNCE_ADDRESS too, the address whose mail "
                "arrives in that mailbox."
            ]
        )
    return found


def default_data() -> Path:
    """Return the folder for a system service when run by root, else one beside the caller."""
    return Path("/var/lib/afterword") if os.geteuid() == 0 else Path.cwd() / "afterword-data"


def parse_folder(text: str) -> Path:
    try:
        path = Path(text).expanduser().absolute()
    except RuntimeError:  # ~name of nobody
        raise ValueError(f"{text} begins with the home folder of nobody known here.") from None
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path} is not a folder.")
    return path


def parse_bind(text: str) -> Bind:
    wrong = ValueError(f"{text!r} is not host:port, such as 127.0.0.1:8000 or [::1]:8000.")
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise wrong
    if not colon or not host or "/" in host or "@" in host:
        raise wrong
    try:
        return Bind(host, integer(1, 65535)(port))
    except ValueError:
        raise wrong from None


def parse_database_url(text: str) -> str:
    """Return the address as libpq takes it; it stays unchecked whether a server answers there."""
    wrong = ValueError("this is not postgresql://user:password@host:port/database.")
    url = split_url(text, wrong)
    if url.scheme not in {"postgresql", "postgres"} or not url.path.strip("/"):
        raise wrong
    return "postgresql" + text[len(url.scheme) :]


def parse_url(text: str) -> str:
    wrong = ValueError(f"{text!r} is not an address such as https://ask.example.com.")
    url = split_url(text, wrong)
    if url.scheme not in {"http", "https"} or not url.hostname or url.username is not None:
        raise wrong
    if url.path.strip("/") or url.query or url.fragment:
        raise ValueError(f"{text!r} goes on after the host: give the scheme and the host alone.")
    return f"{url.scheme}://{url.netloc}"


def parse_network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a network such as 10.0.0.0/8.") from None


def parse_proxies(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return () if text == "off" else list_of(parse_network)(text)


def parse_secret_key(text: str) -> str:
    if len(text) < 32:
        raise ValueError("a secret key has at least 32 characters.")
    return text


def parse_name(text: str) -> str:
    if len(text) > 100 or not text.isprintable():
        raise ValueError("a workspace's name has at most 100 characters, on one line.")
    return text


def kept_secret(path: Path) -> str:
    """Return the secret in the file, made on first use; readable by its owner alone.

    Raises SettingError where the data folder, its parent, cannot keep or give it.
    """
    try:
        if not path.exists():
            make_data_folder(path.parent)
            _make_secret(path)
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingError(
            [
                f"AFTERWORD_DATA: {path} cannot be read or written: {error.strerror}. Let this "
                "user do so, or set AFTERWORD_SECRET_KEY."
            ]
        ) from None


def _make_secret(path: Path) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # of two processes that start at once, one wins and both read it
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
