"""Mail, second step: from a rendered mail to the bytes of one RFC 5322 message. Pure.

The same arguments always give the same bytes, so a mail that is handed over twice is one
mail to everyone who sees it. Written by hand because it is on the hot path: the standard
library's EmailMessage takes twenty times as long.
"""

from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2s

from afterword.mail.message import headers
from afterword.mail.message.headers import MessageRefused
from afterword.mail.message.rendered import Rendered

__all__ = ["MessageRefused", "build", "envelope_address", "needs_smtputf8"]

LONGEST_LINE = 998  # RFC 5322, 2.1.1
_BASE64_LINE = 76


def build(
    rendered: Rendered,
    *,
    sender: str,
    recipient: str,
    message_id: str,
    date: datetime,
    unsubscribe: str = "",
    sender_name: str = "",
    recipient_name: str = "",
    feedback_id: str = "",
    list_id: str = "",
    reply_to: Sequence[str] = (),
) -> bytes:
    """The message with CRLF line ends, to exactly one recipient.

    Addresses are bare; `message_id` has its angle brackets; `date` is aware; `unsubscribe`, if
    there is one, answers the one-click POST of RFC 8058. Names and the subject lose controls and
    line breaks; the same in any other value raises MessageRefused, as do values that cannot be
    a header at all. Where `needs_smtputf8` says so the header section is UTF-8 (RFC 6532).
    """
    boundary = f"=_{blake2s(message_id.encode('utf-8', 'replace'), digest_size=12).hexdigest()}"
    fields = [
        headers.mailbox("From", sender_name, sender),
        headers.mailbox("To", recipient_name, recipient),
        headers.text("Subject", rendered.subject),
        headers.moment("Date", date),
        headers.message_id("Message-ID", message_id),
    ]
    if reply_to:
        fields.append(headers.addresses("Reply-To", reply_to))
    if unsubscribe:
        fields.append(headers.web_address("List-Unsubscribe", unsubscribe))
        fields.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    if list_id:
        fields.append(headers.plain("List-Id", f"<{list_id}>"))
    fields += ["Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All"]
    if feedback_id:
        fields.append(headers.plain("Feedback-ID", feedback_id))
    fields.append("MIME-Version: 1.0")
    fields.append(f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n')
    edge = f"--{boundary}".encode()
    alternatives = (_part("plain", rendered.text), _part("html", rendered.html))
    parts = b"".join(edge + b"\r\n" + part for part in alternatives)
    return "\r\n".join(fields).encode() + parts + edge + b"--\r\n"


def needs_smtputf8(address: str) -> bool:
    """Whether only servers with SMTPUTF8 take mail to it; a foreign domain alone does not ask."""
    return not address.rpartition("@")[0].isascii()


def envelope_address(address: str) -> str:
    """`address` as SMTP wants it: its domain in ASCII. Raise MessageRefused where it is none."""
    return headers.ascii_domain("To", address)


def _part(subtype: str, body: str) -> bytes:
    """A part with its headers, in the smallest encoding that every relay leaves alone.

    No encoding has a line that starts with `--=_`, so no text can end its own part.
    """
    if "\r" in body:
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    lines = body.removesuffix("\n").encode("utf-8", "replace") + b"\n"
    octets = lines.replace(b"\n", b"\r\n")
    if _is_7bit(lines):
        encoding, encoded = "7bit", octets
    elif len(lines) < 1.2 * len(body) + 2:  # fewer than one letter in five is foreign
        encoding, encoded = "quoted-printable", b2a_qp(octets, istext=True)
    else:
        encoding, encoded = "base64", _base64(octets)
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + encoded + b"\r\n"


def _is_7bit(lines: bytes) -> bool:
    """RFC 2045, 2.7; and no line that a mailbox or a boundary would give another meaning."""
    return (
        lines.isascii()
        and b"\0" not in lines
        and not lines.startswith((b"From ", b"--=_"))
        and b"\nFrom " not in lines
        and b"\n--=_" not in lines
        and _are_short(lines)
    )


def _are_short(lines: bytes) -> bool:
    """Whether no line is longer than LONGEST_LINE; looks at some ends of lines, not at each."""
    start = 0
    while len(lines) - start > LONGEST_LINE:
        end = lines.rfind(b"\n", start, start + LONGEST_LINE + 1)
        if end < 0:
            return False
        start = end + 1
    return True


def _base64(octets: bytes) -> bytes:
    line = b2a_base64(octets, newline=False)
    return b"\r\n".join(line[i : i + _BASE64_LINE] for i in range(0, len(line), _BASE64_LINE))
