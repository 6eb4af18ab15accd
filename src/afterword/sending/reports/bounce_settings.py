"""Where delivery reports come in, as settings have it: an address, and a mailbox. Pure."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote

from afterword.core.email_address import normalise
from afterword.core.url import split_url

ImapTls = Literal["tls", "starttls", "none"]
LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
SIGNED_ID = 40
FORMS = "use imaps://user:password@host:993/INBOX, or imap:// with ?tls=starttls or ?tls=none."


@dataclass(frozen=True)
class ImapMailbox:
    """A folder on an IMAP server that delivery reports are fetched from."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: ImapTls
    folder: str

    @property
    def name(self) -> str:
        """What it is called in logs; shows no secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"imap://{host}:{self.port}/{self.folder}"


def parse_bounce_address(text: str) -> str:
    """Return an address that takes mail for `local+anything@domain` too; in ASCII."""
    address = normalise(text)
    if address is None or not address.isascii():
        raise ValueError(f"{text!r} is not an address such as bounces@mail.example.com.")
    local = address.partition("@")[0]
    longest = LOCAL_PART - SIGNED_ID - 1
    if "+" in local or len(local) > longest:
        raise ValueError(
            f"{text!r} has no room for the mail's id, which is added as in bounces+id@…: what "
            f"stands before the @ has at most {longest} characters and no plus."
        )
    return address


def parse_bounce_url(text: str) -> ImapMailbox:
    """Return the mailbox; raises ValueError whose text repeats no secret."""
    url = split_url(text, ValueError(f"this is not the address of a mailbox: {FORMS}"))
    if url.scheme not in {"imap", "imaps"}:
        raise ValueError(f"reports can be fetched by IMAP only: {FORMS}")
    if not url.hostname or not url.username or not url.password or url.fragment:
        raise ValueError(f"a user, a password and a host are needed: {FORMS}")
    tls = _tls(url)
    user, password = unquote(url.username), unquote(url.password)
    folder = unquote(url.path.strip("/")) or "INBOX"
    if not (user + password).isprintable() or not (folder.isprintable() and folder.isascii()):
        raise ValueError(
            "user, password and folder are on one line each, and the folder's name is in ASCII."
        )
    port = url.port or (993 if tls == "tls" else 143)
    return ImapMailbox(url.hostname, port, user, password, tls, folder)


def _tls(url: SplitResult) -> ImapTls:
    """`imaps` is TLS from the start; `imap` is STARTTLS unless `tls=none` says otherwise."""
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    value = options.pop("tls", None)
    if options:
        raise ValueError(f"tls is the only option of a mailbox's address: {FORMS}")
    if url.scheme == "imaps":
        if value not in {None, "tls"}:
            raise ValueError(f"imaps:// is TLS from the start and has no other tls=: {FORMS}")
        return "tls"
    if value == "none":
        return "none"
    if value in {None, "starttls"}:
        return "starttls"
    raise ValueError(f"tls is starttls or none with imap://: {FORMS}")
