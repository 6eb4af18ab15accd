"""The address of a mail server or of an account with a provider, as settings have it. Pure."""

from dataclasses import dataclass, field
from difflib import get_close_matches
from ipaddress import ip_address
from typing import Literal, NamedTuple, get_args
from urllib.parse import SplitResult, parse_qsl, quote, unquote

from afterword.core.environment import integer
from afterword.core.url import split_url
from afterword.mail.ways.providers import PROVIDERS, Provider

__all__ = ["MailServer", "ProviderAccount", "SmtpServer", "parse_mail_url", "smtp_address"]

Tls = Literal["starttls", "tls", "none"]
PORT_OF_TLS: dict[Tls, int] = {"starttls": 587, "tls": 465, "none": 25}
CONNECTIONS = 4
MOST_CONNECTIONS = 64
MOST_PER_MINUTE = 1_000_000
FORMS = "use smtp://user:password@host:port?tls=starttls (or tls, or none)"
FORMS_OF_ALL = f"{FORMS}, or a provider such as postmark://SERVER_TOKEN@."
ESCAPES = "In a user name, password or key write @ as %40, : as %3A, / as %2F, # as %23, ? as %3F."
_SMTP_ONLY = {
    "amazon-ses": "Amazon SES is reached by SMTP: use "
    "smtp://SMTP_USER:SMTP_PASSWORD@email-smtp.eu-west-1.amazonaws.com?tls=starttls, "
    "with the region that is yours.",
}
_SMTP_ONLY["ses"] = _SMTP_ONLY["amazon-ses"]


@dataclass(frozen=True)
class SmtpServer:
    """The mail server to hand mail to.

    `connections` are how many a worker process opens; `per_minute` is how many mails it may be
    given in a minute by all of them. A `guarded` one may not be on a private network.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: Tls
    connections: int = CONNECTIONS
    per_minute: int | None = None
    guarded: bool = False

    @property
    def name(self) -> str:
        """What it is called in logs and on pages; shows no secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"smtp://{host}:{self.port}"


@dataclass(frozen=True)
class ProviderAccount:
    """An account with one of PROVIDERS; `settings` are those of anymail's backend."""

    provider: str
    settings: tuple[tuple[str, str], ...] = field(repr=False)
    webhook_secret: str = field(default="", repr=False)
    webhook_signing_key: str = field(default="", repr=False)
    connections: int = CONNECTIONS
    per_minute: int | None = None
    guarded: bool = False

    @property
    def name(self) -> str:
        """What it is called in logs and on pages; shows no secret."""
        return self.provider


MailServer = SmtpServer | ProviderAccount


class _Common(NamedTuple):
    connections: int
    per_minute: int | None


def parse_mail_url(text: str) -> MailServer | None:
    """Return where mail is handed over, or None for the local mailbox.

    Raise ValueError with a text that says how to mend the address and repeats no secret of it.
    STARTTLS is the default; a server on this machine's loopback address needs none.
    """
    if text.rstrip("/") == "mailbox:":
        return None
    wrong = ValueError(f"this is not the address of a mail server: {FORMS_OF_ALL} {ESCAPES}")
    url = split_url(text, wrong)
    scheme = url.scheme.replace("_", "-")
    if scheme in _SMTP_ONLY:
        raise ValueError(_SMTP_ONLY[scheme])
    if scheme == "smtp":
        return _smtp(url)
    if scheme in PROVIDERS:
        return _account(scheme, url)
    raise ValueError(_unknown_scheme(text))


def smtp_address(host: str, port: int | None, user: str, password: str, tls: str) -> str:
    """Return the address of an SMTP server by its parts, for `parse_mail_url` to check."""
    sign_in = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user or password else ""
    at = f"[{host}]" if ":" in host else host
    return f"smtp://{sign_in}{at}{f':{port}' if port else ''}?tls={tls}"


def _unknown_scheme(text: str) -> str:
    """Never repeats what was given: a password may come first in an address that is wrong."""
    names = ["smtp", *PROVIDERS]
    given = text.partition(":")[0].lower().replace("_", "-")
    if given in _SMTP_ONLY:
        return _SMTP_ONLY[given]
    if given in PROVIDERS:  # urlsplit knows no scheme with an underscore in it
        return f"write it as {PROVIDERS[given].form}."
    near = get_close_matches(given, names, n=1)
    hint = f" Did you mean {near[0]}://?" if near else ""
    known = ", ".join(sorted(PROVIDERS))
    return f"mail cannot be sent this way: {FORMS_OF_ALL}{hint} The providers are {known}."


def _smtp(url: SplitResult) -> SmtpServer:
    if not url.hostname or url.path.strip("/") or url.fragment:
        raise ValueError(
            f"the mail server's host is missing or more follows it: {FORMS}. {ESCAPES}"
        )
    if url.password and not url.username:
        raise ValueError(f"there is a password, but no user name before its colon: {FORMS}.")
    options = _options(url, ("tls",))
    common = _common(options)
    tls = _tls(options.get("tls"), url.hostname)
    return SmtpServer(
        host=url.hostname,
        port=url.port or PORT_OF_TLS[tls],
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        tls=tls,
        connections=common.connections,
        per_minute=common.per_minute,
    )


def _tls(value: str | None, host: str) -> Tls:
    if value is None:
        return "none" if _is_loopback(host) else "starttls"
    for choice in get_args(Tls):
        if value == choice:
            return choice  # type: ignore[no-any-return]  # get_args forgets the literals' type
    raise ValueError("tls is one of starttls, tls and none.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _account(name: str, url: SplitResult) -> ProviderAccount:
    provider = PROVIDERS[name]
    _check_parts(provider, url)
    known = ("api_url", "webhook_secret", *provider.options)
    known += ("region",) if provider.regions else ()
    known += ("webhook_signing_key",) if provider.signing_key else ()
    options = _options(url, known)
    for missing in (each for each in provider.needed if not options.get(each)):
        raise ValueError(f"{provider.title} needs {missing}=: write {provider.form}.")
    if (api_url := options.get("api_url")) is not None:
        _check_api_url(api_url)
    if (secret := options.get("webhook_secret")) is not None and ":" not in secret:
        raise ValueError("webhook_secret is a user name and a password with a colon between them.")
    common = _common(options)
    return ProviderAccount(
        provider=name,
        settings=tuple(_settings(provider, url, options).items()),
        webhook_secret=options.get("webhook_secret", ""),
        webhook_signing_key=options.get("webhook_signing_key", ""),
        connections=common.connections,
        per_minute=common.per_minute,
    )


def _check_parts(provider: Provider, url: SplitResult) -> None:
    write = f"write {provider.form}. {ESCAPES}"
    if not url.username:
        raise ValueError(f"{provider.title}'s key goes before an @: {write}")
    if bool(url.password) != bool(provider.secret):
        expected = "a key, a colon and a secret" if provider.secret else "one key and no colon"
        raise ValueError(f"{provider.title} has {expected}: {write}")
    if bool(url.hostname) != bool(provider.host):
        expected = "a host" if provider.host else "nothing but options"
        raise ValueError(f"{provider.title} has {expected} after the @: {write}")
    if url.path.strip("/") or url.fragment or (url.port and "{}" not in provider.host):
        raise ValueError(f"more follows than {provider.title} has: {write}")


def _settings(provider: Provider, url: SplitResult, options: dict[str, str]) -> dict[str, str]:
    settings = {provider.key: unquote(url.username or "")}
    if provider.secret:
        settings[provider.secret] = unquote(url.password or "")
    host = url.netloc.rpartition("@")[2].lower()
    if "{}" in provider.host:
        settings["api_url"] = provider.host.format(host)
    elif provider.host:
        settings[provider.host] = host
    if provider.regions and (region := options.get("region")) is not None:
        if region not in provider.regions:
            raise ValueError(f"region is one of {' and '.join(provider.regions)}.")
        settings["api_url"] = provider.regions[region]
    settings |= {name: options[name] for name in provider.options if options.get(name)}
    return settings | {name: options[name] for name in ("api_url",) if name in options}


def _check_api_url(text: str) -> None:
    wrong = ValueError("api_url is not an address such as https://api.example.com/v1.")
    url = split_url(text, wrong)
    if url.scheme not in {"https", "http"} or not url.hostname or url.username is not None:
        raise wrong


def _options(url: SplitResult, known: tuple[str, ...]) -> dict[str, str]:
    """Return what follows the question mark; an unknown name is not repeated: see above."""
    names = (*known, "connections", "per_minute")
    pairs = parse_qsl(url.query, keep_blank_values=True)
    options = dict(pairs)
    if len(options) != len(pairs):
        raise ValueError("an option is given twice after the question mark.")
    for name in options:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise ValueError(
                f"after the question mark stands an option that is none of "
                f"{', '.join(names)}.{hint} {ESCAPES}"
            )
    return options


def _common(options: dict[str, str]) -> _Common:
    return _Common(
        _number("connections", options, MOST_CONNECTIONS) or CONNECTIONS,
        _number("per_minute", options, MOST_PER_MINUTE),
    )


def _number(name: str, options: dict[str, str], most: int) -> int | None:
    if name not in options:
        return None
    try:
        return integer(1, most)(options[name])
    except ValueError:
        raise ValueError(f"{name} is a whole number from 1 to {most}.") from None
